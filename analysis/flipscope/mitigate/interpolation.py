"""Weight interpolation: a checkpoint between the old model and a new one that was fine-tuned from it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from flipscope.errors import FlipscopeError
from flipscope.files import folder_written_whole, on_disk
from flipscope.open import tokenizer_files
from flipscope.open.checkpoint import Checkpoint, open_checkpoint
from flipscope.open.config_file import read_object
from flipscope.open.known_classes import classes_of_outputs
from flipscope.open.labels import show_names
from flipscope.open.weights import find_weights, is_output_layer

if TYPE_CHECKING:
    import torch

_DO = "Only a model that was fine-tuned from the old one can be interpolated with it"


def interpolate(
    old: str | Path,
    new: str | Path,
    weight: float,
    out: str | Path,
    *,
    aliases: Mapping[str, str] | None = None,
    allow_torch_weights: bool = False,
) -> None:
    """Write ``weight * old + (1 - weight) * new``, tensor by tensor, as an ordinary checkpoint.

    The new model must have been fine-tuned from the weights of the old one: only then do their tensors mean the same.
    No file tells whether it was; between two models trained apart there is only noise.

    Parameters
    ----------
    old, new : str or path
        Checkpoint folders of one architecture, the new one with safetensors.
    weight : float
        Of the old model, in [0, 1]; 0 gives the new model, 1 the old one.
    out : str or path
        The folder to write, whole or not at all; a checkpoint that is there is replaced. Configuration and tokenizer
        are those of the new model. Sums are in fp32 and kept in the new model's dtype; whole numbers are the new
        model's. Rows of the classification head are matched by the name of their class, or by number where the old
        model has no names but ``LABEL_0`` and so on; those of classes that only the new model has are its own.
    aliases : mapping of str to str, optional
        What the old model calls classes, to the new one's names.
    allow_torch_weights : bool
        Also take an old model that has only PyTorch's own weight files.

    Raises
    ------
    FlipscopeError
        When the two do not fit together, naming the tensor; when a folder is no such checkpoint, or `out` holds
        something else.
    StopsAll
        When the disk takes no more.
    """
    old, new, out = Path(old), Path(new), Path(out)
    if not 0 <= weight <= 1:
        raise FlipscopeError(f"a weight of {weight} is not between 0 and 1")
    sides = open_checkpoint(old, allow_torch_weights=allow_torch_weights), open_checkpoint(new)
    rows = _matching_rows(*sides, aliases or {})
    _check_target(out, sides)
    mixed = _mixed(*sides, weight, rows)
    with folder_written_whole(out) as part:
        with on_disk(out):
            _save(mixed, part)
            for file in (new / "config.json", *tokenizer_files.find(new)):
                shutil.copyfile(file, part / file.name)
        open_checkpoint(part)


def _matching_rows(old: Checkpoint, new: Checkpoint, aliases: Mapping[str, str]) -> list[int | None]:
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
    try:
        known = classes_of_outputs(old.label_names, new.label_names, who=old.name, aliases=aliases)
    except FlipscopeError as error:
        raise FlipscopeError(
            f"the old model knows {show_names(old.label_names)}, and this one {show_names(new.label_names)}",
            where=new.path, do="Say with aliases what the old model calls the classes of this one",
        ) from error  # fmt: skip
    return [known.index(name) if name in known else None for name in new.label_names]


def _check_target(out: Path, sides: tuple[Checkpoint, Checkpoint]) -> None:
    """Refuse to write over a model that is read, or over what is no checkpoint."""
    if any(side.path.resolve().is_relative_to(out.resolve()) for side in sides):
        raise FlipscopeError("this is, or holds, one of the models themselves", where=out, do="Name another folder")
    is_empty = out.is_dir() and not any(out.iterdir())
    if out.exists() and not is_empty and not (out / "config.json").is_file():
        raise FlipscopeError("there is something else that is no checkpoint", where=out, do="Name another folder")


def _mixed(old: Checkpoint, new: Checkpoint, weight: float, rows: list[int | None]) -> dict[str, torch.Tensor]:
    """Interpolate tensor by tensor; gives all tensors of the new model's files."""
    mixed = _tensors(new.path)
    if rows != list(range(len(rows))) and not any(map(is_output_layer, mixed)):
        what = "the classes are others or in another order, and which tensors have a row for each is not known"
        raise FlipscopeError(what, where=new.path, do=_DO)
    theirs, needed = _loaded(old)
    ours = {name for name, tensor in mixed.items() if tensor.is_floating_point()}
    if name := min((ours - theirs.keys()) | (needed - ours), default=None):
        whose = "this" if name in ours else "the old"
        raise FlipscopeError(f"only {whose} model has a tensor {name}", where=new.path, do=_DO)
    for name in ours:
        tensor = theirs[name]
        by_class = rows if is_output_layer(name) else None
        count, *rest = shape = mixed[name].shape
        if tensor.shape != (shape if by_class is None else (count - rows.count(None), *rest)):
            shapes = " and ".join(" x ".join(map(str, each)) for each in (tensor.shape, shape))
            raise FlipscopeError(f"tensor {name} has another shape: {shapes}", where=new.path, do=_DO)
        mixed[name] = _between(tensor, mixed[name], weight, by_class)
    return mixed


def _tensors(folder: Path) -> dict[str, torch.Tensor]:
    """Read the weights of a checkpoint as its files name them."""
    from safetensors import safe_open

    weights = [file for file in find_weights(folder, allow_torch=False).files if file.suffix == ".safetensors"]
    with ExitStack() as files:
        opened = [files.enter_context(safe_open(file, framework="pt")) for file in weights]
        return {name: file.get_tensor(name) for file in opened for name in file.keys()}  # noqa: SIM118  (no mapping)


def _loaded(checkpoint: Checkpoint) -> tuple[dict[str, torch.Tensor], set[str]]:
    """Load a model, so that its tensors have the names of today, whatever its files call them.

    Returns
    -------
    tensors : dict of str to torch.Tensor
        In fp32; those that are one and the same stand under each of their names.
    needed : set of str
        Names of all parameters, one for those that are the same.
    """
    from flipscope.predict.model import load_model

    model = load_model(checkpoint, "cpu", "fp32")
    return model.state_dict(), {name for name, _ in model.named_parameters()}


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
    except SafetensorError as error:  # in which safetensors wraps those of the system
        raise OSError(str(error)) from error
