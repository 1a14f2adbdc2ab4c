"""What is to be compared: one task from options, or several from a SPEC.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from flipscope.data import NEW, OLD
from flipscope.errors import FlipscopeError
from flipscope.files import read_toml
from flipscope.judge.budget import Budget, read_budget
from flipscope.open.source import members_of
from flipscope.tasks import get_task

#: Names that are safe as names of files and columns.
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


class TaskSpec(BaseModel):
    """One task: its data, and the model on each side.

    Attributes
    ----------
    name : str
        One of the GLUE names, or any name of the user's own.
    old : str
        The old model's SRC (see ``flipscope compare --help``).
    candidates : dict of str to str
        SRC by candidate name.
    data : str, path or table, optional
        The evaluation set; not needed when the models are prediction files with gold labels.
    text, text_b, label, id : str, optional
        Columns of the data; ``id = "none"`` matches rows by their text.
    labels : list of str
        Class names in the order of the label ids.
    alias : dict of str to str
        What a model or file calls a class -> its name in the data.
    new_classes : list of str
        Classes that the old model does not know: it never answers with them.
    pred, probs : str or list of str, optional
        Columns of prediction files.
    suites : list of str
        Behavior suites to run the models on: files, ``builtin:NAME`` or ``auto``.
    tags : dict of str to str or callable
        Columns to add to the data: DuckDB expressions, or in Python functions of the texts.
    builtin_tags : bool
        Whether to add the columns of flipscope's own taggers, such as ``has_negation``; by default as long as that
        takes no time worth speaking of.
    """

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    name: str = Field(pattern=NAME)
    old: str
    candidates: dict[str, str] = Field(min_length=1)
    data: Any = None
    text: str | None = None
    text_b: str | None = None
    label: str | None = None
    id: str | None = None
    labels: tuple[str, ...] = ()
    alias: dict[str, str] = {}
    new_classes: tuple[str, ...] = ()
    pred: str | None = None
    probs: tuple[str, ...] = ()
    suites: Annotated[tuple[str, ...], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)] = ()
    tags: dict[str, Any] = {}
    builtin_tags: bool | None = None


_KEYS = (*TaskSpec.model_fields, "new")
_SHARED = ("old", "new", "candidates", "suites", "tags", "builtin_tags")  # keys that all tasks may share


class Spec(BaseModel):
    """All tasks of one comparison; every task has the same candidates. With a budget there is a verdict on each."""

    model_config = ConfigDict(extra="forbid")

    tasks: list[TaskSpec] = Field(min_length=1)
    budget: Budget | None = None

    @property
    def candidates(self) -> list[str]:
        """Names of the candidates."""
        return list(self.tasks[0].candidates)


def read_spec(path: Path) -> Spec:
    """Read a SPEC.toml (docs/formats.md); paths in it are relative to the file. Its budget is read, too.

    Raises
    ------
    FlipscopeError
        When it isn't there, isn't TOML, or a key is missing, unknown or of the wrong type.
    """
    if not path.exists():
        raise FlipscopeError("no such file", where=path, do="Name a SPEC.toml, or use --task, --old and --new")
    content = read_toml(path, what="spec", do="See docs/formats.md")
    tasks = take_tasks(content, path, do="Write one [[task]] per task, see docs/formats.md")
    budget = take_budget(content, path)
    shared: dict[str, Any] = {key: content.pop(key) for key in _SHARED if key in content}
    if content:
        raise FlipscopeError(f"unknown key {next(iter(content))!r}", where=path, do="See docs/formats.md")
    spec = make_spec([_task(task, shared, path.parent) for task in tasks], where=str(path))
    return spec if budget is None else spec.model_copy(update={"budget": read_budget(budget)})


def take_tasks(content: dict[str, Any], path: Path, *, do: str) -> list[dict[str, Any]]:
    """Take the [[task]] tables out of what a spec file holds.

    Raises
    ------
    FlipscopeError
        When there are none; `do` is what to do then.
    """
    tasks = content.pop("task", None)
    if not tasks or not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise FlipscopeError("no [[task]] in it", where=path, do=do)
    return tasks


def take_budget(content: dict[str, Any], path: Path) -> Path | None:
    """Take the place of the budget out of what a spec file holds; None where it names none.

    Raises
    ------
    FlipscopeError
        When it is no name of a file.
    """
    budget = content.pop("budget", None)
    if budget is not None and not isinstance(budget, str):
        raise FlipscopeError("budget is not the name of a file", where=path, do='Write budget = "budget.toml"')
    return None if budget is None else path.parent / budget


def make_spec(tasks: list[dict[str, Any]], *, where: str | None = None) -> Spec:
    """Check the parts of a spec.

    Raises
    ------
    FlipscopeError
        When a key is missing, unknown or of the wrong type, a name is used twice, or tasks differ in candidates.
    """
    try:
        spec = Spec.model_validate({"tasks": tasks})
    except ValidationError as error:
        raise FlipscopeError(_words(error.errors()[0]), where=where, do=f"A task has {', '.join(_KEYS)}") from error
    _check_names(spec, where)
    return spec


def _words(problem: Mapping[str, Any]) -> str:
    """Tell what pydantic found in the words of the file."""
    _, number, *keys = problem["loc"]
    key = ".".join(str(key) for key in keys)
    kinds = {"extra_forbidden": f"unknown key {key!r}", "missing": f"{key!r} is missing"}
    return f"task {number + 1}: " + kinds.get(problem["type"], f"{key}: {problem['msg']}")


def _check_names(spec: Spec, where: str | None) -> None:
    names = [get_task(task.name).name for task in spec.tasks]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise FlipscopeError(f"two tasks are called {twice!r}", where=where, do="Give each its own name")
    for task in spec.tasks:
        if list(task.candidates) != spec.candidates:
            raise FlipscopeError(
                f"task {task.name!r} has the candidates {', '.join(task.candidates)}, "
                f"but {names[0]!r} has {', '.join(spec.candidates)}",
                where=where,
                do="Give every task the same candidates in the same order",
            )
    check_candidate_names(spec.candidates, where)


def check_task_name(name: str) -> None:
    """Refuse names that are not safe as names of files and columns."""
    if not re.match(NAME, name):
        raise FlipscopeError(
            f"{name!r} can't be a task's name", where="--task", do="Use letters, digits, dots, hyphens and underscores"
        )


def check_candidate_names(names: Iterable[str], where: str | None = None) -> None:
    """Refuse names that are not safe as names of files and columns."""
    for name in names:
        if name == OLD or not name.replace(".", "").replace("-", "").replace("_", "").isalnum() or name[0] in ".-_":
            raise FlipscopeError(
                f"{name!r} can't be a candidate's name",
                where=where,
                do="Use letters, digits, dots, hyphens and underscores, and not the name 'old'",
            )


def _task(task: Mapping[str, Any], shared: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Fill in what tasks share, turn ``new`` into a candidate, and make paths independent of where we are."""
    merged = {**shared, **task}
    if "new" in task:
        merged.pop("candidates", None)
    new = merged.pop("new", None)
    if new is not None and "candidates" not in merged:
        merged["candidates"] = {NEW: new}
    if isinstance(merged.get("candidates"), dict):
        merged["candidates"] = {name: anchor(source, folder) for name, source in merged["candidates"].items()}
    return anchored(merged, ("old", "data"), folder)


def anchored(task: Mapping[str, Any], keys: Iterable[str], folder: Path) -> dict[str, Any]:
    """Resolve the paths under some keys of a task, and those of its suites, relative to the spec file."""
    found = {**task, **{key: anchor(task[key], folder) for key in keys if key in task}}
    if "suites" in task:
        given = task["suites"]
        found["suites"] = [anchor(suite, folder) for suite in ([given] if isinstance(given, str) else given)]
    return found


def anchor(source: Any, folder: Path) -> Any:
    """Resolve a path relative to the spec file; leave hub ids and anything that isn't there to be judged later."""
    if not isinstance(source, str):
        return source
    prefix, members = members_of(source)
    if prefix:
        return prefix + "+".join(anchor(member, folder) for member in members)
    head, colon, split = source.rpartition(":")
    if colon and (folder / head).is_dir():  # a split of a datasets folder
        return f"{folder / head}:{split}"
    beside = folder / source
    looks_like_path = source.startswith((".", "/", "~")) or Path(source).suffix in {
        ".csv", ".tsv", ".jsonl", ".parquet", ".zip", ".gz", ".tgz", ".json", ".toml", ".pkl",
    }  # fmt: skip
    return str(beside) if beside.exists() or looks_like_path else source
