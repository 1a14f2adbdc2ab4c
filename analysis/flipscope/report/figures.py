"""The figures of every task and candidate, with counts and intervals."""

from __future__ import annotations

from collections.abc import Sequence

from flipscope.comparison import Comparison
from flipscope.report import Options
from flipscope.report.blocks import Block, Cell, Chart, Heading, Mark, Panel, Paragraph, Plot, Row, Table, Words, cell
from flipscope.report.charts import MOST_ROWS
from flipscope.schema import CapabilityResult, Interval, TaskResult
from flipscope.words import interval, number, percent, points, probability, reason


def figures(comparison: Comparison, candidates: list[str], options: Options) -> list[Block]:
    """Tell the figures of every task and candidate in two tables: the flips, and how alike the models are."""
    results = [(name, comparison.result(task, name)) for task in comparison.tasks for name in candidates]
    if not results:
        return []
    several = len(comparison.candidates) > 1
    chart = _chart(results, several, _budget(comparison, candidates))
    change = max(map(_reach, (each.accuracy_delta for _, each in results)), default=0.0) or 1.0
    rate = max((_reach(flip) for _, each in results for flip in (each.nfr, each.pfr)), default=0.0) or 1.0
    keys = (Words("Task"), *([Words("Candidate")] if several else []))

    def table(names: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Table:
        return Table((*keys, *map(Words, names)), tuple(rows), numbers=len(names))

    def key(name: str, each: TaskResult) -> tuple[Cell, ...]:
        return (cell(each.task), *([cell(name)] if several else []))

    flips = [(*key(name, each), *_flips(each, *((None, None) if chart else (change, rate)))) for name, each in results]
    alike = [(*key(name, each), *_alike(each)) for name, each in results]
    borderline = sum(each.borderline for _, each in results)
    note = f"{borderline:,} answers are too close to call in the arithmetic used." if borderline else ""
    return [
        *chart,
        table(("n", "Accuracy", "Change, points", "Broke (NFR)", "Mended (PFR)", "NFR / gain", "McNemar p"), flips),
        *([Paragraph((Words(note),), "note")] if note else []),
        Heading((Words("How far the candidate goes along with the old model"),)),
        table(("Churn", "Relative NFR", "NFI", "BTC", "BEC"), alike),
    ]


def _chart(results: list[tuple[str, TaskResult]], several: bool, budget: float | None) -> list[Block]:
    """Draw what accuracy tells, and beside it what it hides; a single row is well told by the table."""
    worst = sorted(results, key=lambda pair: -(pair[1].nfr.value or 0.0))[:MOST_ROWS]
    shown = [pair for pair in results if pair in worst]
    if len(shown) < 2:
        return []
    of = f" The {len(shown)} of {len(results)} where most broke." if len(shown) < len(results) else ""
    rows = tuple(Row(each.task, name if several else "", flip_counts(each)) for name, each in shown)
    changes = tuple((_change_mark(each.accuracy_delta),) for _, each in shown)
    panels = (
        Panel(Words("Change of accuracy, points"), (Words("Change"),), changes, change=True),
        flip_panel([each for _, each in shown], "Share of all examples", budget),
    )
    return [Chart(Words(f"How accuracy changed, and what it hides. Lines are 95 % intervals.{of}"), rows, panels)]


def _budget(comparison: Comparison, candidates: list[str]) -> float | None:
    """Get the negative flip rate that tasks may have, where all may have the same."""
    verdicts = (comparison.candidate(name).verdict for name in candidates)
    reasons = [reason for verdict in verdicts if verdict is not None for reason in verdict.reasons]
    budgets = [reason.budget for reason in reasons if reason.kind == "task" and reason.measure == "nfr"]
    every = len(budgets) == len(comparison.tasks) * len(candidates)
    return budgets[0] if every and len(set(budgets)) == 1 else None


def flip_panel(results: Sequence[TaskResult | CapabilityResult], title: str, budget: float | None = None) -> Panel:
    """Draw both flip rates with their intervals."""
    marks = tuple(
        (rate_mark(each.negative_flip, each.nfr), rate_mark(each.positive_flip, each.pfr)) for each in results
    )
    return Panel(
        Words(title), (Words("Broke (NFR)", "negative"), Words("Mended (PFR)", "positive")), marks, budget=budget
    )


def flip_counts(each: TaskResult | CapabilityResult) -> tuple[Words, ...]:
    """Tell how many broke and were mended, in short."""
    return Words(f"▼ {each.negative_flip:,}", "negative"), Words(f"▲ {each.positive_flip:,}", "positive")


def rate_mark(count: int, rate: Interval) -> Mark | None:
    """Draw a rate with its interval."""
    if rate.value is None:
        return None
    told = f"{count:,}, {percent(rate.value)} {interval(rate.low, rate.high)}".rstrip()
    return Mark(rate.value, rate.low, rate.high, Words(told))


def _change_mark(delta: Interval) -> Mark | None:
    if delta.value is None:
        return None
    limits = "" if delta.low is None else f" [{points(delta.low)}, {points(delta.high)}]"
    return Mark(delta.value, delta.low, delta.high, Words(points(delta.value) + limits))


def _flips(each: TaskResult, change: float | None, rate: float | None) -> tuple[Cell, ...]:
    old = interval(each.accuracy_old_low, each.accuracy_old_high, 1)
    new = interval(each.accuracy_new_low, each.accuracy_new_high, 1)
    delta = each.accuracy_delta
    limits = "" if delta.low is None else f"[{points(delta.low)}, {points(delta.high)}]"
    gain = each.nfr_over_gain
    return (
        cell(Words(f"{each.n:,}")),
        cell(
            Words(f"{percent(each.accuracy_old, 1)} → {percent(each.accuracy_new, 1)}"),
            below=Words(f"{old} → {new}" if old else reason(each.accuracy_old_reason)),
        ),
        cell(Words(points(delta.value)), below=Words(limits or reason(delta.reason)), plot=_change_plot(delta, change)),
        flip_cell(each.negative_flip, each.nfr, "negative", rate),
        flip_cell(each.positive_flip, each.pfr, "positive", rate),
        cell(Words("–" if gain is None else number(gain, ".2f")), below=Words(reason(each.nfr_over_gain_reason))),
        cell(Words(probability(each.mcnemar_p)), below=Words(reason(each.mcnemar_p_reason))),
    )


def flip_cell(count: int, rate: Interval, role: str, reach: float | None) -> Cell:
    """Tell how many flipped: the count and the rate with its interval, drawn on an axis that ends at `reach` if any."""
    limits = interval(rate.low, rate.high) or reason(rate.reason)
    shown = (Words(f"{count:,}", role if count else ""), Words(f" {percent(rate.value)}", "muted"))
    return cell(*shown, below=Words(limits), plot=rate_plot(rate, role, reach))


def rate_plot(rate: Interval, role: str, reach: float | None) -> Plot | None:
    """Draw a rate and its interval on an axis from 0 to `reach`."""
    if reach is None or rate.value is None or rate.low is None or rate.high is None:
        return None
    return Plot(rate.low / reach, rate.high / reach, ((rate.value / reach, role),), zero=0.0)


def _change_plot(delta: Interval, reach: float | None) -> Plot | None:
    if reach is None or delta.value is None or delta.low is None or delta.high is None:
        return None
    low, value, high = (0.5 + 0.5 * change / reach for change in (delta.low, delta.value, delta.high))
    return Plot(low, high, ((value, ""),), zero=0.5)


def _reach(rate: Interval) -> float:
    return max(abs(limit) for limit in (rate.low or 0.0, rate.high or 0.0, rate.value or 0.0))


def _alike(each: TaskResult) -> tuple[Cell, ...]:
    relative = each.relative_nfr
    limits = (each.relative_nfr_low, each.relative_nfr_high)
    around = "" if None in limits else f"[{limits[0]:.2f}, {limits[1]:.2f}]"
    return (
        _share(each.label_churn, None, None, each.label_churn_reason),
        cell(
            Words("–" if relative is None else f"{relative:.2f}"),
            below=Words(around or reason(each.relative_nfr_reason)),
        ),
        _share(each.nfi, each.nfi_low, each.nfi_high, each.nfi_reason),
        _share(each.btc, each.btc_low, each.btc_high, each.btc_reason),
        _share(each.bec, each.bec_low, each.bec_high, each.bec_reason),
    )


def _share(value: float | None, low: float | None, high: float | None, why: str | None) -> Cell:
    return cell(
        Words("–" if value is None else percent(value, 1)),
        below=Words(interval(low, high, 1) or reason(why)),
    )
