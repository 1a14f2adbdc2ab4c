"""Evaluation data of the `datasets` library: saved folders, hub names, objects in memory."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from flipscope.errors import FlipscopeError
from flipscope.open.config_file import is_plain_name, read_object
from flipscope.tasks import GLUE

if TYPE_CHECKING:
    from datasets import Dataset

_HUB_NAME = re.compile(
    r"(?P<name>[\w.-]+(?:/[\w.-]+)?)(?::(?P<config>[\w.-]+))?:(?P<split>\w+(?:\[[^\]]*\])?)", re.ASCII
)
_GLUE_ON_HUB = "nyu-mll/glue"


def is_hub_dataset(text: str) -> bool:
    """Whether the text has the form ``name[:config]:split``."""
    return _HUB_NAME.fullmatch(text) is not None


def load_saved(folder: Path, split: str | None) -> Dataset:
    """Open what ``save_to_disk`` of `datasets` wrote.

    Parameters
    ----------
    folder : Path
        The folder.
    split : str or None
        The split to take where the folder holds several.

    Raises
    ------
    FlipscopeError
        When it is no such folder, its files lie elsewhere, a split must be chosen, or there is no such split.
    """
    if not any((folder / name).is_file() for name in ("state.json", "dataset_dict.json")):
        raise FlipscopeError(
            "this folder holds no dataset",
            where=folder,
            do="Name a file, or a folder that save_to_disk of datasets wrote",
        )
    for path in _saved_files(folder):
        _check_inside(path, folder)
    from datasets import DatasetDict, load_from_disk

    try:
        found = load_from_disk(str(folder))
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise FlipscopeError(f"datasets cannot open this folder ({error})", where=folder) from error
    if not isinstance(found, DatasetDict):
        if split:
            raise FlipscopeError(f"there are no splits here, so no {split!r}", where=folder, do=f"Write {folder}")
        return found
    if split in found:
        return found[split]
    what = f"there is no split {split!r}" if split else "there are several splits"
    raise FlipscopeError(what, where=folder, do=f"Choose one: {' or '.join(f'{folder}:{name}' for name in found)}")


def _saved_files(folder: Path) -> Iterator[Path]:
    """Yield the files and folders that loading a saved dataset opens, each after its name was checked."""
    splits = _names(folder / "dataset_dict.json", "splits")
    for part in (folder, *(folder / split for split in splits)):
        yield part
        for name in ("state.json", "dataset_info.json"):
            yield part / name
        yield from (part / name for name in _names(part / "state.json", "_data_files", "filename"))


def _names(path: Path, key: str, field: str | None = None) -> list[str]:
    """Read the names of files or folders beside this one; none where it is not there.

    The library joins them to the folder as they are: any other name would let a dataset read what it likes.
    """
    if not path.is_file():
        return []
    listed = read_object(path).get(key)
    if not isinstance(listed, list):
        raise FlipscopeError(f"{key} is not a list", where=path)
    names = [each.get(field) if field and isinstance(each, dict) else each for each in listed]
    if others := [name for name in names if not is_plain_name(name)]:
        raise FlipscopeError(f"{others[0]!r} in {key} is not a plain name", where=path)
    return [str(name) for name in names]


def _check_inside(path: Path, folder: Path) -> None:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise FlipscopeError(
            "this link leads out of the dataset's folder", where=path, do="Save the dataset again with save_to_disk"
        )


def load_hub(text: str) -> Dataset:
    """Load ``name[:config]:split`` from the hub, such as ``glue:sst2:validation``.

    ``glue`` and the seven tasks by their bare names are found in ``nyu-mll/glue``.

    Raises
    ------
    FlipscopeError
        When it can't be had.
    """
    import datasets

    match = _HUB_NAME.fullmatch(text)
    assert match is not None  # is_hub_dataset
    name, config, split = match["name"], match["config"], match["split"]
    _check_remote(name, text)
    if name == "glue":
        name = _GLUE_ON_HUB
    elif name in GLUE and config is None:
        name, config = _GLUE_ON_HUB, name
    try:
        return datasets.load_dataset(name, config, split=split)
    except (OSError, ValueError, RuntimeError, datasets.exceptions.DatasetsError) as error:
        reason = " ".join(str(error).split())
        raise FlipscopeError(
            f"this is no file here, and the hub did not give it: {reason}", where=text,
            do="Write a path, or a dataset as name:split or name:config:split; downloads need a connection",
        ) from error  # fmt: skip


def _check_remote(name: str, text: str) -> None:
    """Refuse what `datasets` would read from this machine instead: formats, which take any file near, and folders."""
    from datasets import packaged_modules

    if name in {module.name for module in pkgutil.iter_modules(packaged_modules.__path__)}:
        raise FlipscopeError(
            f"{name} is a format of files, not a dataset on the hub", where=text, do="Name the file itself"
        )
    if not all(is_plain_name(part) for part in name.split("/")) or Path(name).exists():
        raise FlipscopeError(
            "this leads to a folder here, not to a dataset on the hub", where=text,
            do="Write FOLDER or FOLDER:split for what save_to_disk of datasets wrote",
        )  # fmt: skip


def dataset_table(dataset: Dataset) -> tuple[pa.Table, dict[str, tuple[str, ...]]]:
    """Return a dataset's rows, and the class names of its `ClassLabel` columns."""
    from datasets import ClassLabel

    classes = {
        name: tuple(feature.names) for name, feature in dataset.features.items() if isinstance(feature, ClassLabel)
    }
    return dataset.with_format("arrow")[:], classes
