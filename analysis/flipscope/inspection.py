"""What a model is, how two differ, and how data will be understood: found out without running anything."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from flipscope.behaviors.suite import Suite
from flipscope.data import Examples
from flipscope.errors import FlipscopeError
from flipscope.flips.matching import match_to
from flipscope.open.checkpoint import Checkpoint
from flipscope.open.labels import count_names, is_generic, normalise
from flipscope.open.predictions import PredictionFile
from flipscope.open.source import Ensemble, open_source
from flipscope.open.weights import find_weights, read_header
from flipscope.pipeline import has_pairs, open_task, open_task_suites
from flipscope.predict.runner import Settings
from flipscope.sources import Source, leaves
from flipscope.spec import TaskSpec
from flipscope.tasks import Task, get_task

Kind = Literal["checkpoint", "predictions", "ensemble"]


@dataclass(frozen=True)
class ModelCard:
    """What can be said of a model before it is run.

    Attributes
    ----------
    name : str
        Folder name, archive or file stem, hub id, or the members' names.
    kind : {"checkpoint", "predictions", "ensemble"}
        Whether it is run, or was run elsewhere.
    label_names : tuple of str
        Its classes in its own order; an ensemble's are its first member's. Empty where they can't be told yet.
    size_bytes : int
        Size of the weights, or of the table; of all members.
    fingerprint : str
        SHA-256 (hex) of its files; empty for an ensemble, whose members have theirs.
    architecture, model_type : str or None
        Of checkpoints, such as ``BertForSequenceClassification`` and ``bert``.
    parameters : int or None
        As the safetensors headers count them.
    max_positions : int or None
        Longest input in tokens, where the config tells.
    dtypes : tuple of str
        What the weights are stored in, such as ``F16``, the most frequent first.
    tokenizer_digest : str or None
        The same for two checkpoints that tokenise alike.
    tensors : mapping of str to tuple of int
        Shape by name; empty where no safetensors header tells.
    rows : int or None
        Of a prediction file.
    members : tuple of ModelCard
        Of an ensemble.
    notes : tuple of str
        How it was understood.
    """

    name: str
    kind: Kind
    label_names: tuple[str, ...]
    size_bytes: int
    fingerprint: str = ""
    architecture: str | None = None
    model_type: str | None = None
    parameters: int | None = None
    max_positions: int | None = None
    dtypes: tuple[str, ...] = ()
    tokenizer_digest: str | None = None
    tensors: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    rows: int | None = None
    members: tuple[ModelCard, ...] = ()
    notes: tuple[str, ...] = ()

    def leaves(self) -> Iterator[ModelCard]:
        """Yield the models it is made of: itself, or the members of an ensemble."""
        yield from self.members or (self,)

    @property
    def runs(self) -> bool:
        """Whether all of it is run, so that it can answer a suite's inputs too."""
        return all(leaf.kind == "checkpoint" for leaf in self.leaves())


@dataclass(frozen=True)
class Difference:
    """One thing in which a candidate is not like the old model.

    Attributes
    ----------
    what : str
        Such as ``labels``.
    old, new : str
        What it is on each side.
    note : str
        What it means for the comparison; empty where it means nothing.
    """

    what: str
    old: str
    new: str
    note: str = ""


@dataclass(frozen=True)
class Preview:
    """An evaluation set as the comparison will read it, and what fits it.

    Attributes
    ----------
    rows : int
        Examples that will be compared.
    label_names : tuple of str
        Class names in the order of the task's label ids.
    label_counts : mapping of str to int
        Examples by gold label.
    pairs : bool
        Whether an example has two texts.
    notes : tuple of str
        How the data and the answers of prediction files were understood.
    """

    rows: int
    label_names: tuple[str, ...]
    label_counts: Mapping[str, int]
    pairs: bool
    notes: tuple[str, ...]


def inspect_model(
    source: str, task: Task | None = None, *, allow_torch_weights: bool = False, **columns: Any
) -> ModelCard:
    """Find out what a model is. Neither torch nor transformers is imported.

    Parameters
    ----------
    source : str
        What the user typed; see `flipscope.open.source.open_source`.
    task : Task, optional
        What the columns and labels of a prediction file are called.
    allow_torch_weights : bool
        Accept pickled PyTorch weights where a checkpoint has no safetensors.
    **columns
        How to understand a prediction file: as in `flipscope.open.predictions.open_predictions`.

    Raises
    ------
    FlipscopeError
        When it is no model, or can't be opened.
    """
    opened = open_source(source, task or get_task("task"), allow_torch_weights=allow_torch_weights, **columns)
    if not isinstance(opened, Ensemble):
        return _card(opened)
    members = tuple(_card(member) for member in opened.members)
    parameters = [member.parameters for member in members]
    return ModelCard(
        name=opened.name,
        kind="ensemble",
        label_names=members[0].label_names,
        size_bytes=sum(member.size_bytes for member in members),
        architecture=" + ".join(member.architecture or member.kind for member in members),
        parameters=None if None in parameters else sum(number or 0 for number in parameters),
        members=members,
        notes=tuple(f"{member.name}: {note}" for member in members for note in member.notes),
    )


def _card(model: Checkpoint | PredictionFile) -> ModelCard:
    if isinstance(model, PredictionFile):
        answers = model.predictions
        return ModelCard(
            name=answers.name,
            kind="predictions",
            label_names=answers.label_names,
            size_bytes=Path(answers.source).stat().st_size,
            fingerprint=answers.fingerprint,
            rows=len(answers),
            notes=answers.notes,
        )
    files = find_weights(model.path, allow_torch=model.torch_weights).files
    headers = [read_header(file) for file in files if file.suffix == ".safetensors"]
    tensors = {name: tensor for header in headers for name, tensor in header.items()}
    kept: Counter[str] = Counter()
    for tensor in tensors.values():
        kept[tensor["dtype"]] += math.prod(tensor["shape"])
    return ModelCard(
        name=model.name,
        kind="checkpoint",
        label_names=model.label_names,
        size_bytes=sum(file.stat().st_size for file in files),
        fingerprint=model.fingerprint,
        architecture=model.architecture,
        model_type=model.model_type,
        parameters=model.parameters,
        max_positions=model.max_positions,
        dtypes=tuple(name for name, _ in kept.most_common()),
        tokenizer_digest=model.tokenizer_digest,
        tensors={name: tuple(tensor["shape"]) for name, tensor in tensors.items()},
    )


def differences(old: ModelCard, new: ModelCard) -> list[Difference]:
    """Tell in what two models differ, and what that means for comparing them.

    Returns
    -------
    list of Difference
        What is equal, or not known of both, is left out.
    """
    if old.fingerprint and old.fingerprint == new.fingerprint:
        return [Difference("files", old.name, new.name, "the same files on both sides: nothing can flip")]
    found = [_kinds(old, new), _architectures(old, new), _parameters(old, new), _shapes(old, new)]
    found += [_labels(old, new), _tokenizers(old, new), _positions(old, new), _dtypes(old, new)]
    return [difference for difference in found if difference]


def _kinds(old: ModelCard, new: ModelCard) -> Difference | None:
    if old.kind == new.kind:
        return None
    note = "" if old.runs == new.runs else "one side is run here and the other was run elsewhere, perhaps otherwise"
    return Difference("kind", old.kind, new.kind, note)


def _architectures(old: ModelCard, new: ModelCard) -> Difference | None:
    if not (old.architecture and new.architecture) or old.architecture == new.architecture:
        return None
    return Difference("architecture", old.architecture, new.architecture, "the candidate is another kind of model")


def _parameters(old: ModelCard, new: ModelCard) -> Difference | None:
    if not (old.parameters and new.parameters) or old.parameters == new.parameters:
        return None
    ratio = new.parameters / old.parameters
    size = f"{ratio:.1f} times as large" if ratio >= 1.05 else f"{ratio:.0%} of the old one's size"
    note = "about the same size" if 0.95 < ratio < 1.05 else f"the candidate is {size}"
    return Difference("parameters", f"{old.parameters:,}", f"{new.parameters:,}", note)


def _shapes(old: ModelCard, new: ModelCard) -> Difference | None:
    """Compare the tensors of two models of one architecture; of two, every name differs."""
    if old.architecture != new.architecture or not (old.tensors and new.tensors):
        return None
    both = [name for name in old.tensors if name in new.tensors]
    other = [name for name in both if old.tensors[name] != new.tensors[name]]
    fewer, more = len(old.tensors) - len(both), len(new.tensors) - len(both)
    parts = []
    if other:
        shapes = " → ".join(_shape(card.tensors[other[0]]) for card in (old, new))
        parts.append(f"{len(other):,} of another shape, such as {other[0]} ({shapes})")
    parts += [f"{more:,} only in the candidate"] if more else []
    parts += [f"{fewer:,} only in the old model"] if fewer else []
    if not parts:
        return None
    return Difference("weight tensors", f"{len(old.tensors):,}", f"{len(new.tensors):,}", "; ".join(parts))


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _labels(old: ModelCard, new: ModelCard) -> Difference | None:
    ours, theirs = ([normalise(name) for name in card.label_names] for card in (old, new))
    if ours == theirs or not (ours and theirs):
        return None
    if sorted(ours) == sorted(theirs):
        note = "in another order: matched by name"
    elif len(ours) == len(theirs) and is_generic(old.label_names) != is_generic(new.label_names):
        note = "names on one side and numbers on the other: say which number is which"
    else:
        note = "the labels differ: they can't be compared unless they mean the same"
    return Difference("labels", ", ".join(old.label_names), ", ".join(new.label_names), note)


def _tokenizers(old: ModelCard, new: ModelCard) -> Difference | None:
    if not (old.tokenizer_digest and new.tokenizer_digest) or old.tokenizer_digest == new.tokenizer_digest:
        return None
    note = "the candidate has another tokenizer"
    return Difference("tokenizer", old.tokenizer_digest[:8], new.tokenizer_digest[:8], note)


def _positions(old: ModelCard, new: ModelCard) -> Difference | None:
    if not (old.max_positions and new.max_positions) or old.max_positions == new.max_positions:
        return None
    shorter = "the candidate" if new.max_positions < old.max_positions else "the old model"
    return Difference(
        "longest input", f"{old.max_positions:,}", f"{new.max_positions:,}", f"{shorter} sees less of long texts"
    )


def _dtypes(old: ModelCard, new: ModelCard) -> Difference | None:
    if not (old.dtypes and new.dtypes) or old.dtypes == new.dtypes:
        return None
    note = "stored in another precision; both are run in the same one"
    return Difference("stored as", ", ".join(old.dtypes), ", ".join(new.dtypes), note)


def preview(
    spec: TaskSpec,
    *,
    limit: int | None = None,
    max_length: int | None = None,
    allow_torch_weights: bool = False,
) -> Preview:
    """Open a task as the comparison will, and show how it is understood; nothing is run.

    Parameters
    ----------
    spec : TaskSpec
        The task; its suites are left out, `open_fitting_suite` has them.
    limit, max_length, allow_torch_weights
        As in `flipscope.compare`.

    Raises
    ------
    FlipscopeError
        When something can't be read, or does not fit.
    """
    bare = spec.model_copy(update={"suites": (), "builtin_tags": False})
    opened = open_task(
        bare, limit=limit, settings=Settings(max_length=max_length), allow_torch_weights=allow_torch_weights
    )
    examples = opened.examples
    counts = count_names(examples.table["label"].combine_chunks(), examples.label_names)
    if not any(counts.values()):
        raise FlipscopeError(
            "no row has a gold label, so no answer can be right or wrong",
            where=examples.source,
            do="Choose the column of gold labels",
        )
    return Preview(
        rows=len(examples),
        label_names=examples.label_names,
        label_counts=counts,
        pairs=has_pairs(examples),
        notes=(*examples.notes, *_answer_notes(opened.sources, examples)),
    )


def _answer_notes(sources: Mapping[str, Source], examples: Examples) -> list[str]:
    """Match the rows of prediction files, as the comparison will, and tell how many there are."""
    notes = []
    for name, source in sources.items():
        for leaf in leaves([source]):
            if isinstance(leaf, PredictionFile):
                found = match_to(leaf, examples)
                unused = f"; {found.unused:,} of its rows belong to no example" if found.unused else ""
                notes.append(f"{name}: answers for {len(found):,} of {len(examples):,} examples{unused}")
    return notes


def open_fitting_suite(text: str, spec: TaskSpec, data: Preview, models: Sequence[ModelCard]) -> Suite:
    """Open a suite, and check that it fits the task and the models.

    Parameters
    ----------
    text : str
        A file, ``builtin:NAME`` or ``auto``.
    spec : TaskSpec
        The task.
    data : Preview
        Its data.
    models : sequence of ModelCard
        All models.

    Raises
    ------
    FlipscopeError
        When it can't be read, or does not fit, and why.
    """
    if not all(card.runs for card in models):
        raise FlipscopeError("a suite needs models to run, but one side is a file of predictions", where=text)
    orders = [leaf.label_names for card in models for leaf in card.leaves()]
    wanted = spec.model_copy(update={"suites": (text,)})
    return open_task_suites(wanted, data.label_names, data.pairs, orders)[0]
