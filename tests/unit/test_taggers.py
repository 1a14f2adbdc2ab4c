from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipscope.behaviors.suite import CAPABILITIES
from flipscope.behaviors.taggers import TAGGERS, tag
from flipscope.data import Examples
from flipscope.errors import FlipscopeError

#: Sentences that a tagger says yes to, and traps it says no to.
SENTENCES = {
    "has_negation": (
        ["This is not good.", "NOT good", "No!", "nothing works", "nobody came", "it doesn't work", "it doesn’t work",
         "it does n't work", "I cannot go", "neither this nor that", "dont go", "yes-no"],
        ["note", "a knot", "another", "nonsuch", "know", "now", "snow", "canot",
         "notable", "nob", "don", "naïvenot", "www.not.com", "@not"],
    ),
    "has_number": (
        ["It took 3 days.", "2nd", "1,000", "$5", "two cats", "a hundred times", "thirteen", "٣ cats", "Fifty-one"],
        ["One of them", "B12 and mp3", "the first", "someone", "attention", "often", "weighted", "https://a.b/12",
         "@user12", "x_1", "m²"],
    ),
    "has_comparison": (
        ["more fun", "bigger than that", "It is better", "LESS", "old vs. new", "no worse"],
        ["forecast", "moreover", "furthermore", "bless", "nonetheless", "the best", "lessen", "betterment", "thank", "most"],
    ),
    "has_name": (
        ["I met Sarah.", "Mary left.", "he said, Obama came", "the old Kremlin", "We saw London", "In 2010 Apple grew",
         "they praised “Dune”"],
        ["The film is good.", "I'm here and I left.", "It ended. Then it began.", "in May or on Monday", "mary", "NASA in USA",
         "What? Yes.", "see https://Www.Example.com", "maryland"],
    ),
    "has_temporal": (
        ["after the war", "in May", "May 5", "5 may", "next March", "since 1999", "On Friday", "two weeks ago", "I used to go",
         "NOW", "last june"],
        ["You may go.", "they march on", "an august man", "a known fact", "agony", "11999", "hereafter", "Aprilia", "knows",
         "dated", "snowy", "untilled"],
    ),
    "has_question": (["Why?", "really ?!", "なに？"], ["Why not.", "see https://a.b/?q=1 now", ""]),
    "is_long": (["word " * 30 + "word", "a\n" * 31], ["word " * 30, "word" * 100, " " * 100]),
    "has_rare_word": (["incomprehensible", "thirteenwords", "naïvetébeaucoup"], ["twelveletter", "self-explaining-word", "1234567890123"]),
    "has_typo": (
        ["I recieve it", "sooo good", "Teh end", "Untill now", "it occured"],
        ["receive", "AAA rated", "Henry VIII and iii", "www.a.com", "xxx", "too good", "wherever", "cool", "lehteh"],
    ),
}  # fmt: skip


def make_examples(text_a, text_b=None, **meta):
    n = len(text_a)
    table = pa.table(
        {
            "example_id": [f"e{row}" for row in range(n)],
            "text_a": pa.array(text_a, pa.string()),
            "text_b": pa.array(text_b or [None] * n, pa.string()),
            "label": pa.array(["yes"] * n, pa.string()),
            **meta,
        }
    )
    return Examples("mine", table, ("no", "yes"), "id", "dev.tsv", "d" * 64)


def tags(examples, *args, **kwargs):
    tagged = tag(examples, *args, **kwargs)
    return {name: tagged.table[name].to_pylist() for name in tagged.meta if name not in examples.meta}


def test_the_taggers():
    assert [each.column for each in TAGGERS] == [
        "has_negation", "has_number", "has_comparison", "has_name", "has_temporal", "has_question", "is_long",
        "has_high_overlap", "has_rare_word", "has_typo",
    ]  # fmt: skip
    assert {each.capability for each in TAGGERS} <= set(CAPABILITIES)
    assert all(each.rule for each in TAGGERS)
    assert set(SENTENCES) == {each.column for each in TAGGERS} - {"has_high_overlap"}


def test_the_docs_tell_every_rule():
    text = (Path(__file__).parents[2] / "docs" / "behaviors.md").read_text(encoding="utf-8")
    assert all(f"| `{each.column}` | {each.capability} |" in text for each in TAGGERS)


@pytest.mark.parametrize("column", SENTENCES)
def test_rules(column):
    yes, no = SENTENCES[column]
    found = tags(make_examples([*yes, *no]))[column]
    assert dict(zip([*yes, *no], found, strict=True)) == dict.fromkeys(yes, True) | dict.fromkeys(no, False)


@pytest.mark.parametrize("column", SENTENCES)
def test_the_second_text_counts_too(column):
    yes, no = SENTENCES[column]
    assert tags(make_examples([no[0], no[0], yes[0]], [yes[0], no[0], no[0]]))[column] == [True, False, True]


def test_two_texts_are_not_read_as_one():
    assert tags(make_examples(["no", "x"], ["te", "y"]))["has_negation"] == [True, False]
    assert tags(make_examples(["a film", "we met Obama"], ["The film", "so"]))["has_name"] == [False, True]
    assert tags(make_examples(["w " * 20, "w " * 40], ["w " * 20, "y"]))["is_long"] == [False, True]


@pytest.mark.parametrize(
    ("text_a", "text_b", "expected"),
    [
        ("The cat sat here.", "the CAT sat here", True),
        ("a b c", "a b c d", True),  # 3 of 4
        ("a b c", "a b d", False),  # 2 of 4
        ("a a a b", "a b", True),
        ("a b c d", "d c b a !", True),
        ("a b", "c d", False),
        ("", "", False),
        ("...", "!", False),
        ("...", "a", False),
        ("it's", "its", False),
    ],
)
def test_overlap(text_a, text_b, expected):
    found = tags(make_examples([text_a, "x y", "x y"], [text_b, "x y", "z"]))["has_high_overlap"]
    assert found == [expected, True, False]


words = st.lists(st.sampled_from(["a", "B", "b", "c,", "(d)", "e", "...", "ß"]), max_size=6).map(" ".join)


@settings(max_examples=25)
@given(st.lists(st.tuples(words, words), min_size=1, max_size=30))
def test_overlap_is_the_jaccard_index(pairs):
    def jaccard(pair):
        one, two = (
            {word for token in text.lower().split() if (word := re.sub(r"^\W+|\W+$", "", token))} for text in pair
        )
        return len(one & two) / max(len(one | two), 1)

    expected = [jaccard(pair) >= 0.75 for pair in pairs]
    # Two rows whose answer is known keep the column there.
    found = tags(make_examples([one for one, _ in pairs] + ["x", "x"], [two for _, two in pairs] + ["x", "y"]))
    assert found["has_high_overlap"] == [*expected, True, False]


def test_single_texts_have_no_overlap():
    assert "has_high_overlap" not in tags(make_examples(["a b", "no", "so"]))


def test_more_rows_than_are_looked_at_together(monkeypatch):
    monkeypatch.setattr("flipscope.behaviors.taggers._CHUNK", 2)
    examples = make_examples(["not", "a", None, "no", "b"], ["a", "a", None, "b", "b"])
    assert tags(examples)["has_negation"] == [True, False, None, True, False]
    assert tags(examples)["has_high_overlap"] == [False, True, None, False, True]


def test_lower_case_data_have_no_names():
    assert "has_name" not in tags(make_examples(["i met sarah in london", "it is good"]))


def test_a_tag_that_is_the_same_for_all_rows_is_left_out():
    assert tags(make_examples(["Not good?", "Not bad?"])) == {}
    assert tags(make_examples(["a"])) == {}


def test_rows_without_text():
    assert tags(make_examples([None, None])) == {}
    assert tags(make_examples([None, "no", "yes"])) == {"has_negation": [None, True, False]}


def test_an_empty_table():
    assert tags(make_examples([]), {"own": "length(text_a) > 1", "two": lambda a, b: True}) == {}


def test_nothing_else_changes():
    examples = make_examples(["no", "yes"], source=["x", "y"])
    tagged = tag(examples)
    assert tagged.digest == examples.digest
    assert tagged.table.select(examples.table.column_names).equals(examples.table)
    assert tagged.meta == ("source", "has_negation")
    assert tagged.table["has_negation"].type == pa.bool_()


def test_a_column_of_the_users_is_kept():
    examples = make_examples(["no", "yes"], Has_Negation=[1, 2])
    assert tags(examples) == {}
    assert tag(examples).table["Has_Negation"].to_pylist() == [1, 2]


def test_long_texts_and_any_unicode():
    examples = make_examples(["a" * 100_000, "John " * 20_000, " " * 100_000, "\0\u200b🙂é", "no"], ["x"] * 5)
    assert tag(examples).table["has_negation"].to_pylist() == [False, False, False, False, True]


# Tags of one's own


def test_an_expression():
    examples = make_examples(["long text", "x", "y"], ["b", None, "b"], source=["web", "web", "book"])
    found = tags(
        examples,
        {
            "long_title": "length(text_a) > 3 -- it ends in a comment",
            "web": "source = 'web' AND label = 'yes'",
            "same": "text_b = 'b'",
            "above": "length(text_a) > avg(length(text_a)) OVER (PARTITION BY source)",
            "inner": "length(text_a) > (SELECT min(length(text_a)) FROM examples)",
        },
        builtin=False,
    )
    assert found == {
        "long_title": [True, False, False],
        "web": [True, True, False],
        "above": [True, False, False],
        "inner": [True, False, False],
    }
    assert tags(examples, {"same": "text_b IS NOT NULL"})["same"] == [True, False, True]


def test_an_expression_that_is_null_gives_a_null():
    assert tags(make_examples(list("abc"), ["x", None, "y"]), {"x": "text_b = 'x'"})["x"] == [True, None, False]


def test_a_column_of_any_name():
    examples = make_examples(["a", "b"], **{"row": [1, 2], "Row_": [2, 1], 'a "b"': [1, 2]})
    assert tags(examples, {"one": "row = 1", "two": 'Row_ = 1 AND "a ""b""" = 2'}) == {
        "one": [True, False],
        "two": [False, True],
    }


def test_a_function():
    examples = make_examples(["apple", "pear", None], ["a", None, None])
    found = tags(examples, {"a": lambda text_a, text_b: text_a.startswith("a") and text_b == "a"}, builtin=False)
    assert found == {"a": [True, False, None]}


def test_a_tag_of_ones_own_replaces_a_built_in_one():
    found = tags(make_examples(["no", "yes"]), {"has_negation": "text_a = 'yes'", "has_number": lambda a, b: False})
    assert found == {"has_negation": [False, True]}


def test_a_tag_of_ones_own_that_says_nothing_is_noted():
    tagged = tag(make_examples(["a", "b"]), {"none": "false"})
    assert tagged.meta == ()
    assert "'none'" in tagged.notes[-1]


@pytest.mark.parametrize(
    "expression",
    [
        "read_csv('/etc/passwd')",
        "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0",
        "EXISTS (FROM read_text('/etc/passwd'))",
        "EXISTS (FROM '/etc/passwd')",
        "EXISTS (FROM glob('/*'))",
        "EXISTS (FROM read_csv('https://example.com/x.csv'))",
        "EXISTS (FROM secret)",
        "true; DROP TABLE examples",
        "true) FROM examples; DROP TABLE examples; --",
        "true); --",
        "true) OR (true",
        "true FROM examples",
        "true, false",
        "text_a, 1",
        "NULL",
        "COLUMNS('text.*') = 'a'",
        "true AS tag",
        "",
        "   ",
        "-- nothing",
        "nope > 1",
        "text_a",
        "length(text_a)",
        "*",
        "unnest([true, false])",
        "count(*) > 1",
        "text_a::INT > 1",
        "getenv('HOME') = 'x'",
        "(",
        "'",
        "\0",
    ],
)
def test_what_is_no_condition_is_refused(expression):
    secret = pa.table({"x": [1]})
    with pytest.raises(FlipscopeError, match="tag 'mine'"):
        tag(make_examples(["a", "b"]), {"mine": expression})
    assert secret.num_rows == 1


def test_an_unknown_column_is_told_with_those_there_are():
    with pytest.raises(FlipscopeError, match=r"tag 'mine'.*nope.*Columns are example_id, text_a"):
        tag(make_examples(["a", "b"]), {"mine": "nope > 1"})


def test_settings_stay_locked_for_an_expression():
    with pytest.raises(FlipscopeError):
        tag(make_examples(["a", "b"]), {"mine": "true; SET enable_external_access = true"})


@pytest.mark.parametrize(
    "function", [lambda a, b: 1, lambda a, b: None, lambda a, b: a, lambda a: True, lambda a, b: 1 / 0]
)
def test_a_function_that_fails_is_told_with_its_row(function):
    with pytest.raises(FlipscopeError, match=r"tag 'mine'.*row 1"):
        tag(make_examples(["a", "b"]), {"mine": function})


@pytest.mark.parametrize("name", ["text_a", "LABEL", "source", "", " "])
def test_names_that_are_taken(name):
    with pytest.raises(FlipscopeError):
        tag(make_examples(["a"], source=["x"]), {name: "true"})


def test_what_is_no_rule():
    with pytest.raises(FlipscopeError, match=r"tag 'mine'.*int"):
        tag(make_examples(["a"]), {"mine": 3})
    with pytest.raises(FlipscopeError, match=r"tag 'A'.*already"):
        tag(make_examples(["a"]), {"a": "true", "A": "true"})
