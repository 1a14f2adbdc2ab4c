"""Runs models on the inputs of a suite, and pairs what they answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from flipscope.behaviors.answers import Answers
from flipscope.behaviors.classes import Classes, UnknownClass
from flipscope.behaviors.evaluate import evaluate
from flipscope.behaviors.paired import PairedTest, pair_tests
from flipscope.behaviors.resolve import open_suite
from flipscope.behaviors.suite import Suite, Test
from flipscope.data import OLD, Examples, Predictions
from flipscope.errors import FlipscopeError
from flipscope.flips.pairing import matrix
from flipscope.open.labels import check_distinct, is_generic
from flipscope.open.predictions import PredictionFile
from flipscope.predict.runner import Predictor, Settings
from flipscope.progress import Progress
from flipscope.sources import Source, answer


@dataclass(frozen=True)
class BehaviorData:
    """One suite with the answers of all models.

    Attributes
    ----------
    suite : Suite
        The tests.
    answers : mapping of str to Answers
        By model name: ``old`` and every candidate.
    """

    suite: Suite
    answers: Mapping[str, Answers]

    @cached_property
    def pairs(self) -> dict[str, list[PairedTest]]:
        """Every test under the old model and each candidate, by candidate name."""
        results = {name: evaluate(self.suite, answers) for name, answers in self.answers.items()}
        return {name: pair_tests(results[OLD], results[name]) for name in self.answers if name != OLD}


def open_suites(
    names: Sequence[str], task: str, label_names: tuple[str, ...], pairs: bool | None, aliases: Mapping[str, str]
) -> list[Suite]:
    """Open suites by what the user typed, and check that they fit a task; parameters as in `check_suite`."""
    suites = [open_suite(name, task=task, labels=label_names, pairs=pairs) for name in names]
    return check_suites(suites, label_names, pairs=pairs, aliases=aliases)


def check_suites(
    suites: Sequence[Suite], label_names: tuple[str, ...], *, pairs: bool | None, aliases: Mapping[str, str]
) -> list[Suite]:
    """Check several suites as `check_suite` does, and that their names tell them apart."""
    names = [suite.name for suite in suites]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise FlipscopeError(f"two suites are called {twice!r}", where="--suite", do="Name each suite once")
    return [check_suite(suite, label_names, pairs=pairs, aliases=aliases) for suite in suites]


def check_suite(suite: Suite, label_names: tuple[str, ...], *, pairs: bool | None, aliases: Mapping[str, str]) -> Suite:
    """Refuse a suite that does not fit a task's inputs or classes at all.

    Parameters
    ----------
    suite : Suite
        The suite.
    label_names : tuple of str
        The task's classes.
    pairs : bool or None
        Whether its inputs are pairs of texts; None when that isn't known.
    aliases : mapping of str to str
        What the user said that names mean.

    Returns
    -------
    Suite
        With the user's aliases among its own, and notes on classes that the task does not have, or that are numbers.

    Raises
    ------
    FlipscopeError
        When it has no tests, names two classes alike, holds pairs and the task single texts, or the other way round; or
        shares no class with the task.
    """
    if not suite.tests:
        raise FlipscopeError("the suite has no tests", where=suite.source or suite.name)
    check_distinct(suite.labels, suite.source or suite.name)
    if pairs is not None and pairs != suite.pairs:
        have, want = ("pairs of texts", "single texts") if suite.pairs else ("single texts", "pairs of texts")
        raise FlipscopeError(
            f"the suite has {have}, and the task {want}", where=suite.source, do="Choose a suite for this kind of task"
        )
    suite = replace(suite, label_aliases={**suite.label_aliases, **aliases})
    classes = Classes(suite.labels, label_names, suite.label_aliases)
    missing = [name for name in suite.labels if not _is_known(classes, name)]
    if missing and len(missing) == len(suite.labels):
        raise FlipscopeError(
            f"its classes are {', '.join(suite.labels)}, but the task's are {', '.join(label_names)}",
            where=suite.source,
            do=f"Say which is which, such as --alias {missing[0]}={label_names[0]}, or name the task's with --labels",
        )
    notes = list(suite.notes)
    if missing:
        notes.append(f"{', '.join(missing)}: not among the task's classes, so tests that need it are not evaluated")
    elif suite.labels and is_generic(suite.labels) and not is_generic(label_names):
        meanings = ", ".join(f"{name} is {label_names[classes.code(name)]}" for name in suite.labels)
        notes.append(f"its classes are numbers and were taken in the task's order: {meanings}")
    return replace(suite, notes=tuple(notes))


def _is_known(classes: Classes, name: str) -> bool:
    try:
        classes.code(name)
    except UnknownClass:
        return False
    return True


def described(suite: Suite) -> str:
    """Tell how large a suite is."""
    return f"{len(suite.tests):,} tests, {suite.cases:,} cases, {suite.examples:,} inputs"


def first_cases(suite: Suite, limit: int | None) -> Suite:
    """Keep the first cases of every test, for a quick look."""
    if limit is None:
        return suite
    if limit < 1:
        raise FlipscopeError(f"can't keep {limit} cases of every test", where="--limit", do="Keep at least 1")
    if all(test.cases <= limit for test in suite.tests):
        return suite
    tests = [_first_cases(test, limit) for test in suite.tests]
    return replace(suite, tests=tuple(tests), notes=(*suite.notes, f"only the first {limit:,} cases of every test"))


def _first_cases(test: Test, limit: int) -> Test:
    starts = test.starts[: limit + 1]
    end = int(starts[-1])
    return replace(
        test,
        starts=starts,
        case_ids=test.case_ids[:limit],
        clusters=test.clusters[:limit],
        text_a=test.text_a[:end],
        text_b=test.text_b[:end],
        labels=test.labels[:end],
        allowed=test.allowed and test.allowed[:end],
        substitutions=test.substitutions and test.substitutions[:end],
        sampled_from=test.sampled_from or test.cases,
    )


def answer_suite(
    suite: Suite,
    task: str,
    label_names: tuple[str, ...],
    sources: Mapping[str, Source],
    aliases: Mapping[str, str],
    settings: Settings,
    progress: Progress,
    new_classes: Mapping[str, tuple[str, ...]] | None = None,
) -> dict[str, Predictions]:
    """Have every model answer the inputs of a suite; distinct inputs are run once, and remembered.

    `new_classes` are those that a model does not know, by its name.

    Raises
    ------
    FlipscopeError
        When a table of predictions does not have them all, or a model can't be run.
    """
    predictor = Predictor(suite_examples(suite, task, label_names), settings, progress)
    # Tables first: what does not fit in them should show before minutes are spent on running a model.
    order = sorted(sources, key=lambda name: not isinstance(sources[name], PredictionFile))
    found = {}
    for name in order:
        found[name] = answer(sources[name], name, predictor, aliases, (new_classes or {}).get(name, ()))
        _refuse_incomplete(found[name], suite)
    return {name: found[name] for name in sources}


def suite_examples(suite: Suite, task: str, label_names: tuple[str, ...]) -> Examples:
    """Turn a suite's inputs into an evaluation set without gold labels; ids are their numbers, from 0."""
    text_a = [text for test in suite.tests for text in test.text_a]
    text_b = [text for test in suite.tests for text in test.text_b]
    count = len(text_a)
    table = pa.table(
        {
            "example_id": pa.array([str(number) for number in range(count)], pa.string()),
            "text_a": pa.array(text_a, pa.string()),
            "text_b": pa.array(text_b, pa.string()),
            "label": pa.nulls(count, pa.string()),
        }
    )
    return Examples(task, table, label_names, "id", suite.source, suite.digest)


def _refuse_incomplete(predictions: Predictions, suite: Suite) -> None:
    table = predictions.table
    if len(table) != suite.examples:
        raise FlipscopeError(
            f"{suite.examples - len(table):,} of the {suite.examples:,} inputs of {suite.name} have no prediction",
            where=predictions.source,
            do="Predict all of them: flipscope suites inputs writes them to a file",
        )
    if table["pred"].null_count:
        raise FlipscopeError("a row has no prediction", where=predictions.source, do="Predict all inputs of the suite")


def answers_of(predictions: Predictions) -> Answers:
    """Turn predictions for all of a suite's inputs, as `answer_suite` gives them, into answers."""
    table = predictions.table
    position = {name: code for code, name in enumerate(predictions.label_names)}
    encoded = table["pred"].combine_chunks().dictionary_encode()
    codes = np.array([position[name] for name in encoded.dictionary.to_pylist()], dtype=np.int64)
    pred = codes[encoded.indices.to_numpy()] if len(codes) else np.zeros(0, np.int64)
    known = "probabilities" in table.column_names
    confidence = matrix(table["probabilities"]) if known else np.ones(len(pred))
    return Answers(pred, predictions.label_names, confidence)
