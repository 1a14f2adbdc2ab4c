"""How a study is told to people, at a terminal and in reports."""

from __future__ import annotations

from collections.abc import Iterator

from flipscope.comparison import percent
from flipscope.contract import Interval
from flipscope.report.blocks import Parts, Words
from flipscope.study import MethodResult, OldInfo, Study
from flipscope.words import interval

#: From here on what the old model answers to the training examples is next to their labels: it can teach little more.
PERFECT_TEACHER = 0.99


def scopes(study: Study) -> Iterator[tuple[str | None, list[MethodResult]]]:
    """Yield the methods task by task, and those over all tasks (None) last."""
    tasks = dict.fromkeys(each.task for each in study.methods)
    for task in sorted(tasks, key=lambda task: task is None):
        yield task, [each for each in study.methods if each.task == task]


def old_parts(old: OldInfo) -> Parts:
    """Tell how good the old model is on a task."""
    told = f"Old model: accuracy {percent(old.accuracy.value)} {interval(old.accuracy.low, old.accuracy.high)}".rstrip()
    if old.train_accuracy is not None:
        told += f", {percent(old.train_accuracy, 1)} on the examples for training"
    if old.majority is not None:
        told += f"; the commonest class is {percent(old.majority, 1)}"
    return (Words(f"{told}."),)


def old_warnings(old: OldInfo) -> Iterator[Parts]:
    """Yield what makes the results of a task tell less than they seem to."""
    if old.degenerate:
        yield (
            Words(
                "The old model or a conventional one is no better than always answering the commonest class: a low NFR "
                "is no merit here."
            ),
        )
    if old.train_accuracy is not None and old.train_accuracy >= PERFECT_TEACHER:
        yield (
            Words("The old model knows the examples for training by heart: it can teach little beyond their labels."),
        )
    if old.new_classes:
        names = [part for name in old.new_classes for part in (Words(", "), name)][1:]
        yield Words("Classes that the old model does not know, on which it does not teach: "), *names, Words(".")


def failures(study: Study) -> Iterator[Parts]:
    """Yield the trainings that failed, with their messages."""
    for each in study.trainings:
        if each.status == "failed":
            yield (
                each.recipe,
                Words(f", seed {each.seed}, "),
                each.task,
                Words(": "),
                each.message or Words("no reason"),
            )


def of_seeds(result: MethodResult) -> str:
    """Tell how many seeds a method's figures are means over."""
    return f"{len(result.candidates)} seeds" if len(result.candidates) > 1 else ""


def settings_words(result: MethodResult) -> str:
    """Tell what was chosen on the selection split."""
    chosen = {key: value for key, value in result.settings.items() if value is not None and key != "size"}
    return ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}" for key, value in chosen.items()
    )


def ratio(found: Interval) -> str:
    """Write the ratio of two negative flip rates."""
    return "–" if found.value is None else f"{found.value:.2f}"


def ratio_limits(found: Interval) -> str:
    """Write the interval of such a ratio."""
    return "" if found.low is None or found.high is None else f"[{found.low:.2f}, {found.high:.2f}]"


def length(seconds: float | None) -> str:
    """Write how long something took, in two digits or so."""
    if seconds is None:
        return "–"
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {unit}" if seconds < 10 * size else f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} s"
