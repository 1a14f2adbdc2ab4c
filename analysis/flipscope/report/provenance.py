"""What was compared: models, data and suites with their digests, command line, settings and versions."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from flipscope.comparison import Comparison
from flipscope.data import OLD
from flipscope.judge.budget import kept_budget
from flipscope.report import Options
from flipscope.report.blocks import Block, Cell, Table, Terms, Words, cell, clip
from flipscope.schema import DataInfo, ModelInfo, SuiteInfo

_LABELS, _NOTES = 200, 1500  # characters
#: Settings that go without saying.
_USUAL = {
    "device": "auto", "precision": "auto", "max_length": None, "token_budget": None, "use_cache": True, "limit": None,
    "allow_torch_weights": False,
}  # fmt: skip


def compared(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Tell what was compared, and how it was run."""
    rows: list[tuple[Cell, ...]] = []
    for info in comparison.manifest.tasks:
        task = cell(info.task)
        rows += [_model(task, info.models[side]) for side in (OLD, *candidates)]
        if info.data is not None:
            rows.append(_data(task, info.data, info.label_names))
        rows += [_suite(task, suite) for suite in info.suites]
    manifest = comparison.manifest
    notes = [note for info in manifest.tasks if info.data is not None for note in info.data.notes]
    run = {
        "Data as read": clip("; ".join(notes), _NOTES),
        "Compared": manifest.created,
        "Command": shlex.join(manifest.command),
        "Budget": _budget(manifest.budget, str(comparison.path)),
        "Settings": _pairs({name: value for name, value in manifest.settings.items() if _USUAL.get(name) != value}),
        "Versions": _pairs(manifest.versions),
    }
    terms = Terms(tuple((Words(name), (told,)) for name, told in run.items() if told))
    return [Table(tuple(map(Words, ("Task", "What", "Source and SHA-256", "About"))), tuple(rows), numbers=0), terms]


def _model(task: Cell, model: ModelInfo) -> tuple[Cell, ...]:
    size = "" if model.parameters is None else f"{model.parameters:,} parameters"
    about = ", ".join(part for part in (model.kind, model.architecture, size) if part)
    return task, cell(model.name), cell(model.source, below=model.fingerprint), cell(about)


def _data(task: Cell, data: DataInfo, labels: list[str]) -> tuple[Cell, ...]:
    ids = (Words(", ids from "), data.id_column) if data.id_column else (Words(", matched by content"),)
    about = cell(Words(f"{data.rows:,} rows"), *ids, below=clip(", ".join(labels), _LABELS))
    return task, cell(Words("data")), cell(data.source, below=data.digest), about


def _suite(task: Cell, suite: SuiteInfo) -> tuple[Cell, ...]:
    size = cell(Words(f"{suite.tests:,} tests, {suite.cases:,} cases"), below=suite.license or ())
    return task, cell(Words("suite")), cell(suite.source, below=suite.digest), size


def _budget(budget: dict[str, Any] | None, where: str) -> str:
    """Write the budget, with how much is in its lists in their place: they can be long, and hold texts of examples."""
    if not budget:
        return ""
    budget = kept_budget(budget, where=where).model_dump(mode="json", exclude_defaults=True)
    listed = budget.get("must_not_break", {})
    counts = {
        name: f"{len(values):,} listed" if isinstance(values, list) else values for name, values in listed.items()
    }
    return clip(json.dumps(budget | ({"must_not_break": counts} if counts else {}), ensure_ascii=False), _NOTES)


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
