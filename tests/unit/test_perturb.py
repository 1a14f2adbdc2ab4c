from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.behaviors.contractions import JOINED, NEGATED, contract, expand, negate
from flipscope.behaviors.kinds import Invariant
from flipscope.behaviors.perturb import PERTURBATIONS, perturbation_suite, variants, with_variants
from flipscope.behaviors.perturb_words import FIRST_NAMES, PLACES, TWINS
from flipscope.behaviors.suite_file import ExampleFile, SuiteFile, file_of, suite_of
from flipscope.data import Examples
from flipscope.errors import FlipscopeError

NAMES = list(PERTURBATIONS)
PIECES = [
    "John", "Mary", "Maria's", "Paris", "France", "12", "13", "1999", "3.5", "it is", "do not", "don't", "It's", "good",
    "a", "the", "Lake", "King", "I", ".", ",", "?", "!", "...", "and", "café", "ǅ", "ß", "İ", "e\u0301a", "@you",
    "https://a.b/c", "\n", " ", "", "100", "99", "CAPITALS", "日本語", "\u200b", "نص",
]  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
seeds = st.integers(0, 2**32)


def changed(name, text, seed=1):
    """The changed texts of a single text."""
    found = variants(name, text, None, random.Random(seed))
    assert all(text_b is None for _, text_b in found)
    return [text_a for text_a, _ in found]


def test_the_names():
    assert NAMES == ["typos", "contractions", "casing", "punctuation", "numbers", "names", "places", "irrelevant"]
    assert {each.capability for each in PERTURBATIONS.values()} == {"Robustness", "NER"}
    text = (Path(__file__).parents[2] / "docs" / "behaviors.md").read_text(encoding="utf-8")
    assert all(each.description for each in PERTURBATIONS.values())
    assert all(f"| `{name}` | {each.capability} |" in text for name, each in PERTURBATIONS.items())


@pytest.mark.parametrize("name", NAMES)
@given(text_a=texts, text_b=st.none() | texts, seed=seeds)
def test_variants_differ_from_the_input_and_each_other_and_are_seeded(name, text_a, text_b, seed):
    found = variants(name, text_a, text_b, random.Random(seed))
    assert (text_a, text_b) not in found
    assert len(set(found)) == len(found)
    assert all((new_b is None) == (text_b is None) for _, new_b in found)
    assert found == variants(name, text_a, text_b, random.Random(seed))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ["", " \n", "...", "🙂"])
def test_texts_without_words_are_hardly_ever_changed(name, text):
    if name != "irrelevant" or not text.strip():
        assert changed(name, text) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "unit", ["a", " ", ".", "Jo", "1", "John 12 Paris ", "it is ", "a.b", "'", "@", "A ", "do not "]
)
def test_long_texts_are_no_trouble(name, unit):
    text = (unit * 100_000)[:100_000]
    assert all(new != text and second is None for new, second in variants(name, text, None, random.Random(1)))


@pytest.mark.parametrize("name", NAMES)
def test_long_texts_of_different_numbers_are_no_trouble(name):
    text = " ".join(map(str, range(900_000, 914_000)))
    assert len(text) < 100_000
    assert (text, text) not in variants(name, text, text, random.Random(1))


@pytest.mark.parametrize("name", ["typos", "contractions", "casing", "punctuation", "irrelevant"])
def test_of_a_pair_one_text_changes_at_a_time(name):
    pair = ("It is good and I do not mind.", "They do not mind that it is good.")
    found = variants(name, *pair, random.Random(1))
    assert all((new_a == pair[0]) != (new_b == pair[1]) for new_a, new_b in found)
    assert {new_a == pair[0] for new_a, _ in found} == {True, False}


# Typos


@given(text=texts, seed=seeds)
def test_a_typo_swaps_two_neighbouring_letters_behind_the_first_of_a_word(text, seed):
    for new in changed("typos", text, seed):
        places = [i for i, (one, two) in enumerate(zip(text, new, strict=True)) if one != two]
        assert len(places) == 2
        assert places[1] == places[0] + 1
        assert text[places[0]] == new[places[1]]
        assert text[places[1]] == new[places[0]]
        assert text[places[0] - 1].isalpha()
        assert places[0] > 0


def test_typos_that_can_be_made():
    assert {changed("typos", "good", seed)[0] for seed in range(20)} == {"godo"}  # never "good"
    assert {changed("typos", "a film", seed)[0] for seed in range(40)} == {"a flim", "a fiml"}


@pytest.mark.parametrize(
    "text", ["a is not too bad", "aaaa", "teee", "@handle", "www.name.com", "https://name.com", "me@name.org"]
)
def test_no_typo_in_short_words_equal_letters_and_addresses(text):
    assert changed("typos", text) == []


def test_a_typo_does_not_make_another_common_word():
    made = {changed("typos", word, seed)[0] for word in TWINS for seed in range(10)}
    assert not made & TWINS
    assert changed("typos", "form", 1) == ["fomr"]


def test_a_typo_leaves_accents_with_their_letters():
    # The accent stands behind "d": swapping "c" and "d" would move it to "c".
    assert {changed("typos", "abcd\u0301", seed)[0] for seed in range(20)} == {"acbd\u0301"}


# Contractions


@pytest.mark.parametrize(("short", "long"), [*NEGATED.items(), *JOINED.items()])
def test_every_form_is_drawn_together_and_written_out(short, long):
    rest = "been good" if short.endswith("'ve") else "good"
    assert expand(f"{short.capitalize()} good." if short == "don't" else f"They say, {short} good.").endswith("good.")
    assert contract(f"They think {long} {rest}.") == f"They think {short} {rest}."
    assert expand(f"They think {short} {rest}.") == f"They think {long} {rest}."
    assert expand(contract(f"They think {long} {rest}.")) == f"They think {long} {rest}."


@given(text=texts)
def test_contracting_and_expanding_are_idempotent(text):
    assert contract(contract(text)) == contract(text)
    assert expand(expand(text)) == expand(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is good.", "It's good."),
        ("I am sure they are not here.", "I'm sure they aren't here."),
        ("He can not go and cannot stay.", "He can't go and can't stay."),
        ("I have been there, and we will see.", "I've been there, and we'll see."),
        # traps
        ("Yes, it is.", "Yes, it is."),
        ("I think it is and you know it.", "I think it is and you know it."),
        ("I know what it is about.", "I know what it is about."),
        ("I have a car.", "I have a car."),
        ("Watching it is a chore.", "Watching it is a chore."),
        ("He is better than she is now.", "He's better than she is now."),
        ("It can not only sing but dance.", "It can not only sing but dance."),
        ("Should I have gone?", "Should I have gone?"),
        ("I DO NOT care.", "I DO NOT care."),
        ("The knit is nothing.", "The knit is nothing."),
        ("there is n't much here", "there is n't much here"),
    ],
)
def test_contract(text, expected):
    assert contract(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's good and I don’t mind.", "It is good and I do not mind."),
        ("it 's a film that does n't work", "it is a film that does not work"),
        ("Don't go.", "Do not go."),
        ("i'm sure he can't", "i am sure he cannot"),
        # traps
        ("John's dog and the dog's bone", "John's dog and the dog's bone"),
        ("It's been great, and it's already gone.", "It's been great, and it's already gone."),
        ("Isn't it good?", "Isn't it good?"),
        ("It is good, isn't it?", "It is good, isn't it?"),
        ("Don't films end?", "Don't films end?"),
        ("Why don't films end.", "Why don't films end."),
        ("I'd go, but it ain't here.", "I'd go, but it ain't here."),
        ("I'd've gone; they'll've gone.", "I'd've gone; they'll've gone."),
        ("DON'T", "DON'T"),
    ],
)
def test_expand(text, expected):
    assert expand(text) == expected


def test_a_text_with_both_gives_two_variants():
    assert changed("contractions", "It's good, but it is not new.") == [
        "It's good, but it isn't new.",
        "It is good, but it is not new.",
    ]
    assert changed("contractions", "A good film.") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The food is good.", "The food is not good."),
        ("He can swim", "He cannot swim"),
        ("They were happy!", "They were not happy!"),
        ("The pilot would be late.", "The pilot would not be late."),
        ("The food is not good.", None),
        ("The food isn't good.", None),
        ("Nobody is here.", None),
        ("All food is good.", None),
        ("Is it good?", None),
        ("The food is good?", None),
        ("The man who is here is nice.", None),
        ("It is good and it is new.", None),
        ("It is good. It was better.", None),
        ("It is", None),
        ("The man must go.", None),
        ("It is often good.", None),
        ("", None),
    ],
)
def test_negate(text, expected):
    assert negate(text) == expected


# Casing and punctuation


@given(text=texts, seed=seeds)
def test_casing_changes_nothing_but_case(text, seed):
    assert all(new.casefold() == text.casefold() for new in changed("casing", text, seed))


def test_casing():
    assert changed("casing", "the film") in (["The film", "THE film"], ["The film", "the FILM"])
    assert changed("casing", "Film") == ["film", "FILM"]
    assert changed("casing", "FILM") == ["film"]
    assert changed("casing", "12") == []


@given(text=texts)
def test_punctuation_changes_nothing_but_the_end(text):
    def rest(text):
        return re.sub(r"[\s.!?]+$", "", text)

    assert all(rest(new) == rest(text) for new in changed("punctuation", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Good.", ["Good", "Good.."]),
        ("good .", ["good", "good .."]),
        ("Good?\n", ["Good\n", "Good??\n"]),
        ("Good!!", ["Good"]),
        ("Good", ["Good."]),
        ("good \n", ["good. \n"]),
        ("In the U.S.", []),
        ("Apples, pears etc.", []),
        ('"Good."', []),
        ("good,", []),
        ("?!", []),
    ],
)
def test_punctuation(text, expected):
    assert changed("punctuation", text) == expected


@given(text=texts, seed=seeds)
def test_noise_goes_around_the_text(text, seed):
    found = changed("irrelevant", text, seed)
    assert len(found) == (4 if text.strip() else 0)
    assert all(new.startswith(text) != new.endswith(text) for new in found if len(text.strip()) > 10)


def test_no_sentence_is_added_to_a_pair():
    found = variants("irrelevant", "One.", "Two.", random.Random(1))
    assert len(found) == 4
    assert all("@" in "".join(pair) or "https://example.com/" in "".join(pair) for pair in found)


# Names, places, numbers


def words(text):
    return re.findall(r"\w+", text)


@given(text=texts, seed=seeds)
def test_swaps_change_one_word_into_another_of_its_list(text, seed):
    kinds = {word: kind for kind, group in (FIRST_NAMES | PLACES).items() for word in group}
    for name in ("names", "places"):
        for new in changed(name, text, seed):
            pairs = {(one, two) for one, two in zip(words(text), words(new), strict=True) if one != two}
            ((one, two),) = pairs
            assert kinds[one] == kinds[two]
            assert one not in words(new)


def numbers(text):
    return [int(number) for number in re.findall(r"\d+", text)]


counts = st.lists(st.integers(0, 9999), min_size=1, max_size=6).map(lambda found: " and ".join(map(str, found)))


@given(text=counts, seed=seeds)
def test_numbers_keep_their_order_and_stay_close(text, seed):
    before = numbers(text)
    for new in changed("numbers", text, seed):
        after = numbers(new)
        ((one, two),) = {(one, two) for one, two in zip(before, after, strict=True) if one != two}
        assert one not in after
        assert abs(one - two) <= min(9, max(1, one // 10))
        assert two >= 2
        assert not any(1000 <= number < 2200 for number in (one, two))
        order = [(x < y, x == y) for x in before for y in before]
        assert order == [(x < y, x == y) for x in after for y in after]


@pytest.mark.parametrize(
    ("name", "text", "stays"),
    [
        ("names", "John met Anna Smith and Dr. Peter.", ["Anna Smith", "Peter"]),
        ("names", "John Smith came. Later John left.", ["John"]),
        ("names", "President John, King John, a John and the Anna-type", ["John", "Anna"]),
        ("names", "@John #John john JOHN Johnson Michael@home.com", ["John"]),
        ("names", "Billy John sang with J. John and the Rachel Band", ["John", "Rachel"]),
        ("places", "Paris, Texas, New London and the Berlin Wall", ["Paris", "London", "Berlin"]),
        ("places", "londoners in london", ["london"]),
        ("numbers", "In 1999 it took 1 of 0 at 5:30 on 3/4, 2nd, mp3, 3.5, 1,000, #7, 5-star, 9 / 10, '98", ["1999"]),
        ("numbers", "route 007 and 12345678", ["007"]),
        ("numbers", "5 and 5th and 5.0", ["5"]),
    ],
)
def test_what_is_doubtful_stays(name, text, stays):
    for new in changed(name, text):
        assert all(Counter(re.findall(word, new)) == Counter(re.findall(word, text)) for word in stays)
    if not (name == "names" and "Anna Smith" in stays):
        assert changed(name, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("names", "Did John's son call? He did. John left."),
        ("names", '"John," she said.'),
        ("names", "John, Mary and I"),
        ("places", "I left Rome. Paris is nice"),
        ("numbers", "It has 12 rooms, 5% off, $250."),
    ],
)
def test_swaps_that_are_made_everywhere(name, text):
    found = changed(name, text)
    assert len(found) == 3
    assert all(len(words(new)) == len(words(text)) for new in found)


def test_both_texts_of_a_pair_change_alike():
    pair = ("Mary has 12 cats in Rome.", "Does Mary have 12 cats in Rome, or 30?")
    for name in ("names", "places", "numbers"):
        found = variants(name, *pair, random.Random(3))
        assert found
        for new in found:
            swapped = [
                {(one, two) for one, two in zip(words(old), words(text), strict=True) if one != two}
                for old, text in zip(pair, new, strict=True)
            ]
            assert swapped[0] == swapped[1]
            assert len(swapped[0]) == 1


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("names", ("Mary is here.", "She is here.")),
        ("names", ("Mary is here.", "Mary Smith is here.")),
        ("places", ("She is in Rome.", "She is in Italy.")),
        ("numbers", ("She has 12 cats.", "She has 13 cats.")),
        ("numbers", ("She has 12 cats.", "")),
    ],
)
def test_what_stands_in_one_text_only_stays(name, pair):
    assert variants(name, *pair, random.Random(1)) == []


def test_word_lists_hold_no_word_twice():
    for lists in (FIRST_NAMES, PLACES):
        every = [word for group in lists.values() for word in group]
        assert len(set(every)) == len(every)
        assert all(re.fullmatch("[A-Z][a-z]+", word) for word in every)
    assert not any(word.endswith("s") for group in FIRST_NAMES.values() for word in group)


# Cases and suites


def test_with_variants_keeps_the_first_example_and_its_label():
    first = ExampleFile(text="It is good.", label="positive")
    found = with_variants([first, ExampleFile(text="left out")], ["contractions", "punctuation"], random.Random(1))
    assert [example.text for example in found] == ["It is good.", "It's good.", "It is good", "It is good.."]
    assert {example.label for example in found} == {"positive"}
    assert with_variants([first], ["numbers"], random.Random(1)) == []


def test_with_variants_of_a_pair():
    found = with_variants([ExampleFile(text_a="It is Mary.", text_b="Mary?")], ["names"], random.Random(1))
    assert len(found) == 4
    assert all(example.text is None and example.texts for example in found)


def make_examples(text_a, text_b=None, ids=None):
    table = pa.table(
        {
            "example_id": ids or [f"e{row}" for row in range(len(text_a))],
            "text_a": pa.array(text_a, pa.string()),
            "text_b": pa.array(text_b or [None] * len(text_a), pa.string()),
            "label": pa.array(["positive"] * len(text_a)),
        }
    )
    return Examples("sst2", table, ("negative", "positive"), "id", "dev.tsv", "0" * 64)


def test_a_suite_of_an_evaluation_set():
    examples = make_examples(["It is good.", "Bad film", None, "", "John is 12."])
    suite = perturbation_suite(examples, ["contractions", "names", "places"])
    assert suite.name == "perturbed-sst2"
    assert suite.tasks == ("sst2",)
    assert suite.labels == ("negative", "positive")
    assert len(suite.notes) == 1
    assert suite.notes[0].startswith("places")
    contractions, names = suite.tests
    assert contractions.case_ids == contractions.clusters == ("e0",)
    assert contractions.text_a == ("It is good.", "It's good.")
    assert contractions.starts.tolist() == [0, 2]
    assert (contractions.type, contractions.aggregate) == ("INV", "all_except_first")
    assert contractions.expect == Invariant(tolerance=0.1)
    assert names.capability == "NER"
    assert names.case_ids == ("e4",)
    assert names.examples == 4


def test_a_suite_takes_at_most_n_and_goes_on_until_it_has_them():
    examples = make_examples(["a film"] * 5_000 + ["It is good"] * 3)
    assert sorted(perturbation_suite(examples, ["contractions"], n=3).tests[0].case_ids) == ["e5000", "e5001", "e5002"]
    drawn = perturbation_suite(examples, ["typos"], n=100).tests[0].case_ids
    assert len(set(drawn)) == 100


def test_the_seed_decides_the_suite_and_the_other_tests_do_not():
    examples = make_examples([f"A film about {topic} and everything" for topic in range(200)])
    one, same, other = (perturbation_suite(examples, ["typos"], n=20, seed=seed) for seed in (1, 1, 2))
    assert one.digest == same.digest
    assert one.digest != other.digest
    assert perturbation_suite(examples, ["casing", "typos"], n=20).tests[1].text_a == one.tests[0].text_a


def test_an_example_keeps_its_variants_when_others_go():
    texts = [f"A film about {topic} and everything" for topic in range(30)]
    ids = [f"e{row}" for row in range(30)]
    every = perturbation_suite(make_examples(texts, ids=ids), ["typos"]).tests[0]
    half = perturbation_suite(make_examples(texts[15:], ids=ids[15:]), ["typos"]).tests[0]
    assert set(half.text_a) < set(every.text_a)


def test_a_suite_can_be_written_and_read():
    suite = perturbation_suite(make_examples(["It is good.", "Bad"], ["So it is good.", "Sad"]), NAMES)
    again = suite_of(SuiteFile.model_validate(file_of(suite)))
    assert again.tests[0].text_b == suite.tests[0].text_b
    assert [test.case_ids for test in again.tests] == [test.case_ids for test in suite.tests]


def test_what_is_refused():
    examples = make_examples(["a film"])
    with pytest.raises(FlipscopeError, match=r"no perturbation 'typo'.*typos, contractions"):
        perturbation_suite(examples, ["typo"])
    with pytest.raises(FlipscopeError, match="no perturbation"):
        with_variants([ExampleFile(text="a")], ["x"], random.Random(1))
    with pytest.raises(FlipscopeError, match="applies to any example: names, numbers"):
        perturbation_suite(examples, ["names", "numbers"])
    with pytest.raises(FlipscopeError, match="at least one case"):
        perturbation_suite(examples, ["typos"], n=0)
    with pytest.raises(FlipscopeError, match="none is named"):
        perturbation_suite(examples, [])
