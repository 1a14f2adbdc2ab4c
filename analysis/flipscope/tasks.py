"""Tasks: what the texts and labels of an evaluation set are called."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Task:
    """One classification task.

    Attributes
    ----------
    name : str
        The name people type and read, such as ``sst2``.
    text_a, text_b, label : tuple of str
        Column names accepted for each part, the preferred one first. ``text_b`` is empty for tasks on
        single texts.
    label_names : tuple of str
        Class names in the order of the data's label ids; empty when only the data or the models tell.
    pair : bool or None
        Whether an example has two texts; ``None`` when the data tell.
    """

    name: str
    text_a: tuple[str, ...]
    text_b: tuple[str, ...] = ()
    label: tuple[str, ...] = ("label", "labels", "gold", "gold_label", "target", "class")
    label_names: tuple[str, ...] = ()
    pair: bool | None = None


_SENTENCE_1 = ("sentence1", "#1 String", "text_a", "sentence_1")
_SENTENCE_2 = ("sentence2", "#2 String", "text_b", "sentence_2")

GLUE: dict[str, Task] = {
    task.name: task
    for task in (
        Task("cola", ("sentence", "text"), label_names=("unacceptable", "acceptable"), pair=False),
        Task("sst2", ("sentence", "text"), label_names=("negative", "positive"), pair=False),
        Task(
            "mrpc",
            _SENTENCE_1,
            _SENTENCE_2,
            ("label", "Quality"),
            ("not_equivalent", "equivalent"),
            pair=True,
        ),
        Task(
            "qqp",
            ("question1", *_SENTENCE_1),
            ("question2", *_SENTENCE_2),
            ("label", "is_duplicate"),
            ("not_duplicate", "duplicate"),
            pair=True,
        ),
        Task(
            "mnli",
            ("premise", *_SENTENCE_1),
            ("hypothesis", *_SENTENCE_2),
            ("label", "gold_label"),
            ("entailment", "neutral", "contradiction"),
            pair=True,
        ),
        Task(
            "qnli",
            ("question", "text_a"),
            ("sentence", "text_b"),
            label_names=("entailment", "not_entailment"),
            pair=True,
        ),
        Task(
            "rte",
            ("premise", *_SENTENCE_1),
            ("hypothesis", *_SENTENCE_2),
            label_names=("entailment", "not_entailment"),
            pair=True,
        ),
    )
}

# What people call these columns when a task is not one of the seven.
_ANY_TEXT_A = (
    "text_a", "text", "sentence", "sentence1", "premise", "question1", "question", "query", "review", "content",
)  # fmt: skip
_ANY_TEXT_B = ("text_b", "sentence2", "hypothesis", "question2", "answer", "passage")


def plain_name(name: str) -> str:
    """Return the form in which names of known tasks are compared: case, hyphens and underscores do not matter."""
    return name.lower().replace("-", "").replace("_", "")


def get_task(
    name: str,
    *,
    text: str | None = None,
    text_b: str | None = None,
    label: str | None = None,
    labels: tuple[str, ...] = (),
) -> Task:
    """Look a task up by name, or describe a user's own.

    Parameters
    ----------
    name : str
        One of the seven GLUE names (case and hyphens do not matter), or any other name.
    text, text_b, label : str, optional
        The columns to use, in place of the names known for the task.
    labels : tuple of str
        Class names in the order of the label ids, in place of the known ones.

    Returns
    -------
    Task
    """
    known = GLUE.get(plain_name(name))
    task = known or Task(name, _ANY_TEXT_A, _ANY_TEXT_B)
    if text:
        # Naming the first text alone says that there is no second one, except where the task is known to have it.
        single = text_b is None and known is None
        task = replace(task, text_a=(text,), text_b=() if single else task.text_b, pair=False if single else task.pair)
    if text_b:
        task = replace(task, text_b=(text_b,), pair=True)
    if label:
        task = replace(task, label=(label,))
    return replace(task, label_names=labels) if labels else task
