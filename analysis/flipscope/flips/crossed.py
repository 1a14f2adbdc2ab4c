"""Rates of several trainings on the same examples: seeds and examples are crossed, so both are resampled.

Taking runs x examples as so many independent rows would make intervals far too narrow: an example that one run flips
is mostly flipped by the others, too, and what a run does differently it does on many examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from flipscope.flips.bootstrap import COUNT_DRAWS, SEED, percentile_limits
from flipscope.flips.intervals import wilson
from flipscope.flips.measures import Estimate, Measure

_AT_ONCE = 2_000_000  # drawn counts held in memory: 16 MB
_SEED_DRAWS = 2000  # for how much seeds alone vary
_RATES = ("accuracy", "nfr", "pfr")
_STATISTICS = (*_RATES, "accuracy_delta", "nfr_ratio", "accuracy_gain")

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Runs:
    """Trainings of one method, and of what it is compared with, on one task.

    Attributes
    ----------
    old_right : bool array, shape (n,)
        Whether the old model is right.
    right : bool array, shape (runs, n)
        Whether each run of the method is right on the same examples.
    base_right : bool array, shape (base runs, n)
        The same of what it is compared with, mostly the conventional update. A side of one run is taken as that very
        model, so that its seed adds nothing.

    Raises
    ------
    ValueError
        If the examples are not the same, or a side has no run.
    """

    old_right: Bools
    right: Bools
    base_right: Bools

    def __post_init__(self) -> None:
        for side in self.sides:
            if side.ndim != 2 or len(side) == 0 or side.shape[1:] != self.old_right.shape:
                raise ValueError(f"{side.shape} is not runs x examples, for {self.old_right.shape} examples")

    @property
    def n(self) -> int:
        """The number of examples."""
        return len(self.old_right)

    @property
    def sides(self) -> tuple[Bools, Bools]:
        """The method and its base."""
        return self.right, self.base_right


@dataclass(frozen=True)
class Crossed:
    """What a method does, as means over its runs, and over the tasks if there are several.

    Attributes
    ----------
    accuracy, nfr, pfr, accuracy_delta : Estimate
        Against the old model; see `flipscope.flips.metrics`.
    nfr_ratio : Estimate
        NFR over that of the base, with half a flip added to both; of several tasks, that of the mean NFRs.
    accuracy_gain : Estimate
        Accuracy less that of the base.
    p_value : Measure
        Two-sided, of a ratio of 1.
    """

    accuracy: Estimate
    nfr: Estimate
    pfr: Estimate
    accuracy_delta: Estimate
    nfr_ratio: Estimate
    accuracy_gain: Estimate
    p_value: Measure


def crossed(tasks: Sequence[Runs], level: float = 0.95, draws: int = COUNT_DRAWS, seed: int = SEED) -> Crossed:
    """Estimate the rates of a method, and compare it with its base, over seeds and examples together.

    Parameters
    ----------
    tasks : sequence of Runs
        One, or several that count the same: rates are then means over tasks.
    level : float
        Two-sided confidence level.
    draws, seed : int
        Bootstrap draws and their seed.

    Returns
    -------
    Crossed
        All null with ``no_examples`` if a task has none. The ratio and its p-value are null with
        ``no_negative_flips`` when neither side has any.

    Notes
    -----
    Examples and runs are resampled independently of each other (the pigeonhole bootstrap, Owen 2007), in each task by
    itself. The same examples are drawn for both sides: that is what pairs them. Of S > 1 runs, S - 1 are drawn (Rao
    and Wu 1988), as S would make the variance among seeds too small by (S - 1) / S. Sides are not paired by seed,
    although the same seed gives the same order of examples: an ensemble has no seed of its own, a selection another
    one on every task, and where equal seeds go together this is only cautious.

    A few seeds tell little about how much seeds vary. So the draws, of which the limits are percentiles, are spread
    about the estimate as Student's t is compared with the normal distribution; the degrees of freedom come from the
    share that seeds have in the variance (Satterthwaite 1946). Measured by ``benchmarks/crossed_intervals.py``, 400
    rounds each, for NFRs of 2 % and 5 % on 872 and 5,000 examples: intervals of the ratio cover 93.5 % to 100 %, and
    the test rejects a true ratio of 1 in 0 % to 5.5 %. With 3 runs and seeds that vary far more than examples do,
    intervals of the NFR cover as little as 92.2 %; where seeds hardly vary they are too wide, up to 99.5 %.
    """
    if any(task.n == 0 for task in tasks):
        nothing = Estimate(None, None, None, "no_examples")
        return Crossed(**dict.fromkeys(_STATISTICS, nothing), p_value=Measure(None, "no_examples"))
    sizes = [task.n for task in tasks]
    tables = [_count_patterns(task) for task in tasks]
    observed = [[events @ counts / counts.sum() for events in sides] for counts, sides in tables]
    found = _statistics([[rates.mean(axis=1) for rates in sides] for sides in observed], sizes)
    random = np.random.default_rng(seed)
    drawn = _statistics([_draw(counts, sides, draws, random) for counts, sides in tables], sizes)
    freedom = _degrees_of_freedom(observed, sizes, drawn.var(axis=-1), random)
    drawn = np.stack([_as_students(*each) for each in zip(drawn, found, freedom, strict=True)])
    each = zip(_STATISTICS, found, drawn, strict=True)
    estimates = {key: _estimate(key, float(value), draws_of, sum(sizes), level) for key, value, draws_of in each}
    p_value = Measure(_two_sided(drawn[_STATISTICS.index("nfr_ratio")]))
    if not any(rates[1].any() for sides in observed for rates in sides):
        reason = "no_negative_flips"
        estimates["nfr_ratio"], p_value = Estimate(None, None, None, reason), Measure(None, reason)
    return Crossed(**estimates, p_value=p_value)


def _count_patterns(task: Runs) -> tuple[Counts, list[Floats]]:
    """Count the examples on which all models do the same: resampling can't tell them apart, and they are few.

    Returns
    -------
    counts : int array, shape (patterns,)
        Examples of each pattern.
    sides : list of array, each of shape (3, runs, patterns)
        For both sides, what each run does there: right, negative flip, positive flip.
    """
    answers = np.vstack([task.old_right, *task.sides])
    _, first, counts = np.unique(np.packbits(answers, axis=0).T, axis=0, return_index=True, return_counts=True)
    old = task.old_right[first]
    chosen = [side[:, first] for side in task.sides]
    return counts, [np.stack([new, old & ~new, ~old & new]).astype(float) for new in chosen]


def _draw(counts: Counts, sides: Sequence[Floats], draws: int, random: np.random.Generator) -> list[Floats]:
    """Resample examples and runs; gives for both sides the mean rates of each draw, shape (3, draws)."""
    n, at_once = counts.sum(), max(1, _AT_ONCE // len(counts))
    found = []
    for start in range(0, draws, at_once):
        weights = random.multinomial(n, counts / n, size=min(at_once, draws - start)).T / n
        found.append([_resample_runs(events @ weights, random) for events in sides])
    return [np.concatenate(parts, axis=-1) for parts in zip(*found, strict=True)]


def _resample_runs(rates: Floats, random: np.random.Generator) -> Floats:
    """Average the rates of S - 1 runs drawn out of S; shape (3, S, draws) to (3, draws)."""
    runs, draws = rates.shape[1:]
    if runs == 1:
        return rates[:, 0]
    weights = random.multinomial(runs - 1, np.full(runs, 1 / runs), size=draws).T / (runs - 1)
    return np.einsum("esd,sd->ed", rates, weights)


def _statistics(tasks: Sequence[Sequence[Floats]], sizes: Sequence[int]) -> Floats:
    """Compute all statistics, shape (6, ...), from the rates of both sides on each task, each (3, ...)."""
    (accuracy, nfr, pfr), (base, _, _) = (sum(side) / len(tasks) for side in zip(*tasks, strict=True))
    flips, base_flips = (sum(sides[i][1] + 0.5 / n for sides, n in zip(tasks, sizes, strict=True)) for i in range(2))
    log_ratio = np.log(flips / base_flips)
    return np.stack(np.broadcast_arrays(accuracy, nfr, pfr, pfr - nfr, log_ratio, accuracy - base))


def _degrees_of_freedom(
    observed: Sequence[Sequence[Floats]], sizes: Sequence[int], variance: Floats, random: np.random.Generator
) -> Floats:
    """Approximate the degrees of freedom of each statistic's variance, infinite where no seed varies (Satterthwaite).

    The variance that runs of one side of one task add has one less than there are runs; what examples add is taken as
    known.
    """
    means = [[rates.mean(axis=1)[:, np.newaxis] for rates in sides] for sides in observed]
    total = np.zeros(len(variance))
    for task, sides in enumerate(observed):
        for side, rates in enumerate(sides):
            if (runs := rates.shape[1]) > 1:
                changed = [list(each) for each in means]
                every = np.repeat(rates[:, :, np.newaxis], _SEED_DRAWS, axis=-1)
                changed[task][side] = _resample_runs(every, random)
                total += _statistics(changed, sizes).var(axis=-1) ** 2 / (runs - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, np.maximum(variance**2 / total, 1), np.inf)


def _as_students(drawn: Floats, found: float, freedom: float) -> Floats:
    """Spread draws about the estimate as Student's t is spread against the normal distribution; sorts them."""
    if not np.isfinite(freedom):
        return np.sort(drawn)
    tails = (np.arange(len(drawn)) + 0.5) / len(drawn)
    with np.errstate(invalid="ignore"):
        wider = np.nan_to_num(stdtrit(freedom, tails) / ndtri(tails), nan=1.0)
    return found + wider * (np.sort(drawn) - found)


def _estimate(key: str, found: float, drawn: Floats, n: int, level: float) -> Estimate:
    low, high = percentile_limits(drawn, level)
    if key in _RATES:
        # Without any flip no draw has one.
        low, high = np.clip(wilson(found * n, n, level) if np.isnan(low) else (low, high), 0, 1)
    elif np.isnan(low):
        return Estimate(_shown(key, found), None, None, "no_variation")
    return Estimate(_shown(key, found), _shown(key, low), _shown(key, high))


def _shown(key: str, value: float) -> float:
    return float(np.exp(value) if key == "nfr_ratio" else value)


def _two_sided(drawn: Floats) -> float:
    """Compute the bootstrap p-value of 0: the level at which the interval would end there."""
    fewer = min(np.sum(drawn <= 0), np.sum(drawn >= 0))
    return float(min(1.0, 2 * (fewer + 1) / (len(drawn) + 1)))
