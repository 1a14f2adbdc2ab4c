"""How a study is told to people, at a terminal and in reports."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from flipscope.contract import Interval
from flipscope.report.blocks import Parts, Words
from flipscope.study import MethodResult, OldInfo, Study
from flipscope.words import interval, percent, points

#: From here on what the old model answers to the training examples is next to their labels: it can teach little more.
PERFECT_TEACHER = 0.99
#: Differences with a q-value up to here are taken for more than chance.
CLEAR = 0.05
#: Fewer examples than this tell next to nothing: of 50, one is 2 points.
FEW_EXAMPLES = 50


def scopes(study: Study) -> Iterator[tuple[str | None, list[MethodResult]]]:
    """Yield the methods task by task, and those over all tasks (None) last."""
    tasks = dict.fromkeys(each.task for each in study.methods)
    for task in sorted(tasks, key=lambda task: task is None):
        yield task, [each for each in study.methods if each.task == task]


def lead_parts(study: Study) -> Parts:
    """Tell with which methods fewer examples broke than with the conventional update, or more, beyond chance."""
    task, results = list(scopes(study))[-1]
    tested = [each for each in results if each.q_value is not None]
    if not tested:
        return _nothing_compared(results)
    clear = [each for each in tested if is_clear(each)]
    said: list[Parts] = []
    for what, chosen in (
        ("fewer examples broke with ", [each for each in clear if is_better(each)]),
        ("more broke with ", [each for each in clear if not is_better(each)]),
    ):
        said += [(Words(what), *_listed(chosen))] if chosen else []
    if same := [each for each in tested if _is_the_same(each)]:
        names = _joined([(each.method,) for each in same], ", ")
        said.append((Words("neither NFR nor accuracy changed with "), *names))
    rest = [each for each in tested if each not in clear and each not in same]
    if len(rest) == 1:
        said.append((Words("what "), rest[0].method, Words(" changed may be chance")))
    elif rest:
        said.append((Words(f"what the {'other ' if said else ''}{len(rest)} methods changed may be chance"),))
    where = (Words(", over all tasks: "),) if task is None else (Words(" on "), task, Words(": "))
    return Words("Against the conventional update"), *where, *_joined(said, "; "), Words(".")


def _nothing_compared(results: list[MethodResult]) -> Parts:
    """Tell why there is nothing to tell."""
    others = [each for each in results if each.kind != "conventional"]
    why = "no example broke, with it or without it" if others else "no other method was tried"
    if others and not others[0].n:
        why = "there is no example to judge"
    return (Words(f"No method could be compared with the conventional update: {why}."),)


def _listed(results: list[MethodResult]) -> Parts:
    return _joined([(each.method, Words(f" ({_changes(each)})")) for each in results], ", ")


def _changes(result: MethodResult) -> str:
    times = f"NFR ratio {ratio(result.nfr_ratio)} {ratio_limits(result.nfr_ratio)}".rstrip()
    gain = result.accuracy_gain
    limits = "" if gain.low is None or gain.high is None else f" [{points(gain.low)}, {points(gain.high)}]"
    return f"{times}, accuracy {points(gain.value)} points{limits} against it"


def _joined(said: list[Parts], between: str) -> Parts:
    return tuple(part for parts in said for part in (Words(between), *parts))[1:]


def is_clear(result: MethodResult) -> bool:
    """Tell whether a method differs from the conventional update beyond chance, all methods and tasks allowed for."""
    return result.q_value is not None and result.q_value <= CLEAR


def _is_the_same(result: MethodResult) -> bool:
    """Tell whether neither rate differs from that of the conventional update, whatever examples are drawn."""
    times, gain = result.nfr_ratio, result.accuracy_gain
    constant = times.reason == gain.reason == "no_variation"
    return constant and math.isclose(times.value or 0.0, 1.0) and math.isclose(gain.value or 0.0, 0.0, abs_tol=1e-12)


def is_better(result: MethodResult) -> bool:
    """Tell whether fewer examples broke than with the conventional update."""
    return result.nfr_ratio.value is not None and result.nfr_ratio.value < 1


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


def few_examples(results: Sequence[MethodResult]) -> Iterator[Parts]:
    """Yield a warning where methods are judged on too few examples to tell them apart."""
    if results[0].n < FEW_EXAMPLES:
        yield (
            Words(f"Judged on {results[0].n:,} examples only: fewer than {FEW_EXAMPLES} hardly tell methods apart."),
        )


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


def method_notes(study: Study) -> Iterator[Parts]:
    """Yield what is to be known of single methods, once however many tasks there are."""
    for method, note in dict.fromkeys((each.method, note) for each in study.methods for note in each.notes):
        yield method, Words(": "), note


def of_seeds(result: MethodResult) -> str:
    """Tell how many seeds a method's figures are means over."""
    return f"{len(result.candidates)} seeds" if len(result.candidates) > 1 else ""


def settings_words(settings: Mapping[str, float | str | None]) -> str:
    """Tell in one line how a training was set, or what was chosen of a method; its size is in its name."""
    told = {key.replace("_", " "): value for key, value in settings.items() if value is not None and key != "size"}
    return ", ".join(
        f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}" for key, value in told.items()
    )


def ratio(found: Interval) -> str:
    """Write the ratio of two negative flip rates."""
    return "–" if found.value is None else f"{found.value:.2f}"


def ratio_limits(found: Interval) -> str:
    """Write the interval of such a ratio."""
    return "" if found.low is None or found.high is None else f"[{found.low:.2f}, {found.high:.2f}]"
