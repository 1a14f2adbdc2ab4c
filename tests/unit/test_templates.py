"""Templates: what slots give, which cases come of them, and what is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.behaviors.suite_file import CaseFile, SuiteFile, suite_of
from flipscope.behaviors.templates import article, expand
from flipscope.errors import FlipscopeError

LEXICONS = {
    "noun": ["apple", "pear", "hour"],
    "verb": [{"base": "go", "past": "went"}, {"base": "see", "past": "saw"}],
    "he": [{"he": "she", "his": "her"}],
    "one": ["thing"],
}


def suite(*tests: dict, seed: int = 1, lexicons: dict = LEXICONS) -> SuiteFile:
    return SuiteFile.model_validate(
        {"format": "flipscope-suite", "version": 1, "name": "s", "seed": seed, "lexicons": lexicons, "tests": [*tests]}
    )


def test_of(*templates: object, **more: object) -> dict:
    return {
        "name": "t",
        "capability": "c",
        "type": "MFT",
        "expect": {"kind": "label"},
        "templates": list(templates),
        **more,
    }


test_of.__test__ = False  # type: ignore[attr-defined]


def cases(*templates: object, seed: int = 1, lexicons: dict = LEXICONS, **more: object) -> list[CaseFile]:
    file = suite(test_of(*templates, **more), seed=seed, lexicons=lexicons)
    return expand(file.tests[0], file, where="here")


def texts(*templates: object, **more: object) -> set[str | None]:
    return {example.text for case in cases(*templates, **more) for example in case.examples}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("a {noun}.", {"a apple.", "a pear.", "a hour."}),
        ("{a noun}.", {"an apple.", "a pear.", "an hour."}),
        ("{A noun}.", {"An apple.", "A pear.", "An hour."}),
        ("{Noun}.", {"Apple.", "Pear.", "Hour."}),
        ("{verb}", {"go", "see"}),  # the first form
        ("{verb.past}", {"went", "saw"}),
        ("{Verb.past}", {"Went", "Saw"}),
        ("{verb.base} {verb.past}", {"go went", "see saw"}),  # one word in all its forms
        ("{He.his} {he}", {"Her she"}),
        ("{noun} {noun}", {"apple apple", "pear pear", "hour hour"}),
        ("{{noun}} {one}", {"{noun} thing"}),
        ("No slot.", {"No slot."}),
    ],
)
def test_slots(template, expected):
    assert texts(template) == expected


def test_numbered_slots_hold_different_words():
    pairs = {"apple pear", "apple hour", "pear apple", "pear hour", "hour apple", "hour pear"}
    assert texts("{noun} {noun2}") == pairs
    assert texts("{verb.past} {verb2.base}") == {"went see", "saw go"}


def test_a_word_listed_twice_is_still_one_word():
    assert texts("{x} {x2}", lexicons={"x": ["a", "a", "b"]}) == {"a b", "b a"}


def test_more_numbered_slots_than_words_are_refused():
    with pytest.raises(FlipscopeError, match="2 different words are asked of lexicon 'one', which has 1"):
        cases("{one} {one2}")


def test_examples_of_a_case_share_their_words():
    found = cases(["{noun}?", {"text": "Not {noun}.", "label": "no"}], label="yes")
    assert {tuple((example.text, example.label) for example in case.examples) for case in found} == {
        ((f"{noun}?", "yes"), (f"Not {noun}.", "no")) for noun in LEXICONS["noun"]
    }


def test_pairs_labels_and_lists_are_filled_too():
    [case] = cases(
        {
            "text_a": "{one} a",
            "text_b": "{One} b",
            "label": "{one}",
            "allowed": ["{one}"],
            "substitution": ["x", "{one}"],
        }
    )
    [example] = case.examples
    assert (example.text_a, example.text_b, example.label) == ("thing a", "Thing b", "thing")
    assert (example.allowed, example.substitution) == (("thing",), ("x", "thing"))


def test_a_case_belongs_to_its_template():
    found = cases("{noun}", {"id": "named", "examples": [{"text": "{verb}"}]})
    assert {(case.examples[0].text, case.cluster) for case in found} == {
        ("apple", "t1"), ("pear", "t1"), ("hour", "t1"), ("go", "named"), ("see", "named"),
    }  # fmt: skip


def test_templates_take_turns_until_there_are_enough():
    found = cases("1 {noun} {noun2}", "2 {noun} {noun2}", "3 {one}", n=6)
    assert [case.examples[0].text[0] for case in found] == ["1", "2", "3", "1", "2", "1"]


def test_the_same_case_is_made_once():
    assert sorted(case.examples[0].text for case in cases("{noun}", "{noun}", "pear")) == ["apple", "hour", "pear"]


def test_what_a_template_gives_depends_on_nothing_beside_it():
    lexicons = {"x": [f"x{number}" for number in range(50)]}
    alone = cases("{x} {x2}", n=5, lexicons=lexicons)
    beside = cases("{x}!", "{x} {x2}", n=10, lexicons=lexicons)
    assert [case.examples for case in alone] == [case.examples for case in beside if "!" not in case.examples[0].text]
    file = suite({**test_of("{x}"), "name": "first"}, test_of("{x} {x2}", n=5), lexicons=lexicons)
    assert expand(file.tests[1], file, where="here") == alone


def test_the_seed_chooses():
    lexicons = {"x": [f"x{number}" for number in range(50)]}
    first, second = (texts("{x} {x2}", n=20, seed=seed, lexicons=lexicons) for seed in (1, 2))
    assert first != second
    assert first == texts("{x} {x2}", n=20, seed=1, lexicons=lexicons)


def test_more_ways_than_can_be_listed_are_drawn():
    lexicons = {"x": [str(number) for number in range(1_000)]}
    found = texts("{x} {x2} {x3} {x4}", n=300, lexicons=lexicons)
    assert len(found) == 300
    assert all(len(set(text.split())) == 4 for text in found)


@given(
    words=st.lists(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=6),
    n=st.integers(1, 40),
    seed=st.integers(0, 5),
)
def test_cases_are_different_as_many_as_there_are_and_of_the_words(words, n, seed):
    different = len(set(words))
    ways = different * (different - 1)
    if ways == 0:
        with pytest.raises(FlipscopeError):
            cases("{x} {x2}", lexicons={"x": words}, n=n, seed=seed)
        return
    found = [case.examples[0].text for case in cases("{x} {x2}", lexicons={"x": words}, n=n, seed=seed)]
    assert len(found) == len(set(found)) == min(n, ways)
    assert all(set(text.split()) <= set(words) for text in found)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{colour}", "no lexicon 'colour'"),
        ("{noun", "brace"),
        ("noun}", "brace"),
        ("{ noun }", "brace"),
        ("{noun.past.more}", "brace"),
        ("{}", "brace"),
        ("{verb.future}", "no form 'future'"),
        ("{noun.past}", "no form 'past'"),
    ],
)
def test_bad_slots_are_refused_with_the_place(template, message):
    with pytest.raises(FlipscopeError, match=re.escape(message)) as caught:
        cases("fine", template)
    assert "test 't', template 2" in str(caught.value)


def test_a_lexicon_of_nothing_is_refused():
    with pytest.raises(FlipscopeError, match="lexicon 'x' has no words"):
        cases("{x}", lexicons={"x": []})
    with pytest.raises(FlipscopeError, match="lexicon 'x' holds an empty word"):
        cases("{x}", lexicons={"x": ["a", ""]})


def test_a_text_that_would_be_too_long_is_not_made():
    for template, word in (("{x}" * 30_000, "long" * 20_000), ("{x}", "x" * 100_001), ("{a x} {x}", "x" * 50_000)):
        with pytest.raises(FlipscopeError, match="template 1: a text would have"):
            cases(template, lexicons={"x": [word]})
    assert len(cases("{x}{x}", lexicons={"x": ["x" * 49_000]})) == 1


def test_templates_of_a_suite_become_its_cases():
    made = suite_of(suite(test_of("{a noun}", label="fruit")))
    assert set(made.tests[0].text_a) == {"an apple", "a pear", "an hour"}
    assert made.tests[0].labels == ("fruit",) * 3
    assert len(set(made.tests[0].case_ids)) == 3


@pytest.mark.parametrize(
    ("spoken", "words"),
    [
        ("an", "apple egg idea onion umbrella uncle urban ugly usher urn hour honest heir honor"),
        ("an", "uninteresting unimportant unidentified upright Iraqi eight 8 11 18 80"),
        ("a", "pear house hotel year university unit union unique useful user usual usurper European euro one once"),
        ("a", "Ukrainian Ugandan Uruguayan utensil uranium ubiquitous unanimous UK 1 7 12 110"),
    ],
)
def test_articles(spoken, words):
    assert {word: article(word) for word in words.split()} == dict.fromkeys(words.split(), spoken)


def test_templates_that_make_too_many_examples_are_stopped_on_the_way(monkeypatch):
    monkeypatch.setattr("flipscope.behaviors.templates.MAX_EXAMPLES", 5)
    with pytest.raises(FlipscopeError, match="more than 1,000,000 examples"):
        cases(["{noun}", "{noun2}"], lexicons={"noun": ["a", "b", "c", "d"]})
