"""Label names: what a value means, and how the label sets of two sides fit together."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flipscope.errors import FlipscopeError
from flipscope.open.columns import plain

#: Written in place of a label that is not known (the dash is MNLI's and SNLI's "no consensus").
NO_LABEL = ("", "-")
#: What to do where names have to be matched with numbers: their order is never guessed.
NAMES_IN_ORDER = "Give the names in the order of the numbers, as in --labels negative,positive"
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


def class_numbers(column: pa.ChunkedArray | pa.Array, names: tuple[str, ...]) -> NDArray[np.int64]:
    """Turn a column of class names without nulls into places in `names`, shape (n,)."""
    return pc.index_in(column, pa.array(names, pa.string())).to_numpy().astype(np.int64)


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
            do=advise(have, want),
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


def advise(have: tuple[str, ...], want: tuple[str, ...]) -> str:
    """Say what to do where label names `have` are not those wanted."""
    unknown, missing = _without(have, want), _without(want, have)
    if missing and not unknown and len(have) < len(want):
        return f"If the old model does not know all classes, say so with --new-classes {','.join(missing)}"
    if len(have) != len(want):
        return "Choose the task whose labels these are, or name the labels with --labels"
    if not unknown or not missing:
        return "Name each label once"
    close = missing if len(missing) == 1 else difflib.get_close_matches(unknown[0], missing, n=1, cutoff=0.5)
    # Where no name is like it, a guess could turn all labels round.
    meaning = close[0] if close else f"<{' or '.join(missing)}>"
    return f"If they mean the same, say which is which, such as --alias {unknown[0]}={meaning}"


def _without(names: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    known = {normalise(other) for other in others}
    return [name for name in names if normalise(name) not in known]


def rename(names: Iterable[str | None], aliases: Mapping[str, str]) -> list[str | None]:
    """Put the names that aliases stand for in their place."""
    forms = {normalise(other): name for other, name in aliases.items()}
    return [name if name is None else forms.get(normalise(name), name) for name in names]


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


def blank_unknown(values: pa.Array, names: tuple[str, ...], others: Iterable[str | None] = ()) -> pa.Array:
    """Turn the ways to write "no label" into nulls.

    Parameters
    ----------
    values : pyarrow.Array of string
        A column of gold labels.
    names : tuple of str
        The label names, where they are known.
    others : iterable of str or None, optional
        What else is known to be a label: predictions, aliases.

    Returns
    -------
    pyarrow.Array of string
        What is one of `names` or `others` stays a label. So does ``-`` where there is a ``+``. ``-1`` is no
        label where the names are known, or where there is nothing else; among unknown names it may be a class.
    """
    distinct = {text.strip() for text in pc.unique(values).to_pylist() if text is not None}
    classes = {*names, *(text.strip() for text in others if text is not None)}
    if "+" in classes | distinct:
        classes.add("-")
    blank = {text for text in NO_LABEL if text not in classes}
    if HIDDEN not in classes and (names or distinct <= {HIDDEN, *NO_LABEL}):
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
        With nulls for unknown labels. All are names where all can be; else all must be indices into `names`.
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
        When a value is neither a name nor an index (the message has its row, counted from 1), or when some are
        names and others only indices.
    """
    check_distinct(names, where)
    coded = values.dictionary_encode()
    texts = coded.dictionary.to_pylist()
    index_of = _meanings(names, aliases or {})
    by_name = [index_of.get(normalise(text)) for text in texts]
    by_index = [_index(text, len(names)) for text in texts]
    meanings = by_name if None not in by_name else by_index
    if None in meanings:
        at = next((i for i, found in enumerate(zip(by_name, by_index, strict=True)) if found == (None, None)), None)
        if at is None:
            name, index = texts[by_index.index(None)], texts[by_name.index(None)]
            raise FlipscopeError(
                f"{name!r} is the name of a label, but {index!r} could only be an index", where=where,
                do="Write names or indices, not both in one column",
            )  # fmt: skip
        row = pc.index(coded.indices, pa.scalar(at, coded.indices.type)).as_py() + 1
        raise FlipscopeError(
            f"row {row}: {texts[at]!r} is not one of the labels", where=where,
            do=f"Labels are {show_names(names)}, or 0 to {len(names) - 1}; name others with --labels or --alias",
        )  # fmt: skip
    return pa.array(meanings, pa.int32()).take(coded.indices)


def are_names(values: pa.Array, names: tuple[str, ...], aliases: Mapping[str, str]) -> bool:
    """Whether `label_indices` takes the values for names, and not for indices."""
    index_of = _meanings(names, aliases)
    return all(normalise(text) in index_of for text in pc.unique(values.drop_null()).to_pylist())


def _meanings(names: tuple[str, ...], aliases: Mapping[str, str]) -> dict[str, int]:
    """Return the label that each name or alias, as `normalise` writes it, stands for."""
    index_of = {normalise(name): i for i, name in enumerate(names)}
    others = {
        normalise(other): index_of[normalise(name)] for other, name in aliases.items() if normalise(name) in index_of
    }
    return index_of | others


def _index(text: str, count: int) -> int | None:
    match = _INTEGER.fullmatch(text.strip())
    return int(match[1]) if match and int(match[1]) < count else None


def take_names(indices: pa.Array, names: tuple[str, ...]) -> pa.Array:
    """Turn indices into the names they stand for; null stays null."""
    return pa.array(names, pa.string()).take(indices)


def count_names(values: pa.Array, names: tuple[str, ...]) -> dict[str, int]:
    """Count the rows of every label name."""
    found = {entry["values"]: entry["counts"] for entry in pc.value_counts(values).to_pylist()}
    return {name: found.get(name, 0) for name in names}
