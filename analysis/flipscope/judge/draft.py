"""A first budget for a comparison: commented TOML with its own tasks, columns, tests and classes, to be edited.

What a line says after ``#`` and a blank is for people; one with ``#`` and no blank is a setting that is off.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from flipscope.comparison import Comparison
from flipscope.flips.intervals import clopper_pearson_upper
from flipscope.judge.budget import Budget

# Round numbers to argue about. They depend on nothing that the candidate did: a budget made to fit it allows it all.
_MAX_NFR = 0.02
_NOTE_NFR = 0.05
_MIN_CHANGE = -0.005
_MOST = 20  # of one kind of names; more are not read
_WIDTH = 116
_ALL_TESTS = "all: flipscope show COMPARISON --tests"
_CLUSTERS = re.compile(
    "(template|cluster|doc|document|article|passage|user|author|group|thread|session|conversation)(id)?|sourceid"
)

_HEAD = """\
# What a new model may break. Judge by it:
#
#     flipscope gate COMPARISON --budget budget.toml
#
# Rates and changes are fractions of 1: 0.02 is 2 %. Lines that begin with # and no blank are settings that are off:
# take the # away to set them. All about it: docs/gate.md. The numbers are a start, and the same for every comparison:
# set them by what a broken answer costs, before looking at what the candidate did.

version = 1

# A limit holds when the one-sided bound at this confidence keeps it.
confidence = 0.95
# Allow for how many candidates and notes there are; "none" to take each alone.
correction = "bonferroni"
"""


def draft(comparison: Comparison) -> str:
    """Write a budget for a comparison, to be edited. It can be read as it is.

    Returns
    -------
    str
        TOML, the same for every candidate on the same data.
    """
    parts = [_HEAD, *_parts(comparison)]
    return "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def _parts(comparison: Comparison) -> Iterator[str]:
    if comparison.tasks:
        yield _cluster(comparison.meta_columns)
        yield _limits()
        yield _pooled(comparison)
        yield from (_task(comparison, task) for task in comparison.tasks)
    if comparison.behaviors:
        yield _behaviors(comparison)
    if comparison.tasks:
        yield _slices(comparison)
    yield _must_not_break(comparison)
    if comparison.tasks:
        yield _cost(comparison)


def _cluster(columns: Sequence[str]) -> str:
    """Suggest the column that tells which rows belong together, by its name."""
    found = [name for name in columns if _CLUSTERS.fullmatch(re.sub("[^a-z]", "", name.lower()))]
    why = "# Rows with the same value here come from one template, document or user: bounds allow for that.\n"
    if found:
        return (
            f"{why}# This column looks like one by its name; leave it out if it is not.\ncluster = {quoted(found[0])}"
        )
    return f'{why}{_listed("Columns", columns)}\n#cluster = "template"'


def _limits() -> str:
    return f"""\
# For every task: negative flips (old right, new wrong) of all examples, and the change of accuracy.
max_nfr = {_MAX_NFR}
min_accuracy_change = {_MIN_CHANGE}
# Mean cost of what broke per example, if [cost] below is set.
#max_cost = {_MAX_NFR}
# Negative flips that people judged to be so (flipscope triage) do not count; the verdict tells how many, and both ways.
#exclude = ["acceptable", "wrong_gold_label"]"""


def _pooled(comparison: Comparison) -> str:
    off = "" if len(comparison.tasks) > 1 else " There is only one here."
    return f"# All tasks taken together.{off}\n#[pooled]\n#max_nfr = {_MAX_NFR}"


def _task(comparison: Comparison, task: str) -> str:
    n = comparison.result(task).n
    return f"""\
# {_what_n_can_tell(n, len(comparison.candidates))}
[task.{quoted(task)}]
#max_nfr = {_MAX_NFR}
#min_accuracy_change = {_MIN_CHANGE}"""


def _what_n_can_tell(n: int, candidates: int) -> str:
    """Tell how many may break for the default limit to hold; what the candidate did does not matter."""
    alpha = (1 - Budget(max_nfr=_MAX_NFR).confidence) / candidates
    few = np.arange(math.floor(n * _MAX_NFR) + 1)
    most = int((clopper_pearson_upper(few, n, alpha) <= _MAX_NFR).sum()) - 1 if n else -1
    if most < 0:
        takes = _takes(_MAX_NFR, alpha)
        return f"{n:,} examples: too few for a limit of {_MAX_NFR:g}, even if none breaks; it takes {takes:,}."
    return f"{n:,} examples: for a limit of {_MAX_NFR:g} to hold, at most {most:,} may break, if each stands alone."


def _takes(limit: float, alpha: float) -> int:
    """Tell how many must stand, with none that breaks, for a limit to hold: the bound is 1 - alpha ** (1 / n)."""
    return math.ceil(math.log(alpha) / math.log1p(-limit))


def _behaviors(comparison: Comparison) -> str:
    results = comparison.candidate().behaviors
    first = results[0]
    # Where there are examples the verdict rests on them; notes that mostly stay undecided are left to who wants them.
    off, required = ("#", "false") if comparison.tasks else ("", "true")
    takes = _takes(_NOTE_NFR, (1 - Budget(max_nfr=_NOTE_NFR).confidence) / len(comparison.candidates))
    return f"""\
# Behavior tests: each capability and type of test as a note, or with required = true so that shipping depends on it.
# Cases made from one template stand or fall together: for a limit of {_NOTE_NFR:g} to hold, even if none breaks, it
# takes {takes:,} templates for a single note, and more the more notes there are. With fewer it stays undecided.
{off}[[behavior]]
{off}max_nfr = {_NOTE_NFR}
{off}required = {required}

# One capability, or one test, and whether shipping depends on it.
{_listed("Capabilities", dict.fromkeys(each.capability for each in results), _ALL_TESTS)}
#[[behavior]]
#task = {quoted(first.task)}
#capability = {quoted(first.capability)}
#type = "{first.type}"
#max_nfr = {_NOTE_NFR}
#required = true
#[[behavior]]
#test = {quoted(first.test)}
#max_nfr = {_NOTE_NFR}
#required = true"""


def _slices(comparison: Comparison) -> str:
    columns = comparison.slice_columns
    task, column, value = _some_slice(comparison)
    return f"""\
# Slices of the data: every value of a column, or one of them. The more notes, the wider the bound of each.
{_listed("Columns with few values", columns)}
#[[slice]]
#column = {quoted(column)}
#max_nfr = {_NOTE_NFR}
#required = false
#[[slice]]
#task = {quoted(task)}
#column = {quoted(column)}
#value = {_value(value)}
#max_nfr = {_NOTE_NFR}
#required = true

# Or any condition, as flipscope examples --where takes it and flipscope slices finds it.
#[[slice]]
#name = "with not"
#where = "has_word(text_a, 'not')"
#max_nfr = {_NOTE_NFR}
#required = false"""


def _some_slice(comparison: Comparison) -> tuple[str, str, Any]:
    """Choose a slice to show: task, column and value; any where there is none."""
    for column in comparison.slice_columns:
        found = comparison.by(column).dropna(subset=[column])
        if len(found):
            largest = found.sort_values(["n", "task", column], ascending=[False, True, True]).iloc[0]
            return largest["task"], column, largest[column]
    return comparison.tasks[0], "source", "web"


def _must_not_break(comparison: Comparison) -> str:
    tests = dict.fromkeys(each.test for each in comparison.candidate().behaviors)
    return f"""\
# What must not break at all: examples by id or text, or in a file with a column example_id or text; behavior tests.
{_listed("Tests", tests, _ALL_TESTS)}
#[must_not_break]
#examples = []
#texts = []
#files = ["golden.csv"]
#tests = [{", ".join(map(quoted, [*tests][:1]))}]"""


def _cost(comparison: Comparison) -> str:
    labels = comparison.task_info(comparison.tasks[0]).label_names
    columns = comparison.meta_columns
    return f"""\
# What a negative flip costs, for max_cost: times a weight in a column, and by gold label and wrong answer.
#[cost]
#default = 1.0
#column = {quoted(next((name for name in columns if "weight" in name.lower()), "weight"))}
#[[cost.pair]]
#label = {quoted(labels[0])}
#prediction = {quoted(labels[-1])}
#cost = 5.0"""


def quoted(text: str) -> str:
    """Write text as a string of TOML, on one line whatever is in it."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08X}"


def _value(value: Any) -> str:
    """Write a value of a column as TOML does."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    return str(value) if isinstance(value, int | np.integer) else quoted(str(value))


def _listed(what: str, names: Iterable[str], where: str = "see the data") -> str:
    """List names in lines of a comment; those there is no room for are found elsewhere."""
    known = list(names)
    if not known:
        return f"# {what}: none here."
    more = f" and {len(known) - _MOST:,} more ({where})" if len(known) > _MOST else ""
    lines = textwrap.wrap(f"{what}: {', '.join(map(quoted, known[:_MOST]))}{more}.", _WIDTH - 2)
    return "\n".join(f"# {line}" for line in lines)
