"""The suites that ship: what lies there is what the sources give, and it keeps what CheckList suites promise."""

import re
from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from flipscope.behaviors.builtin import BY_TASK, NAMES, path_of
from flipscope.behaviors.builtin.build import build, main
from flipscope.behaviors.suite import CAPABILITIES
from flipscope.behaviors.suite_file import file_of, read_suite, suite_text
from flipscope.behaviors.templates import article

SUITES = {name: read_suite(path_of(name)) for name in NAMES}
TESTS = [pytest.param(test, id=f"{name}-{test.name}") for name, suite in SUITES.items() for test in suite.tests]
PAIRS = ("paraphrase", "inference", "answers")


def cases_of(test):
    """Return the examples of each case as (text_a, text_b) pairs."""
    rows = list(zip(test.text_a, test.text_b, strict=True))
    return [tuple(rows[start:end]) for start, end in pairwise(test.starts.tolist())]


def texts_of(test):
    return [text for text in (*test.text_a, *test.text_b) if text is not None]


@pytest.mark.parametrize("name", NAMES)
def test_what_ships_is_what_the_sources_give(name):
    assert path_of(name).read_text(encoding="utf-8") == suite_text(file_of(build(name))), (
        f"run python -m flipscope.behaviors.builtin.build {name}"
    )


def test_build_writes_the_suites_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("flipscope.behaviors.builtin.build.path_of", lambda name: tmp_path / f"{name}.json")
    main(["acceptability"])
    assert [path.name for path in tmp_path.iterdir()] == ["acceptability.json"]
    assert (tmp_path / "acceptability.json").read_bytes() == path_of("acceptability").read_bytes()
    assert capsys.readouterr().out.startswith("acceptability: ")


def test_every_task_has_a_suite_that_says_so():
    assert set(BY_TASK.values()) == set(NAMES)
    for task, name in BY_TASK.items():
        assert task in SUITES[name].tasks


def test_an_unknown_suite_has_no_place():
    with pytest.raises(KeyError):
        path_of("../secrets")


@pytest.mark.parametrize("name", NAMES)
def test_a_suite_is_broad_enough(name):
    suite = SUITES[name]
    assert suite.name == name
    assert suite.license == "Apache-2.0"
    assert suite.description
    assert suite.pairs == (name in PAIRS)
    assert len(suite.tests) >= 10
    assert len({test.capability for test in suite.tests}) >= 4
    assert {"MFT", "INV"} <= {test.type for test in suite.tests}
    assert path_of(name).stat().st_size < 1_500_000


@pytest.mark.parametrize("name", NAMES)
def test_every_class_is_asked_for(name):
    suite = SUITES[name]
    asked = {label for test in suite.tests if test.type == "MFT" for label in test.labels if label is not None}
    assert asked == set(suite.labels)


@pytest.mark.parametrize("test", TESTS)
def test_a_test_has_enough_different_cases_from_enough_templates(test):
    assert 100 <= test.cases <= 500
    cases = cases_of(test)
    assert len(set(cases)) == len(cases)
    assert len(set(test.case_ids)) == len(cases)
    assert None not in test.clusters
    assert len(set(test.clusters)) >= 10
    # No template makes up most of a test.
    assert max(Counter(test.clusters).values()) <= 0.3 * test.cases


@pytest.mark.parametrize("test", TESTS)
def test_a_test_says_what_it_is_about(test):
    assert test.capability in (*CAPABILITIES, "Agreement", "Quantifiers", "Syntax")
    assert re.fullmatch(r"\S.{0,70}\S", test.name)
    assert len(test.description) > 40
    assert test.description.endswith(".")


@pytest.mark.parametrize("test", TESTS)
def test_a_test_can_fail(test):
    sizes = {end - start for start, end in pairwise(test.starts.tolist())}
    if test.type == "MFT" or test.expect.kind == "implication":
        assert test.aggregate == "all"
        return
    assert test.aggregate == "all_except_first"
    assert min(sizes) >= 2
    for case in cases_of(test):
        assert case[0] not in case[1:], "a copy that changes nothing cannot fail"


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_the_suites_own_and_do_not_contradict_each_other(name):
    suite = SUITES[name]
    known = defaultdict(set)
    for test in suite.tests:
        assert {label for label in test.labels if label is not None} <= set(suite.labels)
        if test.expect.kind == "label":
            assert None not in test.labels
        for text_a, text_b, label in zip(test.text_a, test.text_b, test.labels, strict=True):
            if label is not None:
                known[text_a, text_b].add(label)
    assert {pair: labels for pair, labels in known.items() if len(labels) > 1} == {}


@pytest.mark.parametrize("name", NAMES)
def test_no_case_stands_in_two_tests(name):
    seen = Counter(case for test in SUITES[name].tests for case in set(cases_of(test)))
    assert [case for case, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("test", TESTS)
def test_texts_are_clean(test):
    for text in texts_of(test):
        assert text == text.strip()
        assert "  " not in text
        assert not re.search(r"[{}\[\]|]", text), text


@pytest.mark.parametrize("test", TESTS)
def test_articles_fit_what_follows(test):
    wrong = [
        found[0]
        for text in texts_of(test)
        for found in re.finditer(r"\b([Aa]n?) ([A-Za-z]+)", text)
        if found[1].lower() != article(found[2])
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["sentiment", "acceptability"])
def test_sentences_begin_and_end_as_sentences_do(name):
    form = ("Robustness",)  # tests of form change it on purpose
    for test in SUITES[name].tests:
        firsts = [case[0][0] for case in cases_of(test)] if test.capability in form else test.text_a
        for text in firsts:
            assert re.match(r"[A-Z0-9]", text), text
            assert re.search(r"[.!?]$", text), text


def test_acceptability_pairs_leave_no_room_for_one_answer():
    """Every case of a minimum functionality test asks for both classes, so that a constant model fails them all."""
    for test in SUITES["acceptability"].tests:
        if test.type == "MFT":
            for start, end in pairwise(test.starts.tolist()):
                assert set(test.labels[start:end]) == {"acceptable", "unacceptable"}


def test_sentiment_keeps_most_tests_in_balance():
    """One answer for everything passes about half of the cases that have a label."""
    tests = [test for test in SUITES["sentiment"].tests if test.type == "MFT"]
    labels = Counter(label for test in tests for label in test.labels)
    assert 0.4 < labels["positive"] / labels.total() < 0.6


def test_sentiment_adjectives_fit_what_they_judge():
    """What is said of food is said of nothing else, and the other way round."""
    food = re.compile(
        r"\b(delicious|tasty|mouthwatering|inedible|tasteless|bland|revolting|appetizing)\b", re.IGNORECASE
    )
    dishes = re.compile(r"\b(soup|pizza|burger|curry|steak|dessert|sandwich|breakfast)\b", re.IGNORECASE)
    elsewhere = re.compile(r"\b(unreadable|filthy|spotless|buggy|flimsy|user-friendly|rude|polite|captivating)\b")
    for test in SUITES["sentiment"].tests:
        if test.name == "one typing error":
            continue
        for text in test.text_a:
            if food.search(text):
                assert dishes.search(text), text
            if dishes.search(text):
                assert not elsewhere.search(text), text


def test_sentiment_calls_no_person_it():
    person = re.compile(
        r"\b(waiter|receptionist|driver|tour guide|salesperson|technician)\b.*\b(?<!putting )it\b(?! was| is)"
    )
    found = [
        text for test in SUITES["sentiment"].tests for text in test.text_a if text is not None and person.search(text)
    ]
    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_no_suite_says_of_the_people_of_a_place_what_they_are_like(name):
    said = re.compile(
        r"\b[Pp]eople (in|of|from) [A-Z]\w+( [A-Z]\w+)? (are|were|is|so|grew|become|became)\b|\bpeople in .* so \w+\?"
    )
    assert [text for test in SUITES[name].tests for text in texts_of(test) if said.search(text)] == []
