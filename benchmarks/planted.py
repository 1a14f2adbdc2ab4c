"""Made-up comparisons with planted slices, for the benchmark of the search for slices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flipscope.data import Examples, Predictions
from flipscope.store.folder import write_comparison
from flipscope.store.tables import TaskData

BASE, RAISED = 0.025, 0.2  # NFR outside and inside of a planted slice
SHARE = (0.01, 0.08)  # of the examples that are in one
LABELS = ("negative", "positive")
_CATEGORIES, _NUMBERS, _FLAGS = 0.55, 0.3, 0.15  # of the columns


@dataclass(frozen=True)
class Data:
    """Columns, texts as numbers of words (0 for none), and names of the words."""

    columns: dict[str, NDArray]
    texts: NDArray[np.int32]
    words: NDArray[np.str_]


@dataclass(frozen=True)
class Slice:
    """A planted slice in words, and who is in it."""

    words: str
    conditions: int
    rows: NDArray[np.bool_]


def make_data(random: np.random.Generator, rows: int, columns: int, words: int) -> Data:
    """Make columns of categories (2 to 20 of unequal size), numbers and flags, and texts of 6 to 16 words."""
    made: dict[str, NDArray] = {}
    for number in range(columns):
        kind = number / columns
        if kind < _CATEGORIES:
            size = int(random.integers(2, 21))
            made[f"category_{number}"] = random.choice(size, rows, p=random.dirichlet(np.full(size, 3.0)))
        elif kind < _CATEGORIES + _NUMBERS:
            made[f"number_{number}"] = np.round(random.lognormal(3, 1, rows), 2)
        else:
            made[f"flag_{number}"] = random.random(rows) < random.uniform(0.1, 0.5)
    if not words:
        return Data(made, np.zeros((rows, 0), dtype=np.int32), np.array([], dtype=str))
    frequency = 1 / (np.arange(words) + 10)
    texts = random.choice(words, (rows, 16), p=frequency / frequency.sum()).astype(np.int32) + 1
    texts[np.arange(16) >= random.integers(6, 17, rows)[:, None]] = 0
    return Data(made, texts, np.array([f"w{number}" for number in range(1, words + 1)]))


def plant(random: np.random.Generator, data: Data, number: int) -> list[Slice]:
    """Draw slices of one to three conditions that hardly overlap."""
    planted: list[Slice] = []
    sizes = random.integers(1, 4, size=number)  # drawn first: long rules are harder to place, and would be rarer
    while len(planted) < number:
        conditions = int(sizes[len(planted)])
        drawn = [_condition(random, data) for _ in range(conditions)]
        rows = np.logical_and.reduce([members for _, _, members in drawn])
        apart = len({about for about, _, _ in drawn}) == conditions
        narrow = all(_worth_it(drawn, leave) for leave in range(conditions)) if conditions > 1 else True
        alone = all((rows & other.rows).sum() < 0.1 * rows.sum() for other in planted)
        if apart and narrow and alone and SHARE[0] <= rows.mean() <= SHARE[1]:
            planted.append(Slice(" and ".join(words for _, words, _ in drawn), conditions, rows))
    return planted


def _worth_it(drawn: list[tuple[str, str, NDArray[np.bool_]]], leave: int) -> bool:
    """Tell whether a condition really narrows: without it there are at least 1.5 times as many rows."""
    without = np.logical_and.reduce([members for i, (_, _, members) in enumerate(drawn) if i != leave])
    return without.sum() >= 1.5 * (without & drawn[leave][2]).sum()


def _condition(random: np.random.Generator, data: Data) -> tuple[str, str, NDArray[np.bool_]]:
    """Draw a condition: what it is about, in words, and who meets it."""
    if len(data.words) and random.random() < 0.25:
        number = int(random.integers(1, 101))  # of the frequent ones: a rare one is in too few rows
        word = data.words[number - 1]
        return word, f"text has {str(word)!r}", (data.texts == number).any(axis=1)
    name = str(random.choice(list(data.columns)))
    values = data.columns[name]
    if name.startswith("number"):
        cut = np.quantile(values, random.uniform(0.1, 0.9))  # wherever: not where the search cuts
        if random.random() < 0.5:
            return name, f"{name} <= {cut:g}", values <= cut
        return name, f"{name} > {cut:g}", values > cut
    value = random.choice(np.unique(values))
    return name, f"{name} = {value}", values == value


def draw_flips(random: np.random.Generator, rows: int, planted: list[Slice]) -> NDArray[np.bool_]:
    """Draw who flips."""
    rate = np.full(rows, BASE)
    for each in planted:
        rate[each.rows] = RAISED
    return random.random(rows) < rate


def write(folder: Path, data: Data, flips: NDArray[np.bool_], seed: int) -> None:
    """Write a comparison in which just these examples flip negatively, and others at random positively."""
    random = np.random.default_rng(seed + 1_000_000)
    rows = len(flips)
    label = random.integers(2, size=rows)
    old_right = flips | (random.random(rows) < 0.85)
    new_right = ~flips & (old_right | (random.random(rows) < 0.4))
    ids = pa.array([f"e{i}" for i in range(rows)])
    table = {"example_id": ids, "text_a": _join(data), "text_b": pa.nulls(rows, pa.string())}
    table["label"] = pa.array(LABELS).take(pa.array(label))
    for name, values in data.columns.items():
        column = pa.array(values)
        table[name] = pc.binary_join_element_wise("v", column.cast(pa.string()), "") if "category" in name else column
    answers = {}
    for name, right in (("old", old_right), ("new", new_right)):
        pred = np.where(right, label, 1 - label)
        confidence = 0.5 + 0.5 * random.random(rows)
        scores = np.where(np.arange(2) == pred[:, None], confidence[:, None], 1 - confidence[:, None])
        columns = {
            "example_id": ids,
            "pred": pa.array(LABELS).take(pa.array(pred)),
            "probabilities": pa.FixedSizeListArray.from_arrays(pa.array(scores.ravel()), 2),
        }
        mark = ("a" if name == "old" else "b") * 64
        answers[name] = Predictions(name, mark, LABELS, pa.table(columns), "example_id", f"{name}.parquet")
    examples = Examples("planted", pa.table(table), LABELS, "example_id", "planted.parquet", f"{seed:064d}")
    write_comparison(folder, [TaskData(examples, answers)])


def _join(data: Data) -> pa.Array:
    rows = len(data.texts)
    if not len(data.words):
        return pa.nulls(rows, pa.string())
    present = data.texts > 0
    offsets = pa.array(np.concatenate([[0], np.cumsum(present.sum(axis=1))]).astype(np.int32))
    words = pa.array(data.words.tolist()).take(pa.array(data.texts[present] - 1))
    return pc.binary_join(pa.ListArray.from_arrays(offsets, words), " ")
