"""What a report is about, in a line: which models were compared, and on what."""

from __future__ import annotations

import re

from flipscope.comparison import Comparison
from flipscope.data import OLD
from flipscope.judge.words import MAY_SHIP
from flipscope.mitigate.words import is_better, is_clear, scopes
from flipscope.open.source import members_of
from flipscope.report.blocks import Parts, Words
from flipscope.schema import ModelInfo
from flipscope.study import MethodResult


def is_of_study(comparison: Comparison, candidates: list[str]) -> bool:
    """Tell whether a report is about all the candidates that a study made: it is then about its methods first."""
    return comparison.manifest.study is not None and len(candidates) > 1


def closer_look(comparison: Comparison, candidates: list[str]) -> list[str]:
    """Choose the candidates that are told in detail: all of them, but of a study one that stands for the others.

    If verdicts are there, one that may ship goes before those that may not. Then: of the methods with which fewer
    examples broke than with the conventional update, beyond chance, that with the lowest NFR; without such a method
    the conventional update itself.
    """
    study = comparison.manifest.study
    if study is None or len(candidates) < 2:
        return candidates
    _, results = list(scopes(study))[-1]

    def order(result: MethodResult, name: str) -> tuple[bool, int, float]:
        verdict = comparison.candidate(name).verdict
        held = verdict is not None and verdict.decision not in MAY_SHIP
        rank = 0 if is_clear(result) and is_better(result) else 1 if result.kind == "conventional" else 2
        return held, rank, result.nfr.value or 0.0

    known = [(result, name) for result in results for name in result.candidates if name in candidates]
    return [min(known, key=lambda each: order(*each))[1]] if known else candidates[:1]


def model_titles(comparison: Comparison, candidates: list[str]) -> Parts:
    """Name the old model and the candidates, each by its side and its source; those of a study are only counted."""
    if is_of_study(comparison, candidates):
        return model_title(comparison, OLD), Words(f" → {len(candidates)} candidates")
    old, *new = (model_title(comparison, side) for side in (OLD, *candidates))
    return old, Words(" → "), ", ".join(new)


def model_title(comparison: Comparison, side: str, task: str | None = None) -> str:
    """Name a model by its side, and by its source where that tells more; over all tasks or one."""
    name = model_name(comparison, side, task)
    return side if name == side else f"{side} ({name})"


def model_name(comparison: Comparison, side: str, task: str | None = None) -> str:
    """Name a model by its file or folder, where it is the same on all tasks, or on one; else by its side."""
    infos = [comparison.task_info(task)] if task else comparison.manifest.tasks
    names = {_model(info.models[side]) for info in infos} - {""}
    return names.pop() if len(names) == 1 else side


def data_title(comparison: Comparison) -> Parts:
    """Tell the only task and its data, or how many tasks there are, and how much was judged."""
    infos = comparison.manifest.tasks
    examples = sum(info.data.rows for info in infos if info.data is not None)
    cases = sum(suite.cases for info in infos for suite in info.suites)
    counts = [
        f"{count:,} {what}{'' if count == 1 else 's'}"
        for count, what in ((examples, "example"), (cases, "test case"))
        if count
    ]
    size = ", ".join(["", *counts])
    if len(infos) > 1:
        return (Words(f"{len(infos):,} tasks{size}"),)
    (info,) = infos
    source = "" if info.data is None else last_part(info.data.source)
    return info.task if source in ("", info.task) else f"{info.task} ({source})", Words(size)


def _model(model: ModelInfo) -> str:
    if model.kind != "ensemble":
        return last_part(model.source)
    prefix, members = members_of(model.source)
    together = " + ".join(map(last_part, members))
    return f"vote of {together}" if prefix == "vote:" else together


def last_part(path: str) -> str:
    """Get the last part of a path of any system, or of a name on the hub."""
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]
