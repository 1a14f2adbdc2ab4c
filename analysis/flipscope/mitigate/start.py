"""What new models begin as: a pretrained checkpoint, with a classification head made anew or kept."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import Pretrained, open_checkpoint, open_pretrained
from flipscope.open.known_classes import classes_of_outputs
from flipscope.open.source import checkpoint_folder, members_of
from flipscope.open.weights import is_output_layer
from flipscope.predict.messages import quiet_transformers
from flipscope.predict.model import read_model
from flipscope.predict.tokens import load_tokenizer

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class Start:
    """A checkpoint that new models begin as, opened and checked.

    Attributes
    ----------
    checkpoint : Pretrained
        Where it is, and what it is.
    kept_classes : tuple of str
        The classes of the head that is kept, as the task spells them and in the order of the checkpoint's
        outputs; empty where the head is made anew.
    notes : tuple of str
        What begins at random; shown to people.
    """

    checkpoint: Pretrained
    kept_classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def keeps_head(self) -> bool:
        """Whether the checkpoint's own classification head is kept."""
        return bool(self.kept_classes)


def open_start(
    source: str,
    label_names: tuple[str, ...],
    *,
    head: Literal["new", "keep"] = "new",
    allow_torch_weights: bool = False,
    aliases: Mapping[str, str] | None = None,
) -> Start:
    """Open and check what new models begin as; neither torch nor transformers is imported.

    Parameters
    ----------
    source : str
        A checkpoint folder, an archive of one, or a hub id.
    label_names : tuple of str
        The task's classes.
    head : {"new", "keep"}
        Whether the classification head is made anew, or the checkpoint's own is kept; that may know fewer
        classes than the task has, but no others.
    allow_torch_weights : bool
        Also open a checkpoint that has only PyTorch's own weight files.
    aliases : mapping of str to str, optional
        What the checkpoint calls classes, to the task's names.

    Raises
    ------
    FlipscopeError
        When it is no checkpoint, not a safe one, or has no head that could be kept.
    """
    if members_of(source)[0]:
        raise _not_to_train(source, "several models that answer together")
    try:
        found = checkpoint_folder(source, allow_torch_weights=allow_torch_weights)
    except OSError as error:
        raise FlipscopeError(f"cannot be read: {error.strerror or error}", where=source) from error
    if found is None:
        raise _not_to_train(source, "a file of predictions")
    folder, name = found
    if head == "new":
        model = open_pretrained(folder, source=source, name=name, allow_torch_weights=allow_torch_weights)
        return Start(
            model, notes=("the classification head, and what else is not in the checkpoint, begins at random",)
        )
    classifier = open_checkpoint(folder, source=source, name=name, allow_torch_weights=allow_torch_weights)
    kept = classes_of_outputs(classifier.label_names, label_names, who=source, aliases=aliases or {})
    new = [name for name in label_names if name not in kept]
    notes = (f"begins at random for {', '.join(new)}, which it does not know",) if new else ()
    return Start(classifier, kept, notes)


def _not_to_train(source: str, what: str) -> FlipscopeError:
    return FlipscopeError(
        f"this is {what}, and has no weights to begin with", where=source,
        do="Name a checkpoint: a folder, an archive of one, or a hub id",
    )  # fmt: skip


def load_start(
    start: Start, label_names: tuple[str, ...], seed: int
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a model to train, and its tokenizer.

    Parameters
    ----------
    start : Start
        What it begins as.
    label_names : tuple of str
        Its classes, in the order of its outputs.
    seed : int
        Of all weights that begin at random. Nobody else's random numbers change.

    Returns
    -------
    model : transformers.PreTrainedModel
        In fp32, on the CPU. All weights are the checkpoint's, but for those of a head made anew, and rows of a
        kept head for classes that it does not know.
    tokenizer : transformers.PreTrainedTokenizerBase
        One that can fill up rows.

    Raises
    ------
    FlipscopeError
        When it can't be loaded, or lacks weights other than those of the head.
    """
    import torch
    from transformers import AutoModelForSequenceClassification, set_seed

    tokenizer = load_tokenizer(start.checkpoint)
    with own_random_numbers():
        pretrained, info = read_model(start.checkpoint, "fp32")
        config = _config(pretrained.config, label_names, tokenizer)
        set_seed(seed)  # only now, as reading draws random numbers for what is missing
        with quiet_transformers():
            model = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    anew = _anew(start, model, set(info["missing_keys"]))
    weights, kept = model.state_dict(), pretrained.state_dict()
    reordered = start.keeps_head and start.kept_classes != label_names
    if reordered:
        _place_rows(start, weights, kept, label_names)
    same = {name for name in kept if name not in anew and not (reordered and is_output_layer(name))}
    model.load_state_dict(weights | {name: kept[name] for name in same})
    return model, tokenizer


@contextmanager
def own_random_numbers() -> Iterator[None]:
    """Have Python's, NumPy's and torch's random numbers go on afterwards as if nothing had been drawn."""
    import torch

    plain, numpy = random.getstate(), np.random.get_state()
    try:
        with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
            yield
    finally:
        random.setstate(plain)
        np.random.set_state(numpy)


def _config(
    pretrained: PreTrainedConfig, label_names: tuple[str, ...], tokenizer: PreTrainedTokenizerBase
) -> PreTrainedConfig:
    if tokenizer.pad_token is None:  # of many decoders, which find the last token of a row by what fills it up
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    config = copy.deepcopy(pretrained)
    config.id2label = dict(enumerate(label_names))
    config.label2id = {name: i for i, name in enumerate(label_names)}
    config.problem_type = "single_label_classification"
    if getattr(config, "pad_token_id", None) is None:
        config.pad_token_id = tokenizer.pad_token_id
    return config


def _anew(start: Start, model: PreTrainedModel, missing: set[str]) -> set[str]:
    """Name the weights that begin at random; refuse where any but the head's would."""
    head = {name for name in model.state_dict() if not name.startswith(f"{model.base_model_prefix}.")}
    # What a masked language model has no use for, BERT's pooler, is part of the head in all but name.
    allowed = set() if start.keeps_head else head | {name for name in missing if ".pooler." in name}
    if lost := sorted(missing - allowed):
        raise FlipscopeError(
            f"{len(lost)} of the model's weights are not in the file, {lost[0]} among them: they would be random",
            where=start.checkpoint.path, do="Save the whole model with save_pretrained",
        )  # fmt: skip
    return allowed


def _place_rows(
    start: Start, weights: dict[str, torch.Tensor], kept: Mapping[str, torch.Tensor], label_names: tuple[str, ...]
) -> None:
    """Put the rows of a kept output layer where their classes are now; rows of other classes stay as they are.

    Raises
    ------
    FlipscopeError
        When it is not known which layer that is.
    """
    layers = [name for name in kept if is_output_layer(name)]
    if not layers:
        raise FlipscopeError(
            f"the head of a {start.checkpoint.architecture} can't be put into another order of classes",
            where=start.checkpoint.path, do='Name the classes in its order with labels, or use head = "new"',
        )  # fmt: skip
    for name in layers:
        for row, label in enumerate(start.kept_classes):
            weights[name][label_names.index(label)] = kept[name][row]
