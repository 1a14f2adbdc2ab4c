"""The models of a comparison, found again by what it says of them, loaded, and kept for the next question."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from flipscope.data import OLD
from flipscope.errors import FlipscopeError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from flipscope.comparison import Comparison
    from flipscope.open.checkpoint import Checkpoint
    from flipscope.predict.model import Classifier
    from flipscope.predict.tokens import Tokens
    from flipscope.schema import ModelInfo

#: One question at a time: how many threads torch uses, hooks on a model's layers, and how long a tokenizer lets texts
#: be are the whole process's.
RUNNING = Lock()
_LOADING = Lock()
_MOST_KEPT = 4  # both models of two comparisons, or of two tasks


@dataclass(frozen=True)
class Reopening:
    """How the models of a comparison are found and loaded again.

    Attributes
    ----------
    sources : mapping of str to str
        Where models are now, by name (``old``, or a candidate's), when not where the comparison was made from.
    aliases : mapping of str to str
        What the models call classes, to their names in the data: beside those that the comparison was made with.
    allow_torch_weights : bool
        Also load checkpoints that have only PyTorch's own weight files.
    device : {"cpu", "cuda", "cuda:i", "auto"}
        Where to run them, in fp32.
    """

    sources: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    allow_torch_weights: bool = False
    device: str = "cpu"


#: From where the comparison was made, on the CPU.
AS_RECORDED = Reopening()


@dataclass(frozen=True)
class LoadedModel:
    """A model of a comparison, ready to be asked about its task.

    Attributes
    ----------
    name : str
        ``old``, or the candidate's name.
    checkpoint : Checkpoint
        Where it came from.
    model : torch.nn.Module
        In eval mode, in fp32, its weights without gradients.
    tokenizer : PreTrainedTokenizerBase
        Its own.
    device : str
        Where it is.
    classes : tuple of str
        What the task calls the model's outputs, in the model's order.
    max_length : int
        Tokens that inputs are cut to, as for the comparison.
    """

    name: str
    checkpoint: Checkpoint
    model: torch.nn.Module
    tokenizer: PreTrainedTokenizerBase
    device: str
    classes: tuple[str, ...]
    max_length: int

    def classifier(self, tokens: Tokens) -> Classifier:
        """Make ready to run the model on tokenised inputs."""
        from flipscope.predict.model import Classifier

        return Classifier(self.model, tokens, self.device, self.name)

    def probabilities(
        self, texts_a: Sequence[str], texts_b: Sequence[str] | None, classes: Sequence[str]
    ) -> np.ndarray:
        """Ask the model about several texts, or pairs of texts.

        Parameters
        ----------
        texts_a : sequence of str
            The texts; at least one.
        texts_b : sequence of str or None
            As many second texts.
        classes : sequence of str
            All classes of the task, in the order wanted.

        Returns
        -------
        numpy.ndarray of float64, shape (texts, classes)
            0 for classes that the model does not know.

        Raises
        ------
        FlipscopeError
            When a text has no tokens, or the model can't be run on it.
        """
        import pyarrow as pa
        from scipy.special import softmax

        from flipscope.open.known_classes import with_zeros
        from flipscope.predict.batches import plan_batches
        from flipscope.predict.inputs import Inputs
        from flipscope.predict.model import exact_products, fetch
        from flipscope.predict.runner import BUDGET
        from flipscope.predict.tokens import tokenise
        from flipscope.progress import SilentProgress

        columns = [None if texts is None else pa.array(texts, pa.large_string()) for texts in (texts_a, texts_b)]
        inputs = Inputs(columns[0], columns[1], np.arange(len(texts_a)), digest="")
        logits = np.empty((len(inputs), len(self.classes)))
        with RUNNING, exact_products(), SilentProgress().step("", len(inputs)) as step:
            tokens = tokenise(self.tokenizer, inputs, self.max_length, step)
            plan = plan_batches(tokens.lengths, BUDGET[self.device.partition(":")[0]])
            batches = self.classifier(tokens).batches(plan.rows(i) for i in range(len(plan)))
            logits[plan.order] = fetch(list(batches))
        if not np.isfinite(logits).all():
            raise FlipscopeError("the model gives infinite or undefined logits", where=self.checkpoint.path)
        return with_zeros(softmax(logits, axis=1), self.classes, tuple(classes))


def load_models(
    comparison: Comparison, task: str, candidate: str, reopening: Reopening = AS_RECORDED
) -> tuple[LoadedModel, LoadedModel]:
    """Load the old model and a candidate of a comparison again, or take them from the last ones loaded.

    Parameters
    ----------
    comparison : Comparison
        It says where they came from, and their fingerprints.
    task, candidate : str
        Which ones.
    reopening : Reopening, optional
        Where they are now, and how to load them.

    Returns
    -------
    old, new : LoadedModel

    Raises
    ------
    FlipscopeError
        When one is not there any more, has changed since, or is none that can be run.
    """
    if stray := next((name for name in reopening.sources if name not in (OLD, candidate)), None):
        raise FlipscopeError(f"there is no model {stray!r} to explain", do=f"Name {OLD} or {candidate}")
    device = device_of(reopening)
    names = comparison.task_info(task).label_names
    old, new = (_load(comparison, task, name, tuple(names), reopening, device) for name in (OLD, candidate))
    return old, new


def device_of(reopening: Reopening) -> str:
    """Tell on which device models are to run.

    Raises
    ------
    FlipscopeError
        When it is named, and can't be used.
    """
    from flipscope.predict.device import problem_with, resolve

    device, _ = resolve(reopening.device, "fp32")
    if problem := problem_with(device):
        if reopening.device != "auto":
            raise FlipscopeError(problem, do="Use --device cpu, or a torch and driver that fit the GPU")
        return "cpu"
    return device


def find_checkpoint(info: ModelInfo, name: str, folder: Path, reopening: Reopening = AS_RECORDED) -> Checkpoint:
    """Open the checkpoint that a model of a comparison was, wherever it is now, and make sure that it is the same.

    A comparison may be anybody's: nothing is downloaded because it says so, only what the user names.

    Parameters
    ----------
    info : ModelInfo
        What the comparison says of it: a single checkpoint.
    name : str
        ``old``, or the candidate's name.
    folder : Path
        The comparison folder: models may be named from a folder around it.
    reopening : Reopening, optional
        Where it is now.

    Raises
    ------
    FlipscopeError
        When it is not there any more, or has changed since.
    """
    given = reopening.sources.get(name)
    option = f"--{OLD}" if name == OLD else "--new"
    here = f"Say where the model that was compared is now, with {option} SRC"
    found = None
    for place in [given] if given else _places(info.source, folder):
        found = _open(place, name, reopening, here, local_only=not given)
        if found.fingerprint == info.fingerprint:
            return found
    assert found is not None  # there is always a place to look at
    what = "this is another model than the one" if given else "the model has changed since it was"
    raise FlipscopeError(
        f"{what} compared as {name!r} (fingerprint {found.fingerprint[:12]}, not {info.fingerprint[:12]})",
        where=found.source,
        do=f"{here}, or run flipscope compare again",
    )


def _load(
    comparison: Comparison, task: str, name: str, names: tuple[str, ...], reopening: Reopening, device: str
) -> LoadedModel:
    from flipscope.open.known_classes import classes_of_outputs
    from flipscope.predict.length import max_length

    info = comparison.task_info(task).models[name]
    _check_kind(info, name)
    # What was loaded is right whatever has become of the files; what the user names now has to be looked at.
    key = info.fingerprint, device, reopening.sources.get(name), reopening.allow_torch_weights
    with _LOADING:
        kept = _KEPT.get(key)
        if kept is None:
            checkpoint = find_checkpoint(info, name, comparison.path, reopening)
            kept = _KEPT.put(key, _read(checkpoint, device))
    checkpoint, model, tokenizer = kept
    wanted = comparison.manifest.settings.get("max_length")
    aliases = _recorded_aliases(comparison, task) | dict(reopening.aliases)
    return LoadedModel(
        name=name,
        checkpoint=checkpoint,
        model=model,
        tokenizer=tokenizer,
        device=device,
        classes=classes_of_outputs(checkpoint.label_names, names, who=name, aliases=aliases),
        max_length=max_length(checkpoint, wanted if isinstance(wanted, int) else None),
    )


def _recorded_aliases(comparison: Comparison, task: str) -> dict[str, str]:
    """Get the aliases that the comparison was made with: of older ones they are not known."""
    recorded = comparison.manifest.settings.get("aliases")
    found = recorded.get(task) if isinstance(recorded, dict) else None
    return {str(theirs): str(name) for theirs, name in found.items()} if isinstance(found, dict) else {}


def _check_kind(info: ModelInfo, name: str) -> None:
    if info.kind == "checkpoint":
        return
    if info.kind == "predictions":
        what = "of this model there are only predictions, and why it gave them can't be asked"
        raise FlipscopeError(what, where=f"{name}, {info.source}", do="Compare the checkpoints themselves")
    raise FlipscopeError(
        "this is several models that answer together, and only single models can be explained",
        where=f"{name}, {info.source}",
        do="Compare its members one by one",
    )


def _places(source: str, folder: Path) -> Iterator[str]:
    """Tell where a model may be that was named when the comparison was made, perhaps from another folder."""
    inside = folder.resolve()
    beside = [] if Path(source).is_absolute() else [parent / source for parent in (inside, *inside.parents)]
    there = [str(path) for path in (Path(source), *beside) if os.path.exists(path)]  # noqa: PTH110  (any name at all)
    yield from there or [source]


def _open(place: str, name: str, reopening: Reopening, here: str, *, local_only: bool) -> Checkpoint:
    from flipscope.open.checkpoint import open_checkpoint
    from flipscope.open.source import checkpoint_folder, members_of

    torch = reopening.allow_torch_weights
    found = None
    try:
        if not members_of(place)[0]:
            found = checkpoint_folder(place, allow_torch_weights=torch, local_only=local_only)
        if found is not None:
            return open_checkpoint(found[0], source=place, name=name, allow_torch_weights=torch)
    except FlipscopeError as error:
        stop = "" if not error.do or error.do.endswith("?") else "."
        do = f"{error.do}{stop} {here}" if error.do else here
        raise FlipscopeError(f"the model {name!r} can't be had: {error.what}", where=error.where, do=do) from error
    except OSError as error:
        what = f"the model {name!r} can't be read: {error.strerror or error}"
        raise FlipscopeError(what, where=place, do=here) from error
    raise FlipscopeError("this is no checkpoint of a single model", where=place, do=here)


def _read(checkpoint: Checkpoint, device: str) -> tuple[Any, ...]:
    from flipscope.predict.model import load_model
    from flipscope.predict.tokens import load_tokenizer

    tokenizer = load_tokenizer(checkpoint)
    return checkpoint, load_model(checkpoint, device, "fp32").requires_grad_(False), tokenizer


class _Kept:
    """The models used last, by fingerprint and how they were asked for."""

    def __init__(self) -> None:
        self._models: OrderedDict[Hashable, tuple[Any, ...]] = OrderedDict()

    def get(self, key: Hashable) -> tuple[Any, ...] | None:
        """Get one that is there."""
        if key not in self._models:
            return None
        self._models.move_to_end(key)
        return self._models[key]

    def put(self, key: Hashable, loaded: tuple[Any, ...]) -> tuple[Any, ...]:
        """Add one, and forget what was not used for longest."""
        self._models[key] = loaded
        if len(self._models) > _MOST_KEPT:
            self._models.popitem(last=False)
        return loaded


_KEPT = _Kept()
