"""A checkpoint's ``config.json``: which classifier it is, or why it is none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flipscope.errors import FlipscopeError
from flipscope.open.labels import check_distinct

_KIND = "ForSequenceClassification"
_LIMIT_BYTES = 256 << 20
# With these keys transformers loads other files than those that were checked and fingerprinted.
_REDIRECTS = ("transformers_weights", "configuration_files", "fast_tokenizer_files")
# A value such as "org/kernel" makes transformers fetch compiled code from the hub.
_KERNELS = ("attn_implementation", "_attn_implementation", "experts_implementation", "_experts_implementation")
_OTHER_PROBLEMS = {"regression": "scores a text", "multi_label_classification": "gives a text several labels"}


@dataclass(frozen=True)
class Architecture:
    """What ``config.json`` says about any model.

    Attributes
    ----------
    architecture, model_type : str
        Class name and family.
    max_positions : int or None
        ``max_position_embeddings``.
    """

    architecture: str
    model_type: str
    max_positions: int | None


@dataclass(frozen=True)
class Classifier(Architecture):
    """What ``config.json`` says about a classifier.

    Attributes
    ----------
    declared : bool
        Whether the config names the architecture; when not, the weights must show the head.
    label_names : tuple of str
        Class names in the order of the outputs.
    """

    declared: bool
    label_names: tuple[str, ...]


def read_object(path: Path) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Raises
    ------
    FlipscopeError
        When it holds anything else.
    """
    if path.stat().st_size > _LIMIT_BYTES:
        raise FlipscopeError(f"larger than {_LIMIT_BYTES >> 20} MiB, which no such file is", where=path)
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise FlipscopeError(f"this is not JSON ({error})", where=path) from error
    if not isinstance(found, dict):
        raise FlipscopeError("this is not a JSON object", where=path)
    return found


def is_plain_name(name: object) -> bool:
    """Whether this is the name of a file or folder, which leads nowhere else."""
    return isinstance(name, str) and name not in ("", ".", "..") and not {"/", "\\", "\0"} & set(name)


def read_architecture(folder: Path) -> Architecture:
    """Read ``config.json`` of a model of any kind, with or without a classification head.

    Raises
    ------
    FlipscopeError
        When it names no architecture, or needs code of its own.
    """
    config, path, named = _read(folder)
    model_type = str(config["model_type"])
    return Architecture(", ".join(named) or model_type, model_type, _positions(config, path))


def read_classifier(folder: Path) -> Classifier:
    """Read ``config.json`` of a classifier.

    Raises
    ------
    FlipscopeError
        When it describes no single-label classifier, or needs code of its own.
    """
    config, path, named = _read(folder)
    architecture, declared = _architecture(config, path, named)
    problem = config.get("problem_type")
    if not isinstance(problem, str | None):
        raise FlipscopeError(f"problem_type is {problem!r}, not a name", where=path)
    if problem in _OTHER_PROBLEMS:
        raise FlipscopeError(
            f"this model {_OTHER_PROBLEMS[problem]}; flipscope compares single-label classifiers", where=path
        )
    names = _label_names(config, path)
    if len(names) < 2:
        raise FlipscopeError("this model has a single output: it scores texts and classifies nothing", where=path)
    check_distinct(names, str(path))
    return Classifier(architecture, str(config["model_type"]), _positions(config, path), declared, names)


def _read(folder: Path) -> tuple[dict[str, Any], Path, list[str]]:
    """Return the config, where it is, and the class names in it."""
    path = folder / "config.json"
    config = read_object(path)
    refuse_other_files(config, path)
    named = config.get("architectures") or []
    if not (isinstance(named, list) and all(isinstance(name, str) for name in named)):
        raise FlipscopeError("architectures is not a list of names", where=path)
    if not config.get("model_type"):
        raise FlipscopeError("model_type is missing", where=path)
    return config, path, named


def refuse_other_files(config: dict[str, Any], path: Path) -> None:
    """Refuse a config that wants code to run, or files to be loaded that nobody has checked.

    Raises
    ------
    FlipscopeError
        When it does.
    """
    if redirect := next((key for key in _REDIRECTS if config.get(key)), None):
        raise FlipscopeError(
            f"{redirect} makes transformers load other files than the usual ones, which are not checked", where=path,
            do="Save the model and its tokenizer again with save_pretrained",
        )  # fmt: skip
    if kernel := next((key for key in _KERNELS if "/" in json.dumps(config.get(key))), None):
        raise FlipscopeError(
            f"{kernel} wants compiled code from the hub, which is never run", where=path, do="Take it out"
        )
    if config.get("auto_map"):
        raise FlipscopeError(
            "this model brings its own Python code (auto_map), which is never run", where=path,
            do="Use a model that transformers itself supports, or compare files of its predictions",
        )  # fmt: skip


def _positions(config: dict[str, Any], path: Path) -> int | None:
    """Return the number of positions; -1, which some models write for "no limit", and null mean none is told."""
    positions = config.get("max_position_embeddings")
    if positions is None or positions == -1:
        return None
    if type(positions) is not int or positions < 1:
        raise FlipscopeError(f"max_position_embeddings is {positions!r}", where=path)
    return positions


def _architecture(config: dict[str, Any], path: Path, named: list[str]) -> tuple[str, bool]:
    if not named and ("id2label" in config or "num_labels" in config):
        return f"{config['model_type']} (sequence classification)", False
    found = next((name for name in named if name.endswith(_KIND)), None)
    if found is None:
        kind = ", ".join(named) or "model of unknown kind"
        raise FlipscopeError(
            f"this is a {kind}, not a classifier: its head would be random",
            where=path, do=f"Fine-tune it and save it as a {_KIND} model",
        )  # fmt: skip
    return found, True


def _label_names(config: dict[str, Any], path: Path) -> tuple[str, ...]:
    """Class names by index. Without any, transformers means LABEL_0 and LABEL_1."""
    by_index = config.get("id2label")
    if not by_index:
        count = config.get("num_labels", 2)
        if not isinstance(count, int) or not 0 < count < 1_000_000:
            raise FlipscopeError(f"num_labels is {count!r}", where=path)
        return tuple(f"LABEL_{i}" for i in range(count))
    try:
        names = {int(index): str(name) for index, name in by_index.items()}
        return tuple(names[i] for i in range(len(names)))
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        raise FlipscopeError("id2label does not name the classes 0, 1, 2 ...", where=path) from error
