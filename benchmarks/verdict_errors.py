"""Claim: an update whose true NFR is exactly at the budget passes at most alpha = 5 % of the time, clustered or not.

    python benchmarks/verdict_errors.py [--rounds 300] [--quick]

Examples are drawn from populations whose truth is known, and flipscope's own verdict judges each draw; only its
counting of a comparison folder is left out, and checked at the end on folders. Beside it, on the same draws, what is
usually done. "OVER": the share that passes is above alpha beyond chance (99 % Wilson); then the exit status is 1.
Power (true rate below the budget) is told without a judgement.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np
from scipy.special import bdtr, ndtr, ndtri
from verdicts_on_counts import Arrays, check, clusters, judging, passes, same_on_folders, singles

from flipscope.flips.bootstrap import DRAWS, cluster_deff
from flipscope.flips.bounds import n_for_mean
from flipscope.flips.intervals import clopper_pearson_upper, wilson
from flipscope.flips.power import most_flips, n_for_budget, n_for_budget_normal
from flipscope.flips.significance import mcnemar_worse
from flipscope.judge.noise_floor import Floor
from flipscope.judge.tallies import Tally

ALPHA = 0.05
TEMPLATE = 50  # examples of a cluster
CHEAP_ROUNDS = 25  # times as many where only counts are drawn, and each count is judged once


# The table


class Table:
    """Prints lines as they are found, and counts those that are over."""

    def __init__(self) -> None:
        self.over = 0

    def title(self, title: str, *others: str) -> None:
        """Begin a table, with columns for other methods."""
        seconds = f"{time.process_time():.0f} s of CPU"
        print(f"\n{title}\n{_line(seconds, 'passes', '[99 % interval]', '', *others)}", flush=True)

    def line(self, what: str, passed: int, rounds: int, *others: str, judge: bool = True) -> None:
        """Print what share passed."""
        low, high = wilson(passed, rounds, 0.99)
        over = judge and low > ALPHA
        self.over += over
        verdict = ("OVER" if over else "ok") if judge else "-"
        print(_line(what, share(passed / rounds), f"[{share(low)}, {share(high)}]", verdict, *others), flush=True)


def _line(what: str, rate: str, interval: str, verdict: str, *others: str) -> str:
    return f"  {what:<52}{rate:>8}  {interval:<16}{verdict:<5}" + "".join(f"{other:>13}" for other in others)


def share(value: float) -> str:
    return f"{value:.1%}"


# Scenarios


def passing(flips: Arrays, n: int, limit: float, candidates: int = 1) -> Arrays:
    """Tell which of these numbers of negative flips among `n` examples that stand alone pass."""
    found, index = np.unique(flips, return_inverse=True)
    passed = [count_passes(int(count), n, limit, candidates) for count in found]
    return np.array(passed)[index].reshape(flips.shape)


@cache
def count_passes(flips: int, n: int, limit: float, candidates: int) -> bool:
    return passes(check(singles(n - flips, flips, 0, 0), limit), candidates=candidates)


def single_examples(table: Table, rounds: int) -> None:
    random = np.random.default_rng(1)
    table.title("Single examples, true NFR at the budget", "exact")
    for n in (408, 872, 5463):
        for limit in (0.01, 0.02, 0.03, 0.05):
            flips = random.binomial(n, limit, rounds * CHEAP_ROUNDS)
            passed = passing(flips, n, limit)
            most = most_flips(n, limit, ALPHA)
            exact = 0.0 if most is None else bdtr(most, n, limit)
            table.line(f"n {n:,}, budget {limit:.0%}", passed.sum(), len(flips), share(exact))


def accuracy(table: Table, rounds: int) -> None:
    rounds = rounds * 5
    random = np.random.default_rng(2)
    table.title("Single examples, accuracy down by exactly what is allowed (approximate by design: not counted)")
    for n, broke, mended in ((408, 0.04, 0.02), (872, 0.03, 0.02), (5463, 0.03, 0.02), (408, 0.01, 0.0)):
        cells = random.multinomial(n, [0.85 - broke, broke, mended, 0.15 - mended], rounds)
        found, counts = np.unique(cells, axis=0, return_counts=True)
        passed = np.array([passes(check(singles(*cell), mended - broke, "accuracy_delta")) for cell in found])
        what = f"n {n:,}, NFR {broke:.0%}, PFR {mended:.0%}"
        table.line(what, passed @ counts, rounds, judge=False)


def draw_clusters(random: np.random.Generator, rate: Arrays, correlation: float, sizes: Arrays) -> Arrays:
    """Draw the negative flips of clusters, beta-binomial with the intra-cluster correlation."""
    if correlation in (0, 1):
        return random.binomial(sizes, rate) if correlation == 0 else sizes * (random.random(len(sizes)) < rate)
    spread = (1 - correlation) / correlation
    return random.binomial(sizes, random.beta(rate * spread, (1 - rate) * spread, len(sizes)))


def bootstrap_or_deff(random: np.random.Generator, tally: Tally) -> float:
    """Larger of the percentile cluster bootstrap's bound and Clopper-Pearson's at the design effect."""
    drawn = random.multinomial(tally.units.sum(), tally.units / tally.units.sum(), size=DRAWS)
    bootstrap = np.quantile((drawn @ tally.negative) / (drawn @ tally.size), 1 - ALPHA)
    repeated = (np.repeat(counts, tally.units) for counts in (tally.negative, tally.size))
    deff = max(1.0, float(np.nan_to_num(cluster_deff(*repeated)[1], nan=1.0)))
    return max(bootstrap, float(clopper_pearson_upper(tally.broke / deff, tally.n / deff, ALPHA)))


def judge_clusters(rounds: int, limit: float, draw: Callable[[np.random.Generator], Tally]) -> Arrays:
    """Count how many draws pass: by flipscope, by Clopper-Pearson as if single, by bootstrap and design effect."""
    random, others = np.random.default_rng(3), np.random.default_rng(4)
    known: dict[bytes, tuple[bool, bool, bool]] = {}
    passed = np.zeros(3, dtype=int)
    for _ in range(rounds):
        tally = draw(random)
        if tally.broke > limit * tally.n:
            continue  # broken as observed, whatever the bound
        key = np.stack([tally.size, tally.negative, tally.units]).tobytes()
        if key not in known:
            ignoring = clopper_pearson_upper(tally.broke, tally.n, ALPHA)
            bounds = ignoring, bootstrap_or_deff(others, tally)
            known[key] = (passes(check(tally, limit)), *(bool(bound <= limit) for bound in bounds))
        passed += known[key]
    return passed


CLUSTER_COLUMNS = ("as if single", "boot/deff")


def equal_clusters(table: Table, rounds: int) -> None:
    table.title(f"Templates of {TEMPLATE}, true NFR at the budget", *CLUSTER_COLUMNS)
    for limit, numbers in ((0.05, (20, 60, 100, 200, 500)), (0.02, (100, 200, 500))):
        for number in numbers:
            for correlation in (0, 0.1, 0.3, 0.7, 1):
                sizes = np.full(number, TEMPLATE)

                def draw(random: Any, limit: float = limit, corr: float = correlation, sizes: Arrays = sizes) -> Tally:
                    return clusters(draw_clusters(random, limit, corr, sizes), sizes)

                ours, *others = judge_clusters(rounds, limit, draw)
                what = f"{number} templates, correlation {correlation}, budget {limit:.0%}"
                table.line(what, ours, rounds, *(share(other / rounds) for other in others))


def unequal_clusters(table: Table, rounds: int) -> None:
    rounds, limit = rounds // 2, 0.05
    table.title(f"Templates of unequal size, geometric with mean {TEMPLATE}, budget 5 %", *CLUSTER_COLUMNS)
    for number in (20, 60, 100):
        for correlation, larger_flip_more in ((0.1, False), (0.3, False), (0.3, True), (1, False)):

            def draw(
                random: Any, number: int = number, corr: float = correlation, more: bool = larger_flip_more
            ) -> Tally:
                sizes = random.geometric(1 / TEMPLATE, number)
                # An example is in a template of 2 * TEMPLATE - 1 on average.
                rate = limit * sizes / (2 * TEMPLATE - 1) if more else limit
                return clusters(draw_clusters(random, rate, corr, sizes), sizes)

            ours, *others = judge_clusters(rounds, limit, draw)
            what = f"{number} templates, correlation {correlation}{', larger flip more' * larger_flip_more}"
            table.line(what, ours, rounds, *(share(other / rounds) for other in others))


def power(table: Table, rounds: int) -> None:
    random = np.random.default_rng(5)
    table.title("Power: true NFR at half the budget, the number of examples that power of 80 % takes", "formula")
    for limit in (0.01, 0.02, 0.05):
        n = n_for_budget(limit / 2, limit)
        flips = random.binomial(n, limit / 2, rounds * CHEAP_ROUNDS)
        passed = passing(flips, n, limit)
        exact = bdtr(most_flips(n, limit, ALPHA), n, limit / 2)
        table.line(f"single examples, budget {limit:.0%}, n {n:,}", passed.sum(), len(flips), share(exact), judge=False)
    for correlation in (0.1, 0.3, 1):
        for limit in (0.02, 0.05):
            many = np.full(20_000, TEMPLATE)
            pilot = clusters(draw_clusters(random, limit / 2, correlation, many), many)
            n = n_for_mean(pilot.negative, pilot.size, pilot.units, most=1, limit=limit)
            assert n is not None
            sizes = np.full(-(-n // TEMPLATE), TEMPLATE)
            drawn = (clusters(draw_clusters(random, limit / 2, correlation, sizes), sizes) for _ in range(rounds // 2))
            passed = sum(passes(check(tally, limit)) for tally in drawn)
            what = f"{len(sizes):,} templates, correlation {correlation}, budget {limit:.0%}"
            table.line(what, passed, rounds // 2, share(0.8), judge=False)


def other_tests(table: Table, rounds: int) -> None:
    random = np.random.default_rng(6)
    table.title('The usual "not significantly less accurate, so ship it" on the same draws', "z-test", "McNemar")
    for n in (872, 5463):
        for limit in (0.02, 0.05):
            for times, gain in ((1, 0.0), (1, 0.01), (2, 0.0), (2, 0.01)):
                nfr = times * limit
                cells = random.multinomial(n, [0.88 - nfr, nfr, nfr + gain, 0.12 - nfr - gain], rounds * CHEAP_ROUNDS)
                kept, broke, mended, _ = cells.T
                ours = passing(broke, n, limit).sum()
                mcnemar = np.mean(mcnemar_worse(broke, mended) > ALPHA)
                z_test = np.mean(unpaired_p(kept + broke, kept + mended, n) > ALPHA)
                what = f"n {n:,}, budget {limit:.0%}, true NFR {nfr:.0%}, accuracy +{gain:.0%}"
                table.line(what, ours, len(cells), share(z_test), share(mcnemar))


def unpaired_p(old: Arrays, new: Arrays, n: int) -> Arrays:
    """One-sided p-value of "the new accuracy is lower" from two proportions, as if on different examples."""
    pooled = (old + new) / (2 * n)
    return ndtr((new - old) / n / np.sqrt(2 * pooled * (1 - pooled) / n))


def several(table: Table, rounds: int) -> None:
    random = np.random.default_rng(7)
    n, limit = 872, 0.05
    table.title(f"Several candidates, each with its true NFR at the budget: any passes (n {n}, 5 %)", "uncorrected")
    for candidates in (2, 5, 10):
        for shared in (0.0, 0.5):
            flips = np.array([shared_flips(random, n, candidates, limit, shared) for _ in range(rounds * 5)])
            ours = passing(flips, n, limit, candidates).any(axis=1)
            plain = passing(flips, n, limit).any(axis=1)  # each as if the only one
            what = f"{candidates} candidates, {'half' if shared else 'none'} of their flips in common"
            table.line(what, ours.sum(), len(flips), share(plain.mean()))
    table.title(f"Several tasks with a required limit each (n {n}, 5 %): all hold")
    for tasks, at_budget in ((2, 2), (5, 5), (5, 1)):
        flips = random.binomial(n, limit, (rounds * 5, tasks))
        flips[:, at_budget:] = 0
        found, counts = np.unique(np.sort(flips, axis=1), axis=0, return_counts=True)
        passed = [passes(*(check(singles(n - b, b, 0, 0), limit) for b in row)) for row in found]
        table.line(f"{tasks} tasks, {at_budget} at the budget, others without flips", passed @ counts, len(flips))


def shared_flips(random: np.random.Generator, n: int, candidates: int, rate: float, shared: float) -> Arrays:
    """Draw the flips of candidates on the same examples, a share of them on examples that all of them break."""
    hard = random.random(n) < rate * shared
    own = random.random((candidates, n)) < (rate - rate * shared) / (1 - rate * shared)
    return (own | hard).sum(axis=1)


def noise_floor(table: Table, rounds: int) -> None:
    rounds = rounds // 2
    floor, limit = 0.02, 0.01
    table.title(f"Beyond a noise floor of {floor:.0%}, true excess at the budget of 1 point", "at excess 0")
    for n in (872, 5463):
        for vary in (0.0, 0.2, 0.4):
            for repeats in (2, 3, 5):
                random = np.random.default_rng(8)
                passed, power = (
                    sum(noise_draw(random, n, floor, excess, repeats, vary, limit) for _ in range(rounds))
                    for excess in (limit, 0.0)
                )
                what = f"n {n:,}, {repeats} repeats, seeds vary by {vary:.0%}"
                table.line(what, passed, rounds, share(power / rounds))


def noise_draw(
    random: np.random.Generator, n: int, floor: float, excess: float, repeats: int, vary: float, limit: float
) -> bool:
    """Judge one candidate: another seed of the old recipe that breaks further examples at random."""
    tendency = random.beta(0.3, 0.3 * (1 - floor) / floor, n)  # the same examples flip again and again
    width = np.sqrt(np.log1p(vary**2))
    seeds = np.exp(random.normal(-(width**2) / 2, width, (repeats, 1)))
    new = 1 - (1 - tendency) * (1 - excess / (1 - floor))
    repeat_flips = (random.random((repeats, n)) < seeds * tendency).astype(np.int64)
    new_flips = (random.random(n) < new).astype(np.int64)
    broke = int(new_flips.sum())
    found = Floor(repeat_flips, new_flips, np.ones(n, dtype=np.int64))
    return passes(check(singles(n - broke, broke, 0, 0), limit, "excess_nfr", floor=found))


def costs(table: Table, rounds: int) -> None:
    random = np.random.default_rng(9)
    nfr = 0.03
    table.title(f"Cost: NFR {nfr:.0%}, some flips dearer than others, true mean cost at the budget", "mean + z se")
    for n in (872, 5463):
        for price, dear in ((10, 0.1), (100, 0.1), (100, 0.01)):
            limit = nfr * (1 - dear + price * dear)
            cells = random.multinomial(n, [1 - nfr, nfr * (1 - dear), nfr * dear], rounds * 2)
            found, counts = np.unique(cells, axis=0, return_counts=True)
            made = (singles(same, cheap, 0, 0, dearer, price) for same, cheap, dearer in found)
            passed = np.array([passes(check(tally, limit, "cost", dearest=price)) for tally in made])
            mean = (found[:, 1] + price * found[:, 2]) / n
            se = np.sqrt((found[:, 1] + price**2 * found[:, 2]) / n - mean**2) / np.sqrt(n)
            naive = mean + ndtri(1 - ALPHA) * se <= limit
            what = f"n {n:,}, {dear:.0%} of flips cost {price}"
            table.line(what, passed @ counts, len(cells), share(naive @ counts / len(cells)))


SCENARIOS: tuple[Callable[[Table, int], None], ...] = (
    single_examples, accuracy, equal_clusters, unequal_clusters, power, other_tests, several, noise_floor, costs
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300, help="draws of clusters; of others up to 25 times as many")
    parser.add_argument("--quick", action="store_true", help="50 rounds")
    parser.add_argument("--only", choices=[each.__name__ for each in SCENARIOS], nargs="*", help="some of the tables")
    options = parser.parse_args()
    table = Table()
    # How many examples would be needed is only told, and takes long to find.
    with patch.object(judging, "n_for_budget", n_for_budget_normal):
        for scenario in SCENARIOS:
            if options.only is None or scenario.__name__ in options.only:
                scenario(table, 50 if options.quick else options.rounds)
    same_on_folders()
    print(f"{time.process_time():.0f} s of CPU. Lines over alpha: {table.over}")
    sys.exit(1 if table.over else 0)


if __name__ == "__main__":
    main()
