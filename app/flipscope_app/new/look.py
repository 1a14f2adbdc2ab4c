"""What a new comparison is to be made of, looked at: every look is remembered until its files change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from flipscope.detection import Suggestion, suggest, table_columns
from flipscope.errors import FlipscopeError
from flipscope.inspection import ModelCard, Preview, inspect_model, open_fitting_suite, preview
from flipscope.open.source import members_of
from flipscope.samples import sample_folder
from flipscope.spec import TaskSpec
from flipscope_app.paths import allowed_path, is_on_hub

# What was not found may be there in a while, and what is on a hub has no date here.
_SECONDS = 600
_FETCH = "new: fetch from the hub"


@dataclass(frozen=True)
class Look:
    """What was found where a visitor said that a model is.

    Attributes
    ----------
    source : str
        What the comparison is told.
    card : ModelCard or None
        What it is.
    columns : tuple of str
        Of a prediction file.
    problem : FlipscopeError or None
        What is wrong. A table whose columns are not understood yet has a card too.
    to_fetch : bool
        Whether it is a name on the hub that the visitor has to ask for first.
    """

    source: str
    card: ModelCard | None = None
    columns: tuple[str, ...] = ()
    problem: FlipscopeError | None = None
    to_fetch: bool = False


@dataclass(frozen=True)
class SuiteLook:
    """A suite that fits: its name, its size, and what to know of it."""

    name: str
    tests: int
    cases: int
    inputs: int
    notes: tuple[str, ...]


def may_be_read(text: str) -> str:
    """Check what was typed as `allowed_path` does; the sample data may be read wherever they are installed."""
    try:
        path = Path(text).resolve()
        if path.exists() and path.is_relative_to(sample_folder()):
            return str(path)
    except (OSError, RuntimeError, ValueError, FlipscopeError):  # no path, or no sample data
        pass
    return allowed_path(text)


def is_to_fetch(source: str) -> bool:
    """Whether this is on the hub and nobody has asked for it: opening a link must not download anything."""
    return is_on_hub(source) and source not in st.session_state.get(_FETCH, ())


def fetch(source: str) -> None:
    """Note that the visitor asks for something on the hub; a callback."""
    st.session_state[_FETCH] = {*st.session_state.get(_FETCH, ()), source}


def _give_up(source: str) -> None:
    """Ask the hub again only when the visitor does."""
    st.session_state[_FETCH] = set(st.session_state.get(_FETCH, ())) - {source}


def look_at_model(text: str, *, allow_torch_weights: bool) -> Look:
    """Find out what a model is."""
    try:
        source = may_be_read(text)
    except FlipscopeError as error:
        return Look(text, problem=error)
    if is_to_fetch(source):
        return Look(source, to_fetch=True)
    try:
        return _look_at_model(source, stamp(source), allow_torch_weights)
    except FlipscopeError as error:
        _give_up(source)
        return Look(source, problem=error, to_fetch=True)


@st.cache_data(max_entries=64, ttl=_SECONDS, show_spinner="Looking at the model …")
def _look_at_model(source: str, stamp: str, allow_torch_weights: bool) -> Look:
    columns: tuple[str, ...] = ()
    try:
        columns = table_columns(source)
        return Look(source, inspect_model(source, allow_torch_weights=allow_torch_weights), columns)
    except FlipscopeError as error:
        if is_on_hub(source):
            raise  # not kept: it may be there in a moment
        known = ModelCard(Path(source).name, "predictions", (), Path(source).stat().st_size) if columns else None
        return Look(source, known, columns, error)


def look_at_data(data: str, models: list[ModelCard], name: str | None) -> Suggestion | FlipscopeError:
    """Find out what data are about, or what is wrong with them; `data` may be read."""
    try:
        return _look_at_data(data, stamp(data), str([card.label_names for card in models]), name, models)
    except FlipscopeError as error:
        _give_up(data)
        return error


@st.cache_data(max_entries=32, ttl=_SECONDS, show_spinner="Reading the data …")
def _look_at_data(
    data: str, stamp: str, labels: str, name: str | None, _models: list[ModelCard]
) -> Suggestion | FlipscopeError:
    try:
        return suggest(data, _models, name=name)
    except FlipscopeError as error:
        if is_on_hub(data):
            raise
        return error


def look_at_task(
    spec: TaskSpec, *, limit: int | None, max_length: int | None, allow_torch_weights: bool
) -> Preview | FlipscopeError:
    """Open a task as the comparison will, or say what does not fit."""
    used = " ".join(stamp(source) for source in (spec.old, *spec.candidates.values(), spec.data or ""))
    return _look_at_task(spec.model_dump_json(), used, limit, max_length, allow_torch_weights)


@st.cache_data(max_entries=16, ttl=_SECONDS, show_spinner="Checking that everything fits …")
def _look_at_task(
    spec: str, stamp: str, limit: int | None, max_length: int | None, allow_torch_weights: bool
) -> Preview | FlipscopeError:
    try:
        return preview(
            TaskSpec.model_validate_json(spec),
            limit=limit,
            max_length=max_length,
            allow_torch_weights=allow_torch_weights,
        )
    except FlipscopeError as error:
        return error


def look_at_suite(text: str, spec: TaskSpec, data: Preview, models: list[ModelCard]) -> SuiteLook | FlipscopeError:
    """Open a suite, or say why it does not fit."""
    about = spec.model_dump_json(include={"name", "labels", "alias"}) + str((data.label_names, data.pairs))
    about += str([(leaf.kind, leaf.label_names) for card in models for leaf in card.leaves()])
    return _look_at_suite(text, stamp(text), about, spec, data, models)


@st.cache_data(max_entries=64, ttl=_SECONDS, show_spinner="Looking at the behavior suites …")
def _look_at_suite(
    text: str, stamp: str, about: str, _spec: TaskSpec, _data: Preview, _models: list[ModelCard]
) -> SuiteLook | FlipscopeError:
    try:
        suite = open_fitting_suite(text, _spec, _data, _models)
    except FlipscopeError as error:
        return error
    return SuiteLook(suite.name, len(suite.tests), suite.cases, suite.examples, suite.notes)


def stamp(source: str) -> str:
    """Tell the state of the files that a source names: another text means that it has changed."""
    return str([_state(path) for part in members_of(source)[1] for path in _paths(part)])


def _paths(source: str) -> Iterator[Path]:
    folder, _, split = source.rpartition(":")
    yield from (Path(source), Path(folder) / split) if folder else (Path(source),)


def _state(path: Path) -> list[tuple[str, int, int]]:
    try:
        found = sorted(path.iterdir()) if path.is_dir() else [path]
        return [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in found]
    except (OSError, ValueError):  # a name on the hub, or a file that is going away
        return []
