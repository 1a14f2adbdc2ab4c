"""Weight interpolation: a checkpoint between the old model and a new one that was fine-tuned from it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flipscope.errors import FlipscopeError
from flipscope.open import tokenizer_files
from flipscope.open.checkpoint import Checkpoint, open_checkpoint
from flipscope.open.config_file import read_object
from flipscope.open.labels import normalise, show_names
from flipscope.open.weights import find_weights, is_output_layer

if TYPE_CHECKING:
    import torch

_DO = "Only a model that was fine-tuned from the old one can be interpolated with it"


def interpolate(old: str | Path, new: str | Path, weight: float, out: str | Path) -> None:
    """Write ``weight * old + (1 - weight) * new``, tensor by tensor, as an ordinary checkpoint.

    The new model must have been fine-tuned from the weights of the old one: only then do their tensors mean the same.
    No file tells whether it was; between two models trained apart there is only noise.

    Parameters
    ----------
    old, new : str or path
        Checkpoint folders of one architecture, with safetensors.
    weight : float
        Of the old model, in [0, 1]; 0 gives the new model, 1 the old one.
    out : str or path
        The folder to write, whole or not at all; a checkpoint that is there is replaced. Configuration and tokenizer
        are those of the new model. Sums are in fp32 and kept in the new model's dtype; whole numbers are the new
        model's. Rows of the classification head are matched by the name of their class; those of classes that only the
        new model has are its own.

    Raises
    ------
    FlipscopeError
        When the two do not fit together, naming the tensor; when a folder is no such checkpoint, `out` holds something
        else, or the disk does not take it.
    """
    old, new, out = Path(old), Path(new), Path(out)
    if not 0 <= weight <= 1:
        raise FlipscopeError(f"a weight of {weight} is not between 0 and 1")
    sides = open_checkpoint(old), open_checkpoint(new)
    rows = _matching_rows(*sides)
    _check_target(out, sides)
    with _folder_written_whole(out) as part, ExitStack() as files:
        theirs, ours = (_open_tensors(side.path, files) for side in sides)
        _save(_mixed(theirs, ours, weight, rows, new), part)
        for file in (new / "config.json", *tokenizer_files.find(new)):
            shutil.copyfile(file, part / file.name)
        open_checkpoint(part)


def _matching_rows(old: Checkpoint, new: Checkpoint) -> list[int | None]:
    """Find which class of the old model each of the new one's is; None for those that it does not know."""
    if (old.model_type, old.architecture) != (new.model_type, new.architecture):
        theirs, ours = (f"{side.architecture} ({side.model_type})" for side in (old, new))
        raise FlipscopeError(f"it is a {ours}, and the old model a {theirs}", where=new.path, do=_DO)
    for side in (old, new):
        if read_object(side.path / "config.json").get("quantization_config"):
            raise FlipscopeError(
                "its weights are quantised, and there is nothing between those", where=side.path,
                do="Give the model as it was before",
            )  # fmt: skip
    at = {normalise(name): row for row, name in enumerate(old.label_names)}
    wanted = [normalise(name) for name in new.label_names]
    if lost := [name for name in old.label_names if normalise(name) not in wanted]:
        raise FlipscopeError(
            f"the old model knows {show_names(lost)}, and this one {show_names(new.label_names)}",
            where=new.path, do="Both must name the classes alike (id2label in config.json)",
        )  # fmt: skip
    return [at.get(name) for name in wanted]


def _check_target(out: Path, sides: tuple[Checkpoint, Checkpoint]) -> None:
    """Refuse to write over a model that is read, or over what is no checkpoint."""
    if any(side.path.resolve().is_relative_to(out.resolve()) for side in sides):
        raise FlipscopeError("this is, or holds, one of the models themselves", where=out, do="Name another folder")
    is_empty = out.is_dir() and not any(out.iterdir())
    if out.exists() and not is_empty and not (out / "config.json").is_file():
        raise FlipscopeError("there is something else that is no checkpoint", where=out, do="Name another folder")


@contextmanager
def _folder_written_whole(out: Path) -> Iterator[Path]:
    """Yield a folder beside another; it takes the other's place when all went well, and goes otherwise."""
    part = out.with_name(f"{out.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
        part.mkdir(parents=True)
        yield part
        if out.exists():
            shutil.rmtree(out)
        part.rename(out)
    except OSError as error:
        raise FlipscopeError(f"cannot be written ({error.strerror or error})", where=out) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _open_tensors(folder: Path, files: ExitStack) -> dict[str, Any]:
    """Open the weights of a checkpoint; gives the file that holds each tensor, by its name."""
    from safetensors import safe_open

    weights = [file for file in find_weights(folder, allow_torch=False).files if file.suffix == ".safetensors"]
    opened = [files.enter_context(safe_open(file, framework="pt")) for file in weights]
    return {name: file for file in opened for name in file.keys()}  # noqa: SIM118  (it is no mapping)


def _mixed(
    old: Mapping[str, Any], new: Mapping[str, Any], weight: float, rows: list[int | None], where: Path
) -> dict[str, torch.Tensor]:
    """Interpolate tensor by tensor; `old` and `new` give the file that holds each, by its name."""
    if rows != list(range(len(rows))) and not any(map(is_output_layer, new)):
        what = "the classes are others or in another order, and which tensors have a row for each is not known"
        raise FlipscopeError(what, where=where, do=_DO)
    mixed = {name: file.get_tensor(name) for name, file in new.items()}
    ours = {name for name, tensor in mixed.items() if tensor.is_floating_point()}
    theirs = {name for name, file in old.items() if file.get_tensor(name).is_floating_point()}
    if name := min(ours ^ theirs, default=None):
        whose = "this" if name in ours else "the old"
        raise FlipscopeError(f"only {whose} model has a tensor {name}", where=where, do=_DO)
    for name in ours:
        tensor = old[name].get_tensor(name)
        by_class = rows if is_output_layer(name) else None
        wanted = mixed[name].shape if by_class is None else (len(rows) - rows.count(None), *mixed[name].shape[1:])
        if tensor.shape != wanted:
            shapes = " and ".join(" x ".join(map(str, each)) for each in (tensor.shape, mixed[name].shape))
            raise FlipscopeError(f"tensor {name} has another shape: {shapes}", where=where, do=_DO)
        mixed[name] = _between(tensor, mixed[name], weight, by_class)
    return mixed


def _between(old: torch.Tensor, new: torch.Tensor, weight: float, rows: list[int | None] | None) -> torch.Tensor:
    """Interpolate two tensors; with `rows`, only the rows of classes that the old model knows, each with its own."""
    import torch

    if rows is not None:
        known = [row for row, at in enumerate(rows) if at is not None]
        mixed = new.clone()
        mixed[known] = _between(old[[rows[row] for row in known]], new[known], weight, None)
        return mixed
    exact = torch.promote_types(new.dtype, torch.float32)
    return (weight * old.to(exact) + (1 - weight) * new.to(exact)).to(new.dtype)


def _save(tensors: dict[str, torch.Tensor], folder: Path) -> None:
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    except SafetensorError as error:  # a full disk, among others
        raise FlipscopeError(f"the weights cannot be written ({error})", where=folder) from error
