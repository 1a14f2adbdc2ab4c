"""What the user typed for a suite, opened: a file, ``builtin:NAME``, or ``auto`` for what suits the task."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from flipscope.behaviors.builtin import BY_TASK, NAMES, path_of
from flipscope.behaviors.suite import Suite
from flipscope.behaviors.suite_checks import warnings_of
from flipscope.behaviors.suite_file import read_suite
from flipscope.errors import FlipscopeError
from flipscope.open.labels import normalise
from flipscope.open.table import check_path
from flipscope.tasks import plain_name

AUTO = "auto"
_BUILTIN = "builtin:"
_SUITE_FILES = (".json", ".json.gz", ".toml")
_CHECKLIST_FILES = (".pkl", ".pkl.gz", ".tar.gz", ".tgz")


def open_suite(text: str, *, task: str = "", labels: tuple[str, ...] = (), pairs: bool | None = None) -> Suite:
    """Open a suite, and find out what to know before trusting it.

    Parameters
    ----------
    text : str
        A suite file (.json, .json.gz, .toml), one of CheckList's own (.pkl, .tar.gz), ``builtin:NAME``, or ``auto``.
    task, labels, pairs
        For ``auto``: the task's name and class names, and whether its inputs are pairs, where that is known.

    Raises
    ------
    FlipscopeError
        When there is no such suite, or it can't be read.
    """
    name = text.strip()
    if name == AUTO:
        suite = _for_task(task, labels, pairs)
    elif name.startswith(_BUILTIN):
        suite = _builtin(name.removeprefix(_BUILTIN))
    else:
        suite = _open_file(name)
    return with_warnings(suite)


def with_warnings(suite: Suite) -> Suite:
    """Add what to know before trusting a suite to its notes."""
    return replace(suite, notes=(*suite.notes, *warnings_of(suite)))


def _builtin(name: str) -> Suite:
    found = name if name in NAMES else BY_TASK.get(plain_name(name))
    if found is None:
        raise FlipscopeError(
            f"there is no built-in suite {name!r}", do=f"There are {', '.join(NAMES)}; flipscope suites tells of them"
        )
    return replace(read_suite(path_of(found)), source=f"{_BUILTIN}{name}")


def _for_task(task: str, labels: tuple[str, ...], pairs: bool | None) -> Suite:
    """Choose the built-in suite for a task by its name, else by its classes."""
    if found := BY_TASK.get(plain_name(task)):
        return _builtin(found)
    fitting = {name: suite for name in NAMES if _fits(suite := _builtin(name), labels, pairs)}
    if len(fitting) != 1:
        several = f"{' and '.join(fitting)} would both fit" if fitting else "no built-in suite has its classes"
        raise FlipscopeError(
            f"can't tell which suite suits task {task!r} ({several})",
            where="--suite auto",
            do=f"Name one, such as {_BUILTIN}{next(iter(fitting), NAMES[0])}, or a file",
        )
    return fitting.popitem()[1]


def _fits(suite: Suite, labels: tuple[str, ...], pairs: bool | None) -> bool:
    wanted = {normalise(name) for name in labels}
    renamed = {normalise(suite.label_aliases.get(name, name)) for name in suite.labels}
    return wanted in ({normalise(name) for name in suite.labels}, renamed) and pairs in (None, suite.pairs)


def _open_file(text: str) -> Suite:
    check_path(text)
    path = Path(text)
    if not path.is_file():
        known = path.name in NAMES or plain_name(path.name) in BY_TASK
        raise FlipscopeError(
            "there is no such suite file",
            where=path,
            do=f"Write {_BUILTIN}{path.name} for the built-in suite" if known else "See flipscope suites",
        )
    low = path.name.lower()
    if low.endswith(_SUITE_FILES):
        return read_suite(path)
    if low.endswith(_CHECKLIST_FILES):
        from flipscope.behaviors.checklist.suites import read_checklist_suite

        return read_checklist_suite(path)
    raise FlipscopeError(
        "can't tell what kind of suite this is", where=path,
        do=f"Suites end in {', '.join((*_SUITE_FILES, *_CHECKLIST_FILES))}",
    )  # fmt: skip
