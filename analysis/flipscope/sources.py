"""What is done with a model of any kind once it is opened: take it apart, describe it, have it answer, record it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import pyarrow as pa

from flipscope.data import OLD, Predictions
from flipscope.flips.matching import match_to
from flipscope.flips.pairing import matrix
from flipscope.open.checkpoint import Checkpoint
from flipscope.open.known_classes import does_not_know, refuse_known, with_zeros, without_new
from flipscope.open.labels import align_labels
from flipscope.open.predictions import PredictionFile
from flipscope.open.source import Ensemble
from flipscope.predict.ensemble import average, vote
from flipscope.predict.length import max_length
from flipscope.predict.runner import Predictor
from flipscope.progress import Progress
from flipscope.schema import ModelInfo

Source = Checkpoint | PredictionFile | Ensemble


def leaves(sources: Iterable[Source]) -> Iterator[Checkpoint | PredictionFile]:
    """Yield all models, members of ensembles one by one."""
    for source in sources:
        if isinstance(source, Ensemble):
            yield from source.members
        else:
            yield source


def label_names(leaf: Checkpoint | PredictionFile) -> tuple[str, ...]:
    """Return the classes a model answers with."""
    return leaf.label_names if isinstance(leaf, Checkpoint) else leaf.predictions.label_names


def description(leaf: Checkpoint | PredictionFile) -> str:
    """Tell how a model was understood, so that a wrong guess shows before it matters."""
    if isinstance(leaf, PredictionFile):
        return "; ".join(leaf.predictions.notes)
    size = f"{leaf.parameters / 1e6:,.1f}M parameters, " if leaf.parameters else ""
    return f"{leaf.source}: {leaf.architecture}, {size}labels {', '.join(leaf.label_names)}"


def announce(sources: Mapping[str, Source], progress: Progress) -> None:
    """Tell how every model was understood."""
    for name, source in sources.items():
        for leaf in leaves([source]):
            progress.say(f"{name}: {description(leaf)}")


def fit_to_classes(
    sources: Mapping[str, Source],
    names: tuple[str, ...],
    reopen: Callable[[str], Source],
    *,
    aliases: Mapping[str, str],
    longest: int | None,
    new_classes: tuple[str, ...] = (),
) -> dict[str, Source]:
    """Check every model to run against the classes and the longest input that are asked for, before any is run.

    Parameters
    ----------
    sources : mapping of str to Source
        The models by name.
    names : tuple of str
        The classes, now that all are known.
    reopen : callable
        Opens the model of a name again: a table can only be read right once the classes are known.
    aliases : mapping of str to str
        What models call classes, to their names.
    longest : int or None
        The user's limit in tokens.
    new_classes : tuple of str
        Classes that the old model does not know.

    Raises
    ------
    FlipscopeError
        When a model has other classes, or can't take inputs of this length.
    """
    known = without_new(names, new_classes)
    fitted = {}
    for name, source in sources.items():
        models = list(leaves([source]))
        for leaf in models:
            if isinstance(leaf, Checkpoint):
                if name == OLD:
                    refuse_known(leaf.label_names, new_classes, who=name, aliases=aliases)
                align_labels(leaf.label_names, known if name == OLD else names, who=name, aliases=aliases)
                max_length(leaf, longest)
        misread = any(isinstance(leaf, PredictionFile) and label_names(leaf) != names for leaf in models)
        fitted[name] = reopen(name) if misread else source
    return fitted


def answer(
    source: Source, name: str, predictor: Predictor, aliases: Mapping[str, str], new_classes: tuple[str, ...] = ()
) -> Predictions:
    """Have a model answer the predictor's examples: run it, look its answers up, or join its members'.

    To `new_classes`, which it does not know, it gives probability 0; a prediction file was read so already.
    """
    if isinstance(source, Ensemble):
        members = [
            answer(member, f"{name}, {member.name}", predictor, aliases, new_classes) for member in source.members
        ]
        return average(name, members) if source.rule == "average" else vote(name, members)
    if isinstance(source, Checkpoint):
        known = without_new(predictor.examples.label_names, new_classes)
        found = predictor.predict(replace(source, name=name), aliases=aliases, label_names=known)
        return _over_all(found, predictor.examples.label_names)
    return match_to(source, predictor.examples)


def _over_all(found: Predictions, names: tuple[str, ...]) -> Predictions:
    """Extend a model's answers over all classes; of those it does not know there are no logits."""
    new = tuple(name for name in names if name not in found.label_names)
    if not new:
        return found
    whole = with_zeros(matrix(found.table["probabilities"]), found.label_names, names)
    at = found.table.column_names.index("probabilities")
    lists = pa.FixedSizeListArray.from_arrays(pa.array(whole.ravel()), len(names))
    table = found.table.set_column(at, "probabilities", lists).drop_columns("logits")
    notes = (*found.notes, does_not_know(new))
    return replace(found, label_names=names, table=table, notes=notes, new_classes=new)


def model_info(source: Source, predictions: Predictions) -> ModelInfo:
    """Record where a model came from and what it answers with."""
    kinds = {Checkpoint: "checkpoint", PredictionFile: "predictions", Ensemble: "ensemble"}
    checkpoint = source if isinstance(source, Checkpoint) else None
    return ModelInfo(
        name=predictions.name,
        fingerprint=predictions.fingerprint,
        source=predictions.source,
        kind=kinds[type(source)],  # type: ignore[arg-type]
        label_names=list(predictions.label_names),
        architecture=checkpoint.architecture if checkpoint else None,
        parameters=checkpoint.parameters if checkpoint else None,
        notes=list(predictions.notes),
    )
