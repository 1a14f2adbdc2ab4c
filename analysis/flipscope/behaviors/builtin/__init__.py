"""The suites that ship with flipscope: which there are, where they lie, and which task each is for."""

from __future__ import annotations

from pathlib import Path

#: The suites' names. Each has a source beside this file, from which `build` makes ``data/<name>.json``.
NAMES = ("sentiment", "acceptability", "paraphrase", "inference", "answers")

#: Which suite tests the models of a task.
BY_TASK = {
    "sst2": "sentiment",
    "sentiment": "sentiment",
    "cola": "acceptability",
    "acceptability": "acceptability",
    "mrpc": "paraphrase",
    "qqp": "paraphrase",
    "paraphrase": "paraphrase",
    "mnli": "inference",
    "rte": "inference",
    "inference": "inference",
    "entailment": "inference",
    "qnli": "answers",
}


def path_of(name: str) -> Path:
    """Return where the suite of this name lies.

    Raises
    ------
    KeyError
        When there is no such suite.
    """
    if name not in NAMES:
        raise KeyError(name)
    return Path(__file__).with_name("data") / f"{name}.json"
