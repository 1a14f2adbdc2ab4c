"""What a study found, as text and tables: data in, markup out."""

from __future__ import annotations

from collections.abc import Sequence

from flipscope.comparison import Comparison
from flipscope.contract import Interval
from flipscope.mitigate.words import (
    is_clear,
    lead_parts,
    old_warnings,
    ratio,
    ratio_limits,
    settings_words,
)
from flipscope.report.blocks import Words
from flipscope.study import MethodResult, OldInfo, Study, TrainingInfo
from flipscope.words import percent
from flipscope_app.candidates.points import seeds_of
from flipscope_app.markup import Html, figure_cell, figure_table, join, link, tag
from flipscope_app.state import base_query
from flipscope_app.words import duration, interval, number, points, probability, reason

#: What each column says, in plain words; tooltips of the table.
_COLUMNS = {
    "Method": "How the new model was made; under it what was chosen on the selection split.",
    "Accuracy": "Share of right answers.",
    "Against old": "Accuracy minus that of the old model, in percentage points.",
    "Against conventional": "Accuracy minus that of the conventional update, in percentage points.",
    "NFR": "Negative flip rate: the old model is right, the new one wrong; share of all examples.",
    "NFR ratio": "NFR over that of the conventional update: 0.7 means that it breaks 30 % less.",
    "p": "How often chance alone would put the ratio so far from 1; q allows for how many were tried.",
    "PFR": "Positive flip rate: the old model is wrong, the new one right; share of all examples.",
    "Trained → shipped": "Models trained for one candidate, those that were only tried included → models that "
    "have to run in service; under it the time of training.",
    "Choose": "Opens the Overview of the candidate of this seed.",
}


def headline(study: Study, results: Sequence[MethodResult]) -> Html:
    """Tell what a conventional update breaks, and which methods break less, or more, than chance would have it."""
    plain = next((result for result in results if result.kind == "conventional"), None)
    usual = Html("")
    if plain is not None and plain.nfr.value is not None:
        broke = tag("b", percent(plain.nfr.value, 1), class_="fs-negative")
        usual = join("A conventional update breaks ", broke, " of the examples. ")
    lead = lead_parts(study.model_copy(update={"methods": list(results)}))
    told = (part if isinstance(part, Words) else tag("b", part) for part in lead)
    return tag("p", usual, *told, class_="fs-headline")


def old_told(study: Study, comparison: Comparison, task: str | None) -> Html:
    """Tell the old model's accuracy on each task that is shown, on which it is judged and with which it teaches."""
    shown = [old for old in study.old if task in (None, old.task)]
    parts = [
        f"{old.task} {percent(old.accuracy.value, 1)} {interval(old.accuracy.low, old.accuracy.high, 1)} "
        f"of {comparison.result(old.task).n:,}" + _on_training(old)
        for old in shown
        if old.task in comparison.tasks
    ]
    return tag("p", f"Accuracy of the old model: {' · '.join(parts)}", class_="fs-muted fs-candidates-told")


def _on_training(old: OldInfo) -> str:
    return "" if old.train_accuracy is None else f" (on training examples {percent(old.train_accuracy, 1)})"


def flags(old: OldInfo) -> list[str]:
    """Say what about the old model of a task limits what can be found."""
    return [f"{old.task}: {''.join(parts)}" for parts in old_warnings(old)]


def methods_table(comparison: Comparison, study: Study, results: Sequence[MethodResult], chosen: str) -> Html:
    """Make the table of methods; each candidate has a link to its Overview, that of `chosen` is marked."""
    table = figure_table(_COLUMNS, [_row(comparison, result, chosen) for result in results])
    n = results[0].n if results else 0
    tasks = len({result.task for result in study.methods} - {None})
    of_tasks = f", {tasks} tasks that count the same" if results and results[0].task is None and tasks > 1 else ""
    told = (
        f"Means over seeds; judged on {n:,} examples that nothing was trained or chosen on{of_tasks}. Intervals are "
        "at 95 %, over seeds and examples together. Against old, against conventional: accuracy minus that of the old "
        "model or the conventional update, in points. The ratio, p and q compare the NFR with that of the "
        "conventional update; q allows for how many were tried, bold: what chance hardly explains (q up to 0.05)."
    )
    return join(table, tag("p", told, class_="fs-muted fs-small"))


def _row(comparison: Comparison, result: MethodResult, chosen: str) -> Html:
    below = " · ".join(part for part in (settings_words(result.settings), *result.notes) if part)
    name = join(result.method, tag("span", below, class_="fs-below"))
    return tag(
        "tr",
        tag("th", name, scope="row"),
        figure_cell(percent(result.accuracy.value, 1), interval(result.accuracy.low, result.accuracy.high, 1)),
        _change_cell(result.accuracy_delta),
        figure_cell("") if result.kind == "conventional" else _change_cell(result.accuracy_gain),
        figure_cell(_rate(result.nfr, "fs-negative"), interval(result.nfr.low, result.nfr.high)),
        _ratio_cell(result),
        _p_cell(result),
        figure_cell(_rate(result.pfr, "fs-positive"), interval(result.pfr.low, result.pfr.high)),
        figure_cell(f"{result.models_trained} → {result.models_shipped}", duration(result.training_seconds)),
        tag("td", _choices(comparison, result, chosen), class_="fs-choices"),
    )


def _rate(rate: Interval, colour: str) -> Html:
    return tag("span", percent(rate.value), class_=colour)


def _ratio_cell(result: MethodResult) -> Html:
    if result.kind == "conventional":
        return figure_cell("1")
    found = result.nfr_ratio
    if found.value is None:
        return figure_cell("–", reason(found.reason))
    return figure_cell(tag("b", ratio(found)) if is_clear(result) else ratio(found), ratio_limits(found))


def _p_cell(result: MethodResult) -> Html:
    if result.kind == "conventional":
        return figure_cell("")
    if result.p_value is None:
        return figure_cell("–", reason(result.p_value_reason))
    return figure_cell(probability(result.p_value), f"q {probability(result.q_value)}")


def _change_cell(change: Interval) -> Html:
    limits = None not in (change.low, change.high)
    return figure_cell(points(change.value), f"[{points(change.low)}, {points(change.high)}]" if limits else "")


def _choices(comparison: Comparison, result: MethodResult, chosen: str) -> Html:
    """Link each candidate of a method: by its seed where there are several."""
    links = []
    several = len(result.candidates) > 1
    seeds = seeds_of(result)
    for name in result.candidates:
        current = {"aria_current": "true"} if name == chosen else {}
        told = str(seeds.get(name, name)) if several else "choose"
        links.append(link("overview", base_query(comparison, name), told, title=f"Overview of {name}",
                          aria_label=f"Choose {name}", **current))  # fmt: skip
    spaced = [part for each in links for part in (" ", each)][1:]
    return join("seed ", *spaced) if several else join(*spaced)


def candidates_table(comparison: Comparison, task: str, chosen: str) -> Html:
    """Make the table of candidates on a task, where there is no study."""
    heads = {name: _COLUMNS[name] for name in ("Accuracy", "Against old", "NFR", "PFR")}
    rows = []
    for name in comparison.candidates:
        result = comparison.result(task, name)
        current = {"aria_current": "true"} if name == chosen else {}
        limits = interval(result.accuracy_new_low, result.accuracy_new_high, 1)
        choose = link("overview", base_query(comparison, name), "choose", aria_label=f"Choose {name}", **current)
        rows.append(tag(
            "tr",
            tag("th", name, scope="row"),
            figure_cell(percent(result.accuracy_new, 1), limits),
            _change_cell(result.accuracy_delta),
            _flips_cell(result.negative_flip, result.nfr, "fs-negative"),
            _flips_cell(result.positive_flip, result.pfr, "fs-positive"),
            tag("td", choose, class_="fs-choices"),
        ))  # fmt: skip
    first = comparison.result(task)
    told = (
        f"Of {first.n:,} examples; the old model is right on {percent(first.accuracy_old, 1)}. Intervals are at 95 %."
    )
    table = figure_table({"Candidate": "", **heads, "Choose": "Opens the Overview of the candidate."}, rows)
    return join(table, tag("p", told, class_="fs-muted fs-small"))


def _flips_cell(count: int, rate: Interval, colour: str) -> Html:
    main = join(tag("span", f"{count:,}", class_=colour), " ", tag("span", percent(rate.value), class_="fs-rate"))
    return figure_cell(main, interval(rate.low, rate.high) or reason(rate.reason))


def trainings_table(trainings: Sequence[TrainingInfo]) -> Html:
    """Make the table of all trainings, those that failed first."""
    several = len({each.task for each in trainings}) > 1
    heads = [*(["Task"] if several else []), "Training", "Seed", "Settings", "NFR (selection)",
             "Accuracy (selection)", "Time", "Came to"]  # fmt: skip
    rows = []
    for each in sorted(trainings, key=lambda training: training.status != "failed"):
        step = "" if each.step_seconds is None else f"{number(1000 * each.step_seconds, ',.0f')} ms a step"
        outcome = {"failed": "failed", "finished": "in use" if each.chosen else "not chosen"}[each.status]
        rows.append(tag(
            "tr",
            *([tag("td", each.task)] if several else []),
            tag("th", each.recipe, scope="row"),
            figure_cell(f"{each.seed}"),
            figure_cell(settings_words(each.settings)),
            figure_cell(_score(each.select_nfr, 2)),
            figure_cell(_score(each.select_accuracy, 1)),
            figure_cell(duration(each.seconds), step),
            tag("td", tag("b", outcome) if each.status == "failed" else outcome,
                tag("span", each.message or "", class_="fs-below"), class_="fs-sample"),
        ))  # fmt: skip
    told = (
        "NFR and accuracy are on the selection split, not on the report split that all figures above are of. "
        "–: of these no score was needed, as nothing was chosen among them."
    )
    return join(figure_table(dict.fromkeys(heads, ""), rows), tag("p", told, class_="fs-muted fs-small"))


def _score(rate: float | None, digits: int) -> str:
    return "–" if rate is None else percent(rate, digits)


def splits_table(study: Study) -> Html:
    """Make the table of splits, and list what there is to know of them."""
    heads = {"Task": "", "Train": "", "Select": "What was chosen on.", "Report": "What all figures are of.",
             "Left out": "Training examples whose text is in another split."}  # fmt: skip
    rows = [
        tag("tr", tag("th", each.task, scope="row"),
            *(figure_cell(f"{count:,}") for count in (each.train, each.select, each.report, each.left_out)))
        for each in study.splits
    ]  # fmt: skip
    notes = [tag("li", f"{each.task}: {note}") for each in study.splits for note in each.notes]
    return join(figure_table(heads, rows), tag("ul", *notes, class_="fs-small") if notes else Html(""))
