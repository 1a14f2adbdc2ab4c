"""The built-in suites for pairs of texts: they ship as written, and labels are right wherever a rule can tell."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache

import numpy as np
import pytest

from flipscope.behaviors.answers import Answers
from flipscope.behaviors.builtin import path_of
from flipscope.behaviors.builtin.build import build
from flipscope.behaviors.builtin.inference.words import LEXICONS as INFERENCE_WORDS
from flipscope.behaviors.builtin.lexicons import CITIES, COUNTRIES, NUMBERS, PEOPLE, SURNAMES
from flipscope.behaviors.evaluate import FAIL, PASS, evaluate
from flipscope.behaviors.suite import Suite, Test
from flipscope.behaviors.suite_file import file_of, read_suite, suite_text

LEAST = {"paraphrase": (12, 6), "inference": (14, 6), "answers": (10, 4)}  # tests, capabilities
NAMES = tuple(LEAST)
NUMBER_WORDS = {number["word"]: int(number["digits"]) for number in NUMBERS}
WORD = re.compile(r"[\w'-]+")


@cache
def suite_called(name: str) -> Suite:
    return build(name)


def every_test_of(*names: str) -> list:
    return [
        pytest.param(name, test.name, id=f"{name}: {test.name}") for name in names for test in suite_called(name).tests
    ]


def get(suite: str, test: str) -> Test:
    return next(found for found in suite_called(suite).tests if found.name == test)


def groups(test: Test) -> list[list[tuple[str, str]]]:
    pairs = list(zip(test.text_a, test.text_b, strict=True))
    return [pairs[start:end] for start, end in zip(test.starts[:-1], test.starts[1:], strict=True)]


def labelled(suite: str, test: str) -> list[tuple[str, str, str]]:
    found = get(suite, test)
    return list(zip(found.text_a, found.text_b, found.labels, strict=True))


def right_answers(suite: Suite, test: Test, row: int) -> tuple[str, ...]:
    """Which classes are right for an example, or those that are not wrong."""
    if test.expect.kind == "label":
        return (test.labels[row],)
    if test.expect.kind == "one_of":
        return test.allowed[row]
    if test.expect.kind == "not_equals":
        return tuple(label for label in suite.labels if label != test.expect.value)
    return ()


def answers_of(suite: Suite, choose, vocabulary: tuple[str, ...]) -> Answers:
    """Answer every example with the class `choose` gives for it, or the first one where it gives none."""
    names = [choose(test, row) or vocabulary[0] for test in suite.tests for row in range(test.examples)]
    pred = np.array([vocabulary.index(name) for name in names])
    return Answers(pred, vocabulary, np.eye(len(vocabulary))[pred])


# --- the suites as a whole


@pytest.mark.parametrize("name", NAMES)
def test_what_ships_is_what_the_source_makes(name):
    shipped = path_of(name)

    assert shipped.read_text(encoding="utf-8") == suite_text(file_of(suite_called(name)))
    assert read_suite(shipped).cases == suite_called(name).cases
    assert shipped.stat().st_size < 1_500_000


@pytest.mark.parametrize("name", NAMES)
def test_there_are_enough_tests_over_enough_capabilities(name):
    suite = suite_called(name)

    assert len(suite.tests) >= LEAST[name][0]
    assert len({test.capability for test in suite.tests}) >= LEAST[name][1]
    assert {test.type for test in suite.tests} == {"MFT", "INV", "DIR"}
    assert suite.license == "Apache-2.0"
    assert suite.pairs


@pytest.mark.parametrize(("name", "test"), every_test_of(*NAMES))
def test_every_test_has_enough_different_cases_and_templates(name, test):
    found = get(name, test)
    cases = Counter(json.dumps(group) for group in groups(found))

    assert 100 <= found.cases <= 500
    assert max(cases.values()) == 1
    assert len(set(found.clusters)) >= 10
    assert min(Counter(found.clusters).values()) >= 8
    assert found.description.count(". ") >= 1, "what it checks, and what a failure means"
    assert "failure means" in found.description


@pytest.mark.parametrize(("name", "test"), every_test_of(*NAMES))
def test_every_text_is_clean(name, test):
    found = get(name, test)

    for text in (*found.text_a, *found.text_b):
        assert text
        assert text == " ".join(text.split())
        assert text[0].isupper()
        assert text[-1] in ".?"
        assert not re.search(r"[{}|_]| [.,?]|,,|\.\.|\bthe the\b", text), text
        assert not re.search(r"\b[Aa] (?!us(?:ed|er|ual)|uni(?:versity|on))[aeiouAEIOU]", text), text
        assert not re.search(r"\b[Aa]n (?!hour|honest)[^aeiouAEIOU]", text), text


@pytest.mark.parametrize(("name", "test"), every_test_of(*NAMES))
def test_every_case_has_what_its_expectation_needs(name, test):
    suite, found = suite_called(name), get(name, test)

    if found.type == "MFT":
        for row in range(found.examples):
            right = right_answers(suite, found, row)
            assert right
            assert set(right) < set(suite.labels)
    else:
        for first, *others in groups(found):
            assert others
            assert first not in others
            assert len(set(others)) == len(others)


@pytest.mark.parametrize(
    ("name", "vocabulary", "folded"),
    [
        ("paraphrase", ("equivalent", "not_equivalent"), {}),
        ("paraphrase", ("not_duplicate", "duplicate"), {"equivalent": "duplicate", "not_equivalent": "not_duplicate"}),
        ("inference", ("contradiction", "entailment", "neutral"), {}),
        (
            "inference",
            ("entailment", "not_entailment"),
            {"neutral": "not_entailment", "contradiction": "not_entailment"},
        ),
        ("answers", ("not_entailment", "entailment"), {}),
    ],
)
def test_a_model_that_is_always_right_passes_whatever_its_classes_are_called(name, vocabulary, folded):
    suite = suite_called(name)

    def right(test: Test, row: int) -> str | None:
        return next((folded.get(label, label) for label in right_answers(suite, test, row)), None)

    for result in evaluate(suite, answers_of(suite, right, vocabulary)):
        assert result.reason is None
        if result.test.type == "MFT":
            assert (result.result == PASS).all(), result.test.name


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_always_answers_the_same_fails_in_every_capability(name):
    suite = suite_called(name)
    for label in suite.labels:
        by_capability = defaultdict(list)
        for result in evaluate(suite, answers_of(suite, lambda test, row, label=label: label, suite.labels)):
            if result.test.type == "MFT":
                by_capability[result.test.capability].append(result.result == FAIL)
        for capability, failed in by_capability.items():
            assert np.concatenate(failed).mean() > 0.2, (label, capability)


# --- labels that follow from the words


@pytest.mark.parametrize(("name", "test"), every_test_of("paraphrase", "inference"))
def test_only_the_reflexive_tests_repeat_a_text(name, test):
    repeated = [a == b for a, b in zip(get(name, test).text_a, get(name, test).text_b, strict=True)]

    assert all(repeated) if test in ("a text and itself", "a sentence and itself") else not any(repeated)


def test_the_other_order_is_the_same_pair_turned_around():
    for (a, b), turned in groups(get("paraphrase", "which text comes first")):
        assert turned == (b, a)


@pytest.mark.parametrize(
    "test", ["symmetric relations, the other way round", "asymmetric relations, the other way round"]
)
def test_relations_turned_around_have_the_same_words_in_another_order(test):
    for a, b, _ in labelled("paraphrase", test):
        assert sorted(WORD.findall(a)) == sorted(WORD.findall(b))
        assert a != b


def test_implications_are_three_pairs_of_three_texts():
    for (a, b), (a2, c), (b2, c2) in groups(get("paraphrase", "paraphrases of paraphrases")):
        assert (a, b, c) == (a2, b2, c2)
        assert len({a, b, c}) == 3


def numbers_in(text: str) -> list[int]:
    """Read the numbers of a text, as words or digits."""
    words = [word.replace(",", "") for word in re.findall(r"[\w,]+", text)]
    return [NUMBER_WORDS.get(word) or int(word) for word in words if word in NUMBER_WORDS or word.isdigit()]


def test_texts_with_numbers_are_equivalent_when_the_numbers_are():
    for a, b, label in labelled("paraphrase", "another number on one side"):
        assert numbers_in(a)
        assert (numbers_in(a) == numbers_in(b)) == (label == "equivalent")


@pytest.mark.parametrize(
    ("test", "names"),
    [
        ("another person on one side", {person["name"] for person in PEOPLE} | set(SURNAMES)),
        ("another place on one side", {*CITIES, *COUNTRIES}),
    ],
)
def test_texts_with_names_are_equivalent_when_the_names_are(test, names):
    for a, b, label in labelled("paraphrase", test):
        found = [{name for name in names if re.search(rf"\b{name}\b", text)} for text in (a, b)]
        assert found[0]
        assert (found[0] == found[1]) == (label == "equivalent"), (a, b)


def span(text: str) -> tuple[float, float]:
    """Read what a text says about a number as an interval of whole numbers."""
    (number,) = numbers_in(text)
    low = text.lower()
    if "more than" in low:
        return number + 1, np.inf
    if "at least" in low:
        return number, np.inf
    if "fewer than" in low or "less than" in low:
        return 0, number - 1
    assert "exactly" in low, text
    return number, number


def relation(premise: tuple[float, float], hypothesis: tuple[float, float]) -> str:
    """Tell from two intervals whether the one follows from the other."""
    if hypothesis[0] <= premise[0] and premise[1] <= hypothesis[1]:
        return "entailment"
    return "contradiction" if premise[1] < hypothesis[0] or hypothesis[1] < premise[0] else "neutral"


def test_bounds_follow_are_open_or_contradicted_as_arithmetic_says():
    cases = labelled("inference", "more than and fewer than")

    assert {label for _, _, label in cases} == {"entailment", "neutral", "contradiction"}
    for premise, hypothesis, label in cases:
        assert relation(span(premise), span(hypothesis)) == label, (premise, hypothesis)


def test_years_follow_or_contradict_as_arithmetic_says():
    dated = [case for case in labelled("inference", "before and after") if numbers_in(case[0])]

    assert len(dated) > 40
    for premise, hypothesis, label in dated:
        (year,), (bound,) = numbers_in(premise), numbers_in(hypothesis)
        follows = year < bound if "before" in hypothesis else year > bound
        assert follows == (label == "entailment"), (premise, hypothesis)


def test_more_general_words_follow_and_more_special_ones_are_open():
    kinds = {(pair["sub"], pair["super"]) for pair in INFERENCE_WORDS["creature"]}
    checked = 0
    for test, label in (("a more general word", "entailment"), ("a more special word", "neutral")):
        for premise, hypothesis, given in labelled("inference", test):
            special, general = (premise, hypothesis) if test == "a more general word" else (hypothesis, premise)
            assert given == label
            if re.search("drawing|picture|way home", premise):
                a, b = (re.search(r"\ban? (\w+)", text)[1] for text in (special, general))
                assert (a, b) in kinds
                checked += 1
            else:
                assert re.search(r"instrument|vehicle|clothing|tool|furniture|under a tree|person|adult", general)
    assert checked > 80


def test_a_modifier_left_out_is_one_added_the_other_way_round():
    left_out, added = get("inference", "a modifier left out"), get("inference", "a modifier added")

    assert all(len(a) > len(b) for a, b in zip(left_out.text_a, left_out.text_b, strict=True))
    assert all(len(a) < len(b) for a, b in zip(added.text_a, added.text_b, strict=True))
    assert set(left_out.labels) == {"entailment"}
    assert set(added.labels) == {"neutral"}


def test_the_part_of_a_sentence_decides_about_and():
    for premise, hypothesis, label in labelled("inference", "and"):
        assert (" and " in premise) == (label == "entailment")
        assert (" and " in hypothesis) == (label == "neutral")


@pytest.mark.parametrize("name", ["inference", "answers"])
def test_pronouns_stand_for_the_one_of_their_gender(name):
    everybody = {person["name"] for person in PEOPLE}
    she = {person["name"] for person in PEOPLE if person["he"] == "she"}
    suite, found = suite_called(name), get(name, "he and she")
    for row, (a, b) in enumerate(zip(found.text_a, found.text_b, strict=True)):
        told, asked = (a, b) if name == "inference" else (b, a)
        follows = right_answers(suite, found, row) == ("entailment",)
        people = {word for word in WORD.findall(told) if word in everybody}
        assert len(people) == 2
        assert len(people & she) == 1
        (pronoun,) = set(re.findall(r"\b(he|she)\b", told))
        (subject,) = (word for word in WORD.findall(asked) if word in people)
        assert ((subject in she) == (pronoun == "she")) == follows, (told, asked)


def test_no_profession_is_a_kind_of_another_one():
    """What is said of all journalists is open of all nurses, but not of all reporters."""
    names = {profession["one"] for profession in INFERENCE_WORDS["profession"]}
    for same in (
        {"journalist", "reporter", "editor", "writer"},
        {"musician", "singer", "artist"},
        {"doctor", "dentist"},
    ):
        assert len(names & same) == 1
    for same in ({"painter", "artist"}, {"teacher", "professor"}, {"engineer", "programmer"}):
        assert len(names & same) == 1


@pytest.mark.parametrize("test", ["an antonym on one side", "a negated opposite"])
def test_opposites_are_not_asked_with_yes_or_no(test):
    """'Is she honest?' and 'Is she dishonest?' want to know the same; 'Why is she honest?' something else."""
    polar = re.compile(r"(Is|Are|Was|Were|Do|Does|Did) ")
    asked = [(a, b) for a, b, label in labelled("paraphrase", test) if label == "not_equivalent" and a.endswith("?")]
    assert asked
    assert [a for a, _ in asked if polar.match(a)] == []


# --- questions: what kind of answer there is tells whether there is one


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        ("who", rf"\b({'|'.join(SURNAMES)})\b"),
        ("where", rf"\b({'|'.join(CITIES)})\b"),
        ("why", r"\b(because|against|in order to)\b"),
        ("when", r"\b(\d{4}|January|February|March|April|May|June|July|August|September|October|November|December)\b"),
        ("how many", rf"\b(\d+|{'|'.join(NUMBER_WORDS)})\b"),
    ],
)
def test_a_sentence_answers_when_it_has_what_the_question_asks_for(test, answer):
    for question, sentence, label in labelled("answers", test):
        new = set(re.findall(answer, sentence)) - set(re.findall(answer, question))
        assert bool(new) == (label == "entailment"), (question, sentence)


def test_an_answer_about_somebody_else_names_somebody_or_something_else():
    names = {person["name"] for person in PEOPLE} | {*CITIES, *COUNTRIES}
    for question, sentence, label in labelled("answers", "an answer about somebody or somewhere else"):
        asked = {name for name in names if re.search(rf"\b{name}\b", question)} | set(re.findall(r"\d{4}", question))
        told = {name for name in asked if re.search(rf"\b{name}\b", sentence)}
        assert (asked == told) == (label == "entailment"), (question, sentence)


# --- variants


def changed_words(one: str, other: str) -> list[tuple[str, str]]:
    a, b = WORD.findall(one), WORD.findall(other)
    assert len(a) == len(b)
    return [(word, new) for word, new in zip(a, b, strict=True) if word != new]


@pytest.mark.parametrize(
    ("name", "test", "sides"),
    [
        ("paraphrase", "a typing error on one side", {0, 1}),
        ("inference", "a typing error in the premise", {0}),
        ("answers", "a typing error in the question", {0}),
    ],
)
def test_a_typing_error_is_one_slip_in_one_word(name, test, sides):
    touched = set()
    for first, *others in groups(get(name, test)):
        for other in others:
            (side,) = (side for side in (0, 1) if first[side] != other[side])
            ((word, typo),) = changed_words(first[side], other[side])
            letters = Counter(word)
            letters.subtract(typo)
            odd = sum(map(abs, letters.values()))
            assert odd == 1 or (odd == 0 and sum(a != b for a, b in zip(word, typo, strict=True)) == 2), (word, typo)
            touched.add(side)
    assert touched == sides


@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("paraphrase", "a contraction on one side"),
        ("inference", "a contraction in the premise"),
        ("answers", "a contraction in the question"),
    ],
)
def test_a_contraction_has_an_apostrophe_more_and_the_same_words_otherwise(name, test):
    for first, *others in groups(get(name, test)):
        for other in others:
            side = int(first[0] == other[0])
            assert first[1 - side] == other[1 - side]
            assert other[side].count("'") > first[side].count("'")
            spelt_out = re.sub(r"can't", "cannot", other[side])
            spelt_out = re.sub(r"won't", "will not", spelt_out)
            spelt_out = re.sub(r"n't", " not", spelt_out)
            for short, long in (("'re", " are"), ("'ve", " have"), ("'m", " am"), ("'s", " is")):
                spelt_out = spelt_out.replace(short, long)
            assert sorted(WORD.findall(spelt_out)) == sorted(WORD.findall(first[side].replace("'s", " is")))


@pytest.mark.parametrize(
    ("name", "test", "lexicon"),
    [
        ("paraphrase", "another person on both sides", {person["name"] for person in PEOPLE}),
        ("paraphrase", "another place on both sides", set(CITIES)),
        ("inference", "another person in both texts", {person["name"] for person in PEOPLE}),
        ("inference", "another place in both texts", set(CITIES)),
    ],
)
def test_the_same_name_is_replaced_by_the_same_other_one_in_both_texts(name, test, lexicon):
    for first, *others in groups(get(name, test)):
        for other in others:
            replaced = [set(changed_words(a, b)) for a, b in zip(first, other, strict=True)]
            ((old, new),) = replaced[0]
            assert replaced[0] == replaced[1]
            assert {old, new} <= lexicon


def test_an_unrelated_sentence_is_added_and_nothing_else():
    for (premise, hypothesis), *others in groups(get("inference", "an unrelated sentence more in the premise")):
        for longer, same in others:
            assert same == hypothesis
            assert longer.replace(premise, "").strip() in INFERENCE_WORDS["unrelated"]


@pytest.mark.parametrize("test", ["an aside in the sentence", "the answer taken out of the sentence"])
def test_words_are_only_put_in_or_taken_out_of_the_sentence(test):
    for (question, sentence), (same, changed) in groups(get("answers", test)):
        short, long = sorted((WORD.findall(sentence), WORD.findall(changed)), key=len)
        rest = iter(long)
        assert same == question
        assert len(short) < len(long)
        assert all(word in rest for word in short), "the shorter one is not in the longer one, in this order"
