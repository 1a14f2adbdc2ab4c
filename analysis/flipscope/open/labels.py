"""Label names: what a value means, and how the label sets of two sides fit together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from flipscope.errors import FlipscopeError
from flipscope.open.columns import plain

#: Written in place of a label that is not known (the dash is MNLI's and SNLI's "no consensus").
NO_LABEL = ("", "-")
#: How `datasets` writes hidden labels.
HIDDEN = "-1"

_GENERIC = re.compile(r"(?:label_)?(\d{1,9})")
_INTEGER = re.compile(r"(\d{1,9})(?:\.0+)?")


def normalise(name: str) -> str:
    """Return the form in which label names are compared.

    Case, surrounding space and the choice of space, hyphen or underscore do not matter, and ``non_x`` is
    ``not_x``. Nothing else is guessed.
    """
    form = re.sub(r"[\s_-]+", "_", name.strip().casefold())
    return re.sub(r"^non_", "not_", form)


def show_names(names: Iterable[str]) -> str:
    """Join label names for a message."""
    return ", ".join(names)


def check_distinct(names: tuple[str, ...], where: str) -> None:
    """Refuse label names that can't be told apart once compared by `normalise`."""
    if len({normalise(name) for name in names}) < len(names):
        raise FlipscopeError(f"these label names can't be told apart: {show_names(names)}", where=where)


def align_labels(
    have: tuple[str, ...], want: tuple[str, ...], *, who: str, aliases: Mapping[str, str] | None = None
) -> list[int]:
    """Find where each wanted label stands among those a model or file has.

    Parameters
    ----------
    have : tuple of str
        Label names of the model or file, in its own order.
    want : tuple of str
        Label names in the order wanted.
    who : str
        Whose labels `have` are, for messages.
    aliases : mapping of str to str, optional
        Names out of `have` to the names wanted in their place.

    Returns
    -------
    list of int
        ``perm`` of the length of `want`: label ``j`` of `want` is label ``perm[j]`` of `have`. Names are
        compared as in `normalise`. Generic names (``LABEL_0`` or plain digits) stand for their index, when
        all of `have` are generic and there are as many as wanted.

    Raises
    ------
    FlipscopeError
        When the two sets differ.
    """
    wanted = [normalise(name) for name in want]
    renamed = {normalise(old): normalise(new) for old, new in (aliases or {}).items()}
    found = [renamed.get(normalise(name), normalise(name)) for name in have]
    if sorted(found) != sorted(wanted) and (by_index := _generic_order(found, len(want))):
        return by_index
    check_distinct(want, "the labels wanted")
    if sorted(found) != sorted(wanted):
        raise FlipscopeError(
            f"the labels are {show_names(have)}, but the data's are {show_names(want)}",
            where=who,
            do=_advice(have, want),
        )
    return [found.index(name) for name in wanted]


def is_generic(names: Iterable[str]) -> bool:
    """Whether all names are mere indices: ``LABEL_0`` or plain digits."""
    return all(_GENERIC.fullmatch(normalise(name)) for name in names)


def _generic_order(names: list[str], count: int) -> list[int] | None:
    """Positions of the indices 0 to count - 1 among generic names; None where the names are others."""
    indices = [int(match[1]) for name in names if (match := _GENERIC.fullmatch(name))]
    if len(names) != count or sorted(indices) != list(range(count)):
        return None
    return [indices.index(i) for i in range(count)]


def _advice(have: tuple[str, ...], want: tuple[str, ...]) -> str:
    if len(have) != len(want):
        return "Choose the task whose labels these are, or name the labels with --labels"
    known = {normalise(name) for name in want}
    unknown = next((name for name in have if normalise(name) not in known), have[0])
    return f"If they mean the same, say which is which, such as --alias {unknown}={want[0]}"


def label_texts(values: pa.Array | pa.ChunkedArray, *, where: str) -> pa.Array:
    """Turn a column of label names or indices (strings, integers, whole floats, booleans) into strings.

    Raises
    ------
    FlipscopeError
        When the values are of another kind.
    """
    array = plain(values)
    if array is None or pa.types.is_temporal(array.type) or pa.types.is_decimal(array.type):
        raise FlipscopeError(f"labels can't be of type {values.type}", where=where)
    if pa.types.is_floating(array.type):
        try:
            array = array.cast(pa.int64())
        except pa.ArrowInvalid:
            raise FlipscopeError("these are fractions, not classes", where=where) from None
    return array.cast(pa.string())


def blank_unknown(values: pa.Array, names: tuple[str, ...]) -> pa.Array:
    """Turn the ways to write "no label" into nulls.

    ``-1`` counts as one where the labels' `names` are known and it is not among them, or where there is
    nothing else; among unknown names it may be a class.
    """
    distinct = {text.strip() for text in pc.unique(values).to_pylist() if text is not None}
    blank = {text for text in NO_LABEL if text not in names}
    if (names and HIDDEN not in names) or distinct <= {HIDDEN, *NO_LABEL}:
        blank.add(HIDDEN)
    return pc.if_else(pc.is_in(pc.utf8_trim_whitespace(values), pa.array(sorted(blank))), None, values)


def names_in(values: Iterable[str | None]) -> tuple[str, ...]:
    """Return the distinct label names among values: sorted as numbers when all are integers, else as text."""
    forms: dict[str, str] = {}
    for value in sorted({value.strip() for value in values if value is not None}):
        forms.setdefault(normalise(value), value)
    names = list(forms.values())
    return tuple(sorted(names, key=int) if all(re.fullmatch(r"-?\d{1,18}", name) for name in names) else names)


def label_indices(
    values: pa.Array, names: tuple[str, ...], *, where: str, aliases: Mapping[str, str] | None = None
) -> pa.Array:
    """Find which label each value means.

    Parameters
    ----------
    values : pyarrow.Array of string
        Names, or indices into `names`, with nulls for unknown labels.
    names : tuple of str
        The label names.
    where : str
        File and column, for messages.
    aliases : mapping of str to str, optional
        Other names for the labels.

    Returns
    -------
    pyarrow.Array of int32
        Indices into `names`, null where the value is null.

    Raises
    ------
    FlipscopeError
        When a value is neither a name nor an index; the message has its row, counted from 1.
    """
    check_distinct(names, where)
    known = f"{show_names(names)}, or 0 to {len(names) - 1}"
    index_of = {normalise(name): i for i, name in enumerate(names)}
    for other, name in (aliases or {}).items():
        if normalise(name) in index_of:
            index_of[normalise(other)] = index_of[normalise(name)]
    coded = values.dictionary_encode()
    meanings = [_meaning(text, index_of, len(names)) for text in coded.dictionary.to_pylist()]
    if None in meanings:
        bad = meanings.index(None)
        row = pc.index(coded.indices, pa.scalar(bad, coded.indices.type)).as_py() + 1
        raise FlipscopeError(
            f"row {row}: {coded.dictionary[bad].as_py()!r} is not one of the labels", where=where,
            do=f"Labels are {known}; name others with --labels or --alias",
        )  # fmt: skip
    return pa.array(meanings, pa.int32()).take(coded.indices)


def _meaning(text: str, index_of: Mapping[str, int], count: int) -> int | None:
    form = normalise(text)
    if form in index_of:
        return index_of[form]
    index = _INTEGER.fullmatch(form)
    return int(index[1]) if index and int(index[1]) < count else None


def take_names(indices: pa.Array, names: tuple[str, ...]) -> pa.Array:
    """Turn indices into the names they stand for; null stays null."""
    return pa.array(names, pa.string()).take(indices)


def count_names(values: pa.Array, names: tuple[str, ...]) -> dict[str, int]:
    """Count the rows of every label name."""
    found = {entry["values"]: entry["counts"] for entry in pc.value_counts(values).to_pylist()}
    return {name: found.get(name, 0) for name in names}
