"""A workspace: a folder of comparisons, with what uploads and jobs need in a hidden folder beside them."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flipscope.errors import FlipscopeError
from flipscope.store.folder import MANIFEST, PART, UNFINISHED
from flipscope.store.writing import is_being_written

if TYPE_CHECKING:
    from filelock import FileLock

    from flipscope.schema import Manifest

#: What uploads, jobs and locks need is in it.
HIDDEN = ".flipscope"
#: Slices that people saved (flipscope.slices.saved).
SLICES = "slices.json"
#: Bytes of a name; file systems take 255, and temporary names are longer than what they stand for.
_LONGEST_NAME = 120
_GONE = "Look at the list again: it may have been renamed or deleted meanwhile"


@dataclass(frozen=True)
class Headline:
    """The first figures of one candidate.

    Attributes
    ----------
    candidate : str
        Its name.
    counted : int
        Examples of all tasks, or where there are none the test cases of all suites.
    cases : bool
        Whether test cases are counted.
    broke, mended : int
        Negative and positive flips among them.
    changes : dict of str to float or None
        Change of accuracy by task, as a fraction; None where it is undefined.
    decision : str, optional
        Of the verdict that is kept, as the JSON contract names it.
    """

    candidate: str
    counted: int
    cases: bool
    broke: int
    mended: int
    changes: dict[str, float | None]
    decision: str | None = None


@dataclass(frozen=True)
class Entry:
    """One comparison of a workspace.

    Attributes
    ----------
    name : str
        Of its folder.
    folder : Path
        The folder.
    state : {"finished", "damaged", "unfinished"}
        Whether it can be read; an unfinished one has no figures yet.
    created : str or None
        ISO 8601, of a finished one.
    headlines : tuple of Headline
        One a candidate.
    sources : dict of str to tuple of str
        Where models came from by name, ``old`` first; several where tasks differ, that of the first task first.
    data : str
        Where the evaluation set of the first task came from; empty where there is none.
    tasks : tuple of str
        Names of the tasks.
    problem : str
        What is wrong with a damaged one.
    """

    name: str
    folder: Path
    state: Literal["finished", "damaged", "unfinished"]
    created: str | None = None
    headlines: tuple[Headline, ...] = ()
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    data: str = ""
    tasks: tuple[str, ...] = ()
    problem: str = ""


class Workspace:
    """A folder that holds comparison folders directly inside it, and studies, each of which holds one.

    Parameters
    ----------
    root : Path
        The folder.

    Raises
    ------
    FlipscopeError
        When it is not a folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        if not self.root.is_dir():
            raise FlipscopeError("there is no such folder", where=root, do="Name a comparison, or a folder for them")

    @property
    def inbox(self) -> Path:
        """Where uploaded files are kept."""
        return self.root / HIDDEN / "uploads"

    @property
    def jobs(self) -> Path:
        """Where jobs are kept, a folder each."""
        return self.root / HIDDEN / "jobs"

    def comparisons(self) -> dict[str, Path]:
        """Find the finished comparisons by name, in order of name; a damaged one is found too."""
        from flipscope.comparison import comparison_folder

        found = {folder.name: comparison_folder(folder) for folder in self._folders()}
        return {name: folder for name, folder in found.items() if is_comparison(folder)}

    def unfinished(self) -> dict[str, Path]:
        """Find the comparisons by name that were begun and not finished."""
        return {folder.name: folder for folder in self._folders() if _is_unfinished(folder)}

    def entries(self) -> list[Entry]:
        """Look at everything that is a comparison or was to become one, in order of name."""
        found = [_entry(name, folder) for name, folder in self.comparisons().items()]
        found += [Entry(name, folder, "unfinished") for name, folder in self.unfinished().items()]
        return sorted(found, key=lambda entry: entry.name)

    def check_name(self, name: str) -> None:
        """Refuse what can't be the name of a new comparison.

        Raises
        ------
        FlipscopeError
            When it has other characters than letters, digits, spaces, dots, hyphens and underscores, does not begin
            with a letter or digit, ends with a space or dot, is too long, or is taken: by anything in the folder, or
            by a comparison that is being made.
        """
        from flipscope.jobs.job import live_job

        if not re.fullmatch(r"[^\W_](?:[\w .-]*[\w-])?", name) or len(name.encode()) > _LONGEST_NAME:
            raise FlipscopeError(
                "this can't be the name of a comparison", where=name[:_LONGEST_NAME],
                do="Use letters, digits, spaces, dots, hyphens and underscores; begin with a letter or digit",
            )  # fmt: skip
        path = self.root / name
        if name == SLICES or path.exists() or path.is_symlink() or live_job(self, name):
            raise FlipscopeError("this name is taken", where=name, do="Choose another name")

    def free_name(self, wish: str) -> str:
        """Make a name of any text that is free: as it is, or with a number behind it."""
        base = re.sub(r"[^\w.-]+", " ", wish).strip(" ._-")
        base = base.encode()[: _LONGEST_NAME - 10].decode("utf-8", "ignore").strip(" ._-") or "comparison"
        number = 1
        while True:
            name = base if number == 1 else f"{base} {number}"
            try:
                self.check_name(name)
            except FlipscopeError:
                number += 1
            else:
                return name

    def rename(self, old: str, new: str) -> None:
        """Give a comparison another name.

        Raises
        ------
        FlipscopeError
            When it is gone or being made, or the new name is taken or no name.
        """
        with self.names():
            folder = self._at_rest(old)
            self.check_name(new)
            _move(folder, self.root / new)

    def delete(self, name: str) -> None:
        """Delete a comparison: out of sight at once, then for good. Of a link only the link goes.

        Raises
        ------
        FlipscopeError
            When it is gone or being made, is a study with its trained models, or the disk does not let go of it.
        """
        from flipscope.jobs.job import forget_jobs

        trash = self.root / HIDDEN / "trash"
        with self.names():
            folder = self._at_rest(name)
            if _is_study(folder):
                raise FlipscopeError(
                    "this is a study, and its trained models would go, too", where=name,
                    do="Delete its folder yourself if you mean that",
                )  # fmt: skip
            trash.mkdir(parents=True, exist_ok=True)
            _move(folder, trash / secrets.token_hex(8))
            forget_jobs(self, name)
        for path in trash.iterdir():  # what an earlier one could not remove goes too
            if path.is_symlink():
                path.unlink(missing_ok=True)
            else:
                shutil.rmtree(path, ignore_errors=True)

    def names(self) -> FileLock:
        """Return the lock under which names are looked up and taken: two visitors can't take the same.

        Raises
        ------
        FlipscopeError
            When the workspace can't be written to.
        """
        from filelock import FileLock

        with suppress(OSError):
            (self.root / HIDDEN).mkdir()
        if not os.access(self.root / HIDDEN, os.W_OK):
            raise FlipscopeError("this folder can't be written to", where=self.root, do="Serve one that can")
        return FileLock(self.root / HIDDEN / "names.lock")

    def _at_rest(self, name: str) -> Path:
        """Find the folder of a comparison, or of the study it is part of, that nobody is writing."""
        from flipscope.jobs.job import live_job

        folder = self.root / name
        if name not in {**self.comparisons(), **self.unfinished()}:
            raise FlipscopeError("there is no comparison of this name any more", where=name, do=_GONE)
        if live_job(self, name) or is_being_written(folder):
            raise FlipscopeError("this comparison is being made", where=name, do="Cancel that first, or wait for it")
        return folder

    def _folders(self) -> list[Path]:
        """List the folders that may be shown, in order of name; addresses can't hold names that are not UTF-8."""
        return sorted(
            path for path in self.root.iterdir()
            if not path.name.startswith(".") and path.name.isprintable() and _is_folder(path)
        )  # fmt: skip


def is_comparison(path: Path) -> bool:
    """Whether a path is a finished comparison folder, going by its manifest."""
    return (path / MANIFEST).is_file()


def _is_study(path: Path) -> bool:
    from flipscope.comparison import STUDY_MODELS, STUDY_SPLITS

    return any((path / name).is_dir() for name in (STUDY_MODELS, STUDY_SPLITS))


def _is_folder(path: Path) -> bool:
    try:
        next(path.iterdir(), None)
    except OSError:  # a file, a link to nowhere, not for us to read
        return False
    return True


def _is_unfinished(path: Path) -> bool:
    return not is_comparison(path) and any((path / name).is_dir() for name in (PART, UNFINISHED))


def _move(folder: Path, target: Path) -> None:
    try:
        folder.rename(target)
    except FileNotFoundError as error:
        raise FlipscopeError("there is no comparison of this name any more", where=folder.name, do=_GONE) from error
    except OSError as error:
        raise FlipscopeError(f"this folder can't be moved ({error.strerror})", where=folder) from error


def _entry(name: str, folder: Path) -> Entry:
    try:
        found = (folder / MANIFEST).stat()
        return _read(name, folder, found.st_mtime_ns, found.st_size)
    except FlipscopeError as error:
        return Entry(name, folder, "damaged", problem=str(error))
    except OSError as error:  # gone between two looks
        return Entry(name, folder, "damaged", problem=f"can't be read ({error.strerror})")


@lru_cache(maxsize=2000)
def _read(name: str, folder: Path, modified: int, size: int) -> Entry:
    """Read a manifest; again when its file has changed."""
    from flipscope.comparison import Comparison

    manifest = Comparison(folder).manifest
    models = list(dict.fromkeys(model for task in manifest.tasks for model in task.models))
    return Entry(
        name, folder, "finished",
        created=manifest.created,
        headlines=_headlines(manifest),
        sources={
            model: tuple(dict.fromkeys(task.models[model].source for task in manifest.tasks if model in task.models))
            for model in models
        },
        data=next((task.data.source for task in manifest.tasks[:1] if task.data), ""),
        tasks=tuple(task.task for task in manifest.tasks),
    )  # fmt: skip


def _headlines(manifest: Manifest) -> tuple[Headline, ...]:
    found = []
    for candidate in manifest.results.candidates:
        tasks, tests = candidate.tasks, candidate.behaviors
        counted = tasks or tests
        found.append(
            Headline(
                candidate.name,
                sum(task.n for task in tasks) if tasks else sum(test.both_evaluated for test in tests),
                cases=not tasks,
                broke=sum(each.negative_flip for each in counted),
                mended=sum(each.positive_flip for each in counted),
                changes={task.task: task.accuracy_delta.value for task in tasks},
                decision=candidate.verdict.decision if candidate.verdict else None,
            )
        )
    return tuple(found)
