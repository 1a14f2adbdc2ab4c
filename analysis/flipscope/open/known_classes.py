"""Classes that came after the old model: it does not know them, and never answers with them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.open.labels import align_labels, normalise, rename, show_names


def known_classes(theirs: tuple[str, ...], names: tuple[str, ...], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """Find the classes of a task that a model can be asked about.

    Parameters
    ----------
    theirs : tuple of str
        The classes it answers with, in any order.
    names : tuple of str
        Those of the task.
    aliases : mapping of str to str
        What the model calls classes, to the task's names.

    Returns
    -------
    tuple of str
        Those that it knows where these are some of `names`; else all of `names`: the model's are the same, mere
        numbers, or others, which `align_labels` refuses.
    """
    forms = {normalise(str(name)) for name in rename(theirs, aliases)}
    known = tuple(name for name in names if normalise(name) in forms)
    return known if len(known) == len(forms) else names


def classes_of_outputs(
    theirs: tuple[str, ...], names: tuple[str, ...], *, who: str, aliases: Mapping[str, str]
) -> tuple[str, ...]:
    """Call the classes of a model as a task does, in the order of the model's outputs.

    Parameters
    ----------
    theirs, names, aliases
        As of `known_classes`.
    who : str
        Whose classes `theirs` are, for messages.

    Raises
    ------
    FlipscopeError
        When it has classes that the task does not have.
    """
    known = known_classes(theirs, names, aliases)
    order = align_labels(theirs, known, who=who, aliases=aliases)
    return tuple(known[order.index(output)] for output in range(len(theirs)))


def without_new(names: tuple[str, ...], new_classes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the classes of a task but for those that the old model does not know.

    Parameters
    ----------
    names : tuple of str
        All classes.
    new_classes : tuple of str
        Those that the old model does not know.

    Raises
    ------
    FlipscopeError
        When one of `new_classes` is no class, or fewer than two others are left.
    """
    if not new_classes:
        return names
    new, classes = {normalise(name) for name in new_classes}, {normalise(name) for name in names}
    if other := [name for name in new_classes if normalise(name) not in classes]:
        raise FlipscopeError(
            f"{show_names(other)}: not among the classes {show_names(names)}",
            where="--new-classes",
            do="Name classes as the data do, or all of them with --labels",
        )
    known = tuple(name for name in names if normalise(name) not in new)
    if len(known) < 2:
        raise FlipscopeError(
            f"of the classes {show_names(names)}, the old model would know {show_names(known) or 'none'}",
            where="--new-classes",
            do="Name only those that it does not know; at least two must be left",
        )
    return known


def refuse_known(
    have: tuple[str, ...], new_classes: tuple[str, ...], *, who: str, aliases: Mapping[str, str] | None = None
) -> None:
    """Refuse an old model that answers with a class that it is said not to know.

    Raises
    ------
    FlipscopeError
        When it does.
    """
    known = _forms(have, aliases)
    if both := [name for name in new_classes if normalise(name) in known]:
        raise FlipscopeError(
            f"it knows {show_names(both)}, which should be new to it", where=who,
            do=f"Leave {show_names(both)} out of --new-classes (new_classes in a spec)",
        )  # fmt: skip


def does_not_know(new_classes: tuple[str, ...]) -> str:
    """Say so, in the notes on a model."""
    return f"does not know: {show_names(new_classes)}"


def with_zeros(probabilities: np.ndarray, known: tuple[str, ...], names: tuple[str, ...]) -> np.ndarray:
    """Give probability 0 to classes that a model does not know.

    Parameters
    ----------
    probabilities : numpy.ndarray, shape (rows, known classes)
        In the order of `known`.
    known, names : tuple of str
        Classes of the model, and of the task, spelled alike.

    Returns
    -------
    numpy.ndarray of float64, shape (rows, classes)
        In the order of `names`.
    """
    whole = np.zeros((len(probabilities), len(names)))
    whole[:, [names.index(name) for name in known]] = probabilities
    return whole


def _forms(have: tuple[str, ...], aliases: Mapping[str, str] | None) -> set[str]:
    renamed = {normalise(other): normalise(name) for other, name in (aliases or {}).items()}
    return {renamed.get(normalise(name), normalise(name)) for name in have}
