"""What is done with a model of any kind once it is opened: take it apart, describe it, have it answer, record it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flipscope.data import Predictions
from flipscope.flips.matching import match_to
from flipscope.open.checkpoint import Checkpoint
from flipscope.open.predictions import PredictionFile
from flipscope.open.source import Ensemble
from flipscope.predict.ensemble import average
from flipscope.predict.runner import Predictor
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


def answer(source: Source, name: str, predictor: Predictor, aliases: Mapping[str, str]) -> Predictions:
    """Have a model answer the predictor's examples: run it, look its answers up, or average those of its members."""
    if isinstance(source, Ensemble):
        members = [answer(member, f"{name}, {member.name}", predictor, aliases) for member in source.members]
        return average(name, members)
    if isinstance(source, Checkpoint):
        return predictor.predict(replace(source, name=name), aliases=aliases)
    return match_to(source, predictor.examples)


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
