"""New comparison: the evaluation data, and what task they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from flipscope.data import OLD
from flipscope.detection import Columns, Guess, Suggestion, needed
from flipscope.errors import FlipscopeError
from flipscope.inspection import Preview
from flipscope.open.ids import NO_ID
from flipscope.spec import TaskSpec, check_task_name, make_spec
from flipscope.tasks import GLUE, Task, get_task
from flipscope_app.markup import show, tag
from flipscope_app.new.look import is_to_fetch, look_at_data, look_at_task, may_be_read
from flipscope_app.new.markup import data_told, guesses, heading, notes, problem
from flipscope_app.new.models import DATA_FIELD, TASK_ASKED, Models, choose_path, offer_to_fetch


@dataclass(frozen=True)
class Understood:
    """The task as understood so far.

    Attributes
    ----------
    spec : TaskSpec or None
        The task, once everything is named.
    preview : Preview or None
        Its data, once everything fits.
    missing : list of str
        What has to be done before.
    """

    spec: TaskSpec | None = None
    preview: Preview | None = None
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """What bounds the reading: as in `flipscope.compare`."""

    limit: int | None
    max_length: int | None
    allow_torch_weights: bool


def choose_data(models: Models) -> str | None:
    """Let the visitor name the evaluation data; None while there are none that may be read."""
    show(
        heading(
            2,
            "Evaluation data",
            "Texts with the right answer to each: a table, a folder that datasets saved, or a data set on the hub.",
        )
    )
    text, _ = choose_path(
        "Evaluation data", DATA_FIELD, "data",
        placeholder="data/eval.csv  ·  folder:split  ·  glue:sst2:validation",
        told="A .csv, .tsv, .jsonl or .parquet file, also as .gz.",
    )  # fmt: skip
    if text:
        try:
            source = may_be_read(text)
        except FlipscopeError as error:
            show(problem(error))
            return None
        if not is_to_fetch(source):
            return source
        offer_to_fetch(source, DATA_FIELD)
        return None
    if any(look.columns for look in models.looks):
        show(tag("p", "Not needed when a file of predictions has the gold labels too.", class_="fs-say"))
    return None


def choose_task(models: Models, data: str | None, limits: Limits) -> Understood:
    """Say what the data are about, let the visitor correct it, and show how they will be read."""
    show(heading(3, "Task", "What the columns and labels mean."))
    if data is None and st.session_state.get(DATA_FIELD):
        return Understood(missing=["Name evaluation data that can be read"])
    table = next((look.source for look in models.looks if look.columns), None)
    if (source := data or table) is None:
        show(tag("p", "Name the evaluation data first.", class_="fs-say"))
        return Understood(missing=["Name the evaluation data"])
    asked = st.session_state.get(TASK_ASKED, {})
    found = look_at_data(source, models.cards, asked.get("task"))
    if isinstance(found, FlipscopeError):
        show(problem(found))
        return Understood(missing=["Name evaluation data that can be read"])
    name = _choose_name(source, found)
    if name is None:
        return Understood(missing=["Give the task a name"])
    if name != found.name.value:
        found = look_at_data(source, models.cards, name)
        if isinstance(found, FlipscopeError):  # read a moment ago, and gone since
            show(problem(found))
            return Understood(missing=["Name evaluation data that can be read"])
    columns = _choose_columns(f"{source}|{name}", get_task(name), found)
    said = needed(found.columns, name, columns) | _choose_meanings(f"{source}|{name}", models, found)
    show(guesses(found))
    understood = _check(models, {"name": name, "data": data, **said}, limits)
    _show_data(found, columns, understood.preview)
    return understood


def _choose_name(source: str, found: Suggestion) -> str | None:
    name = st.text_input(
        "Task", value=found.name.value or "", key=f"task|{source}|{found.name.value}", width=300, max_chars=60,
        help=f"One of {', '.join(GLUE)}, or a name of your own.",
    ).strip()  # fmt: skip
    try:
        check_task_name(name)
    except FlipscopeError as error:
        show(problem(error))
        return None
    return name


def _choose_columns(about: str, task: Task, found: Suggestion) -> Columns:
    none = None if task.pair else "none"
    with st.container(horizontal=True, gap="small"):
        return Columns(
            _choose_column("Text", "text", found.text, found.columns, about),
            _choose_column("Second text", "text_b", found.text_b, found.columns, about, none=none),
            _choose_column("Gold label", "label", found.label, found.columns, about),
            _choose_column("Id", "id", found.id, found.columns, about, none="none: known by their text"),
        )


def _choose_column(
    title: str, part: str, guess: Guess, columns: tuple[str, ...], about: str, *, none: str | None = None
) -> str | None:
    """Let the visitor choose a column; with `none`, also that there is none."""
    options = columns if none is None else (None, *columns)
    asked = st.session_state.get(TASK_ASKED, {}).get(part)
    wanted = None if none and asked == NO_ID else asked if asked in columns else guess.value
    return st.selectbox(
        title, options, index=options.index(wanted) if wanted in options else None, key=f"{title}|{about}",
        placeholder="none", width="stretch", format_func=lambda name: name or none or "",
    )  # fmt: skip


def _choose_meanings(about: str, models: Models, found: Suggestion) -> dict[str, Any]:
    """Ask for what is rarely needed: names of labels, and the columns of prediction files."""
    said: dict[str, Any] = {}
    with st.expander("Columns and labels", icon=":material/tune:"):
        names = st.text_input(
            "Label names", value=st.session_state.get(TASK_ASKED, {}).get("labels") or "", key=f"labels|{about}",
            placeholder=", ".join(found.labels),
            help="In the order of the numbers, with commas between, where data or models only have numbers.",
        )  # fmt: skip
        aliases = st.text_input(
            "Other names of labels", key=f"alias|{about}", placeholder="neg=negative, pos=positive",
            help="What a model or a file calls a label, and what it is called in the data.",
        )  # fmt: skip
        columns = tuple(dict.fromkeys(name for look in models.looks for name in look.columns))
        if columns:
            said["pred"] = st.selectbox(
                "Predictions", columns, index=None, key=f"pred|{about}", placeholder="found by its name",
                help="The column of files of predictions that holds the predicted label.",
            )  # fmt: skip
            said["probs"] = st.multiselect(
                "Probabilities", columns, key=f"probs|{about}", placeholder="found by their names",
                help="One column a label, or one column of lists.",
            )  # fmt: skip
    said["labels"] = [name.strip() for name in names.split(",") if name.strip()]
    pairs = (pair.split("=", 1) for pair in aliases.split(",") if "=" in pair)
    said["alias"] = {theirs.strip(): name.strip() for theirs, name in pairs}
    return {key: value for key, value in said.items() if value}


def _check(models: Models, given: dict[str, Any], limits: Limits) -> Understood:
    """Open everything as the comparison will, once all is named."""
    if models.missing or models.old is None:
        return Understood()
    sources = {name: look.source for name, look in models.candidates.items()}
    try:
        spec = make_spec([{**given, OLD: models.old.source, "candidates": sources}]).tasks[0]
    except FlipscopeError as error:
        show(problem(error))
        return Understood(missing=["Correct the task"])
    found = look_at_task(
        spec,
        limit=limits.limit,
        max_length=limits.max_length,
        allow_torch_weights=limits.allow_torch_weights,
    )
    if isinstance(found, FlipscopeError):
        show(problem(found))
        return Understood(spec, None, ["Correct what does not fit under Task"])
    return Understood(spec, found)


def _show_data(found: Suggestion, columns: Columns, fitting: Preview | None) -> None:
    """Show the first rows, and once all fits how many there are and how they were understood."""
    left, right = st.columns([1, 3], gap="medium") if fitting else (None, st.container())
    with right:
        rows = _with_roles(found.head, columns.roles())
        texts = [name for name in (columns.text, columns.text_b) if name]
        narrow = {str(title): st.column_config.Column(width="medium") for title in rows.columns[: len(texts)]}
        st.dataframe(
            rows, hide_index=True, lazy=False, alt="The first ten rows, and what each column is",
            column_config=narrow,  # the others are to be seen too
        )  # fmt: skip
    if fitting and left:
        with left:
            show(data_told(fitting, has_texts=columns.text is not None))
        with right, st.expander("How it was understood"):
            show(notes(fitting.notes))


def _with_roles(head: pd.DataFrame, roles: dict[str, str]) -> pd.DataFrame:
    """Put the columns that have a role first, and write it into the header."""
    order = [*(name for name in roles if name in head), *(name for name in head.columns if name not in roles)]
    told = [f"{name} → {roles[name]}" if roles.get(name, name) != name else name for name in order]
    return head[order].set_axis(told, axis=1)
