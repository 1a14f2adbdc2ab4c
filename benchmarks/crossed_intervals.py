"""Claim: intervals over seeds and examples together cover the truth about 95 % of the time, also with 3 seeds.

    python benchmarks/crossed_intervals.py [--rounds 400]

Runs are drawn from populations whose truth is known: examples differ in how easily they flip, and every run flips more
or less than others do (the spread of seeds is a part of the rate itself). Beside the intervals of `crossed`, how
often its test rejects a ratio of 1 that is true, and what taking runs x examples as so many independent rows covers.
A single run is judged as that very model, so the truth is its own; there the two models have different true rates.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.special import expit, logit

from flipscope.flips.bootstrap import DRAWS
from flipscope.flips.crossed import Crossed, Runs, crossed
from flipscope.flips.intervals import wilson
from flipscope.flips.measures import Estimate

SPREAD = 2.5  # standard deviation of the examples, on the logit scale: most never flip, some nearly always
ALIKE = 0.8  # correlation of the examples between the two methods
_NODES = np.polynomial.hermite_e.hermegauss(80)
NODES, WEIGHTS = _NODES[0], _NODES[1] / _NODES[1].sum()


def mean_rate(centre: Any, seeds: float) -> Any:
    """Get the true rate over all examples and, with a spread, over all seeds."""
    return np.dot(expit(np.asarray(centre)[..., np.newaxis] + np.hypot(SPREAD, seeds) * NODES), WEIGHTS)


@dataclass(frozen=True)
class Population:
    """Two methods with the same true rate `nfr`; `seeds` is the standard deviation of a run, on the logit scale."""

    n: int
    runs: int
    nfr: float
    seeds: float

    @property
    def centre(self) -> float:
        """Find the logit of a middling example that gives the rate."""
        low, high = float(logit(self.nfr)) - 20, 0.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if mean_rate(middle, self.seeds) < self.nfr else (low, middle)
        return middle

    def draw(self, random: np.random.Generator) -> tuple[Runs, float, float]:
        """Draw runs of both methods; gives the true rate and log ratio beside them."""
        common, own = random.normal(size=self.n), random.normal(size=(2, self.n))
        examples = SPREAD * (np.sqrt(ALIKE) * common + np.sqrt(1 - ALIKE) * own)
        shifts = self.centre + self.seeds * random.normal(size=(2, self.runs))
        flips = random.random((2, self.runs, self.n)) < expit(examples[:, np.newaxis] + shifts[..., np.newaxis])
        true = mean_rate(shifts[:, 0], 0.0) if self.runs == 1 else np.full(2, self.nfr)
        return Runs(np.ones(self.n, bool), ~flips[0], ~flips[1]), float(true[0]), float(np.log(true[0] / true[1]))


def covers(estimate: Estimate, true: float) -> bool:
    return estimate.low is not None and estimate.high is not None and estimate.low <= true <= estimate.high


def judge(population: Population, rounds: int, random: np.random.Generator) -> list[float]:
    """Tell the shares of rounds: NFR covered, as if independent, ratio covered, ratio of 1 rejected; the seeds' sd."""
    told = []
    for _ in range(rounds):
        runs, nfr, log_ratio = population.draw(random)
        found: Crossed = crossed([runs], draws=DRAWS)
        low, high = wilson((~runs.right).sum(), runs.right.size)
        rejected = found.p_value.value is not None and found.p_value.value <= 0.05
        spread = float((~runs.right).mean(axis=1).std(ddof=1)) if population.runs > 1 else 0.0
        told.append(
            [covers(found.nfr, nfr), low <= nfr <= high, covers(found.nfr_ratio, np.exp(log_ratio)), rejected, spread]
        )
    return list(np.mean(told, axis=0))


def main() -> None:
    """Print a line for each population."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=400)
    rounds = parser.parse_args().rounds
    random = np.random.default_rng(1)
    print("runs      n   NFR  sd of runs   NFR covered  (as independent)  ratio covered  p <= .05 though ratio 1")
    for nfr, n, runs, seeds in product((0.02, 0.05), (872, 5000), (1, 3, 5), (0.15, 0.4)):
        if runs > 1 or seeds == 0.15:
            rate, independent, ratio, size, spread = judge(Population(n, runs, nfr, seeds), rounds, random)
            # The very models of single runs differ in truth, so that there is nothing to reject wrongly.
            wrong, sd = ("-", "-") if runs == 1 else (f"{size:.1%}", f"{spread:.2%}")
            line = (
                f"{runs:>4} {n:>6} {nfr:>5.0%} {sd:>11} {rate:>13.1%} {independent:>17.1%} {ratio:>14.1%} {wrong:>12}"
            )
            print(line, flush=True)


if __name__ == "__main__":
    main()
