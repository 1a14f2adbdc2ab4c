"""Labels: matched by name, never by luck."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope.errors import FlipscopeError
from flipscope.open import labels
from flipscope.open.labels import align_labels

NLI = ("entailment", "neutral", "contradiction")


@pytest.mark.parametrize(
    ("have", "want", "expected"),
    [
        (("contradiction", "entailment", "neutral"), NLI, [1, 2, 0]),
        (("POSITIVE", " Negative "), ("negative", "positive"), [1, 0]),
        (("non-entailment", "Entailment"), ("entailment", "not_entailment"), [1, 0]),
        (("not entailment", "entailment"), ("entailment", "non_entailment"), [1, 0]),
        (("LABEL_0", "LABEL_1", "LABEL_2"), NLI, [0, 1, 2]),
        (("label_1", "LABEL_0"), ("negative", "positive"), [1, 0]),
        (("1", "0"), ("negative", "positive"), [1, 0]),
        (("1", "0"), ("0", "1"), [1, 0]),
    ],
)
def test_labels_align_by_name(have: tuple[str, ...], want: tuple[str, ...], expected: list[int]) -> None:
    assert align_labels(have, want, who="model") == expected


def test_aliases_rename(tmp_path: object) -> None:
    aliases = {"NEG": "negative", "POS": "positive"}
    assert align_labels(("POS", "NEG"), ("negative", "positive"), who="m", aliases=aliases) == [1, 0]


@pytest.mark.parametrize(
    ("have", "want"),
    [
        (("paraphrase", "not_paraphrase"), ("not_equivalent", "equivalent")),
        (("negative", "positive"), NLI),
        (("LABEL_0", "LABEL_1"), NLI),
        (("LABEL_0", "LABEL_2"), ("negative", "positive")),
        (("LABEL_0", "positive"), ("negative", "positive")),
        (("LABEL_1", "LABEL_1"), ("negative", "positive")),
    ],
)
def test_other_labels_are_refused_with_both_sets(have: tuple[str, ...], want: tuple[str, ...]) -> None:
    with pytest.raises(FlipscopeError) as caught:
        align_labels(have, want, who="my model")
    message = str(caught.value)
    assert message.startswith("my model: ")
    assert all(name in message for name in have + want)
    assert "--alias" in message or "--labels" in message


@given(st.lists(st.text("abcdefg", min_size=1), unique=True, min_size=2, max_size=6).flatmap(
    lambda names: st.tuples(st.just(tuple(names)), st.permutations(names).map(tuple))
))  # fmt: skip
def test_alignment_undoes_any_order(case: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    want, have = case
    perm = align_labels(have, want, who="model")
    assert [have[position] for position in perm] == list(want)


def test_values_are_names_or_indices() -> None:
    names = ("negative", "positive")
    indices = labels.label_indices(pa.array(["1", None, "0", "1.0"]), names, where="t")
    assert indices.to_pylist() == [1, None, 0, 1]
    assert labels.label_indices(pa.array(["Positive", None, "negative"]), names, where="t").to_pylist() == [1, None, 0]


def test_a_name_made_of_digits_is_a_name_before_it_is_an_index() -> None:
    found = labels.label_indices(pa.array(["1", "5", "2"]), ("1", "2", "3", "4", "5"), where="t")
    assert found.to_pylist() == [0, 4, 1]


def test_names_made_of_digits_and_indices_are_told_apart_by_the_whole_column() -> None:
    assert labels.label_indices(pa.array(["0", "1", "0"]), ("1", "2"), where="t").to_pylist() == [0, 1, 0]
    assert labels.label_indices(pa.array(["1", "2", "1"]), ("1", "2"), where="t").to_pylist() == [0, 1, 0]
    assert labels.are_names(pa.array(["1", "2"]), ("1", "2"), {})
    assert not labels.are_names(pa.array(["0", "1"]), ("1", "2"), {})


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        (["0", "2"], ("1", "2"), "'2' is the name of a label, but '0' could only be an index"),
        (["yes", "0"], ("no", "yes"), "'yes' is the name of a label, but '0' could only be an index"),
    ],
)
def test_names_and_indices_in_one_column_are_refused(values: list[str], names: tuple[str, ...], message: str) -> None:
    with pytest.raises(FlipscopeError, match=f"t: {message}. Write names or indices"):
        labels.label_indices(pa.array(values), names, where="t")


def test_advice_pairs_the_names_that_look_alike() -> None:
    with pytest.raises(FlipscopeError, match="--alias pos=positive"):
        align_labels(("pos", "neg"), ("negative", "positive"), who="m")


def test_a_value_that_fits_nothing_is_refused_with_its_row() -> None:
    with pytest.raises(FlipscopeError, match=r"row 3: 'maybe' is not one of the labels.*negative, positive"):
        labels.label_indices(pa.array(["0", "1", "maybe", "maybe"]), ("negative", "positive"), where="t")
    with pytest.raises(FlipscopeError, match="row 2: '2'"):
        labels.label_indices(pa.array(["0", "2"]), ("negative", "positive"), where="t")


def test_label_names_that_look_alike_are_refused() -> None:
    with pytest.raises(FlipscopeError, match="can't be told apart"):
        labels.label_indices(pa.array(["a"]), ("a", "A "), where="t")


@pytest.mark.parametrize(
    ("values", "names", "expected"),
    [
        (["0", "-1", "", "-"], ("no", "yes"), ["0", None, None, None]),
        (["-1", "0", "1"], (), ["-1", "0", "1"]),
        (["-1", "-1"], (), [None, None]),
        (["-1", "1"], ("-1", "1"), ["-1", "1"]),
        (["+", "-", ""], (), ["+", "-", None]),
        (["-", "-"], (), [None, None]),
        (["-", "-"], ("+", "-"), ["-", "-"]),
    ],
)
def test_ways_to_write_no_label(values: list[str], names: tuple[str, ...], expected: list[str | None]) -> None:
    assert labels.blank_unknown(pa.array(values), names).to_pylist() == expected


def test_what_predictions_use_is_a_label() -> None:
    assert labels.blank_unknown(pa.array(["-", "-1", "a"]), (), ("-", "a")).to_pylist() == ["-", "-1", "a"]
    assert labels.blank_unknown(pa.array(["-", "-1"]), ("a", "b"), ("-1",)).to_pylist() == [None, "-1"]


def test_found_names_sort_as_numbers_when_they_are() -> None:
    assert labels.names_in(["10", "9", None, "-1"]) == ("-1", "9", "10")
    assert labels.names_in(["b", "a", "B "]) == ("B", "a")


def test_advice_does_not_guess_between_names_that_are_not_alike() -> None:
    with pytest.raises(FlipscopeError, match=r"--alias negative=<complaint or praise>$"):
        align_labels(("negative", "positive"), ("complaint", "praise"), who="m")
