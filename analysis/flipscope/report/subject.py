"""What a report is about, in a line: which models were compared, and on what."""

from __future__ import annotations

import re

from flipscope.comparison import Comparison
from flipscope.data import OLD
from flipscope.open.source import members_of
from flipscope.report.blocks import Parts, Words
from flipscope.schema import ModelInfo


def model_titles(comparison: Comparison, candidates: list[str]) -> Parts:
    """Name the old model and the candidates, each by its side and its source."""
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
