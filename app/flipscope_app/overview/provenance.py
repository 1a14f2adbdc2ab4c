"""Where a comparison came from: models, data, settings and versions, as markup."""

from __future__ import annotations

from collections.abc import Mapping

from flipscope.comparison import Comparison
from flipscope.schema import DataInfo, ModelInfo, TaskInfo
from flipscope_app.markup import Html, join, tag


def provenance(comparison: Comparison) -> Html:
    """Tell everything about where a comparison came from."""
    manifest = comparison.manifest
    tasks = [_task(info) for info in manifest.tasks]
    run = {
        "made": manifest.created,
        "command": " ".join(manifest.command),
        "settings": _pairs(manifest.settings),
        "versions": _pairs(manifest.versions),
    }
    return tag("div", *tasks, tag("h3", "The run"), _terms(run), class_="fs-provenance")


def _task(info: TaskInfo) -> Html:
    models = {name: _model(model) for name, model in info.models.items()}
    suites = {f"suite {suite.name}": f"{suite.source} · {suite.digest}" for suite in info.suites}
    return join(tag("h3", info.task), _terms(_data(info.data) | models | suites))


def _data(data: DataInfo | None) -> dict[str, str]:
    if data is None:
        return {}
    return {
        "data": f"{data.source} · {data.rows:,} rows · ids from {data.id_column or 'the content'}",
        "data digest": data.digest,
        "notes": "; ".join(data.notes),
    }


def _model(model: ModelInfo) -> str:
    size = None if model.parameters is None else f"{model.parameters:,} parameters"
    parts = [model.source, model.kind, model.architecture, size, model.fingerprint, *model.notes]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _terms(values: Mapping[str, str]) -> Html:
    return tag(
        "dl",
        *(join(tag("dt", name), tag("dd", value)) for name, value in values.items() if value),
        class_="fs-terms",
    )
