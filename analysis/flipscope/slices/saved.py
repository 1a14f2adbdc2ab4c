"""Slices that people saved under a name: kept beside the comparisons, and judged on each of them."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from flipscope.comparison import STUDY_COMPARISON, Comparison
from flipscope.contract import STRICT
from flipscope.errors import FlipscopeError
from flipscope.files import read_unpacked, write_whole
from flipscope.flips.slices import judge_slices
from flipscope.store.cost import columns_of
from flipscope.store.embeddings import CLUSTER
from flipscope.store.query import check_condition, check_unicode, open_tables, query
from flipscope.workspace import HIDDEN, SLICES

if TYPE_CHECKING:
    import pandas as pd

#: Slices in one file, and characters of each part.
MOST_SLICES = 500
LONGEST_NAME, LONGEST_CONDITION, LONGEST_NOTE = 80, 4_000, 2_000
_LARGEST_FILE = 32 << 20  # bytes: more than all of them can have
_PATIENCE_S = 10.0
_FIRST = ("slice", "where", "note", "candidate", "task", "problem")
_DAMAGED = "Correct it, or move it away to begin anew; nothing is written over it"


class SavedSlice(BaseModel):
    """A condition that somebody gave a name.

    Attributes
    ----------
    name : str
        What people call it; unique in its folder, whatever the case of letters.
    where : str
        A DuckDB expression over the columns of ``facts`` and the two texts.
    note : str
        What it is about; may be empty.
    created : str
        When it was saved, ISO 8601.
    """

    model_config = STRICT

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    where: Annotated[str, Field(min_length=1, max_length=LONGEST_CONDITION)]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    created: str


class _File(BaseModel):
    model_config = STRICT

    schema_version: Literal[1]
    slices: Annotated[list[SavedSlice], Field(max_length=MOST_SLICES)]


class SavedSlices:
    """The saved slices of a folder that holds comparisons, in the order they were saved in.

    Any number of processes may write at once: each change reads, changes and writes the file under one lock.

    Parameters
    ----------
    folder : str or Path
        The folder. The file in it is made when the first slice is saved.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.file = self.folder / SLICES

    def all(self) -> list[SavedSlice]:
        """Read all of them.

        Raises
        ------
        FlipscopeError
            When the file is damaged, or written by a newer version.
        """
        if not self.file.exists():
            return []
        content = read_unpacked(self.file, most=_LARGEST_FILE, what="list of saved slices", do=_DAMAGED)
        try:
            slices = _File.model_validate_json(content).slices
        except ValidationError as error:
            raise FlipscopeError(_problem(error), where=self.file, do=_DAMAGED) from error
        names = [_key(each.name) for each in slices]
        twice = next((each.name for each in slices if names.count(_key(each.name)) > 1), None)
        if twice is not None:
            raise FlipscopeError(f"it has two slices {twice!r}", where=self.file, do=_DAMAGED)
        return slices

    def get(self, name: str) -> SavedSlice:
        """Find one by its name, whatever the case of letters.

        Raises
        ------
        FlipscopeError
            When there is none.
        """
        return _find(self.all(), name)

    def save(self, name: str, where: str, note: str = "") -> SavedSlice:
        """Save a condition under a name.

        Raises
        ------
        FlipscopeError
            When the name is taken, no name or too long, `where` is not a condition as ``--where`` takes it or is about
            clusters of embeddings, or the folder can't be written to.
        """
        check_unicode({"--where": where, "--note": note})
        new = SavedSlice.model_construct(
            name=_checked_name(name), where=where.strip(), note=note.strip(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )  # fmt: skip
        _check_length("--where", new.where, LONGEST_CONDITION)
        _check_length("--note", new.note, LONGEST_NOTE)
        _check_anywhere(new.where)
        with self._changing() as slices:
            _check_free(slices, new.name)
            if len(slices) >= MOST_SLICES:
                raise FlipscopeError(f"there are {MOST_SLICES} saved slices already", do="Forget one that is not used")
            slices.append(new)
        return new

    def rename(self, old: str, new: str) -> SavedSlice:
        """Give one another name.

        Raises
        ------
        FlipscopeError
            When there is none called so, or the new name is taken, no name or too long.
        """
        name = _checked_name(new)
        with self._changing() as slices:
            found = _find(slices, old)
            if _key(name) != _key(found.name):
                _check_free(slices, name)
            renamed = slices[slices.index(found)] = found.model_copy(update={"name": name})
        return renamed

    def delete(self, name: str) -> None:
        """Forget one.

        Raises
        ------
        FlipscopeError
            When there is none called so.
        """
        with self._changing() as slices:
            slices.remove(_find(slices, name))

    @contextmanager
    def _changing(self) -> Iterator[list[SavedSlice]]:
        """Yield the slices; what was made of them is written, while nobody else reads to change them."""
        from filelock import FileLock, Timeout

        hidden = self.folder / HIDDEN
        with suppress(OSError):
            hidden.mkdir()
        if not (os.access(self.folder, os.W_OK) and os.access(hidden, os.W_OK)):
            raise FlipscopeError("this folder can't be written to", where=self.folder)
        try:
            with FileLock(hidden / "slices.lock", timeout=_PATIENCE_S):
                slices = self.all()
                yield slices
                content = _File(schema_version=1, slices=slices).model_dump_json(indent=2) + "\n"
                write_whole(self.file, content.encode())
        except Timeout as error:
            raise FlipscopeError("somebody else is saving slices", where=self.folder, do="Try again") from error
        except OSError as error:
            raise FlipscopeError(f"slices can't be saved ({error.strerror})", where=self.folder) from error


def check_fits(comparison: Comparison, where: str) -> None:
    """Refuse a condition that can't be judged on a comparison: one to be saved is more likely to be a mistake then.

    Raises
    ------
    FlipscopeError
        When it is no condition, about columns that are not there, or neither true nor false of an example.
    """
    table, conditions = comparison.rows_where(where)
    for condition in conditions:
        try:
            kinds = comparison.query(f"SELECT typeof({condition}) AS kind FROM {table} AS facts LIMIT 1")["kind"]
        except FlipscopeError as error:
            raise FlipscopeError(error.what, where="--where", do=error.do) from error
        _check_kind(where, kinds.tolist())


def saved_for(comparison: Comparison) -> SavedSlices:
    """Get the saved slices of the folder that holds a comparison; a study's comparison lies one deeper."""
    # A link is not followed: a workspace may hold links to comparisons elsewhere.
    folder = Path(os.path.abspath(comparison.path))  # noqa: PTH100
    of_study = comparison.manifest.study is not None and folder.name == STUDY_COMPARISON
    return SavedSlices(folder.parents[1] if of_study else folder.parent)


def judge_saved(
    comparison: Comparison, *, task: str | None = None, candidate: str | None = None, only: str | None = None
) -> pd.DataFrame:
    """Judge the saved slices of the folder that holds a comparison.

    Parameters
    ----------
    comparison : Comparison
        What they are judged on.
    task, candidate : str, optional
        Only this one; by default all.
    only : str, optional
        Only the saved slice of this name.

    Returns
    -------
    DataFrame
        One row per slice, candidate and task, in this order: ``slice``, ``where``, ``note``, ``candidate``, ``task``,
        ``problem``, the four outcomes, and what `flipscope.flips.slices.judge_slices` gives, its ``note`` as
        ``note_``; ``attrs["tested"]`` is how many were tested, which q is corrected over. ``problem`` tells why a
        condition could not be judged on this comparison, such as a missing column; it is None else. Counts are 0
        then.

    Raises
    ------
    FlipscopeError
        When there is no such task, candidate or slice, or the file is damaged.
    """
    import pandas as pd

    saved = saved_for(comparison)
    slices = saved.all() if only is None else [saved.get(only)]

    nothing = comparison.outcomes_where("false", task=task, candidate=candidate)
    keys = ("slice", "where", "about", "problem")
    parts = [nothing.head(0).assign(**dict.fromkeys(keys, pd.Series(dtype=object)))]
    for each in slices:
        problem = None
        try:
            counts = comparison.outcomes_where(each.where, task=task, candidate=candidate)
        except FlipscopeError as error:
            counts, problem = nothing, error.what
        first = dict(zip(keys, (each.name, each.where, each.note, problem), strict=True))
        parts.append(counts.assign(**first).astype(dict.fromkeys(keys, object)))
    judged = judge_slices(pd.concat(parts, ignore_index=True))
    named = judged.rename(columns={"note": "note_", "about": "note"})
    ordered = named[[*_FIRST, *(name for name in named.columns if name not in _FIRST)]]
    ordered.attrs.update(judged.attrs)
    return ordered


def _check_anywhere(where: str) -> None:
    """Refuse what is a condition in no comparison, or has another meaning in each."""
    with open_tables({}) as con:
        condition = check_condition(con, where)
        if CLUSTER in columns_of(con, where):
            raise FlipscopeError(
                f"{CLUSTER} has other clusters in every comparison", where="--where",
                do="Save what the examples of the cluster have in common",
            )  # fmt: skip
        kinds = []
        with suppress(FlipscopeError):  # of columns only a comparison knows what they are
            kinds = query(con, f"SELECT typeof({condition}) AS kind")["kind"].tolist()
    _check_kind(where, kinds)


def _check_kind(where: str, kinds: list[str]) -> None:
    if not set(kinds) <= {"BOOLEAN", '"NULL"'}:
        raise FlipscopeError(
            f"{where!r} is neither true nor false of an example", where="--where",
            do="Compare it with something, such as: old_conf > 0.9 AND label = 'positive'",
        )  # fmt: skip


def _checked_name(name: str) -> str:
    check_unicode({"the name": name})
    stripped = name.strip()
    if not stripped or not stripped.isprintable():
        raise FlipscopeError("this can't be the name of a slice", where=repr(name[:LONGEST_NAME]), do="Use one line")
    _check_length("the name", stripped, LONGEST_NAME)
    return stripped


def _check_length(what: str, text: str, most: int) -> None:
    if len(text) > most:
        raise FlipscopeError(f"this has {len(text):,} characters", where=what, do=f"Use at most {most:,}")


def _check_free(slices: list[SavedSlice], name: str) -> None:
    taken = next((each.name for each in slices if _key(each.name) == _key(name)), None)
    if taken is not None:
        raise FlipscopeError(f"there is a saved slice {taken!r} already", do="Choose another name, or forget that one")


def _find(slices: list[SavedSlice], name: str) -> SavedSlice:
    found = next((each for each in slices if _key(each.name) == _key(name)), None)
    if found is None:
        known = ", ".join(each.name for each in slices)
        raise FlipscopeError(
            f"there is no saved slice {name!r}", do=f"There are {known}" if known else "None is saved here"
        )
    return found


def _key(name: str) -> str:
    """Write a name so that two which look the same, but for the case of letters, are the same."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _problem(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"{place}: {first['msg']}"
