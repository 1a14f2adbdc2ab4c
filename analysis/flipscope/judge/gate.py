"""The gate: which budget a comparison is judged by, what follows from the verdicts, and the same for pytest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flipscope.errors import FlipscopeError
from flipscope.judge.budget import Budget, kept_budget, only_nfr, read_budget

if TYPE_CHECKING:
    from flipscope.comparison import Comparison
    from flipscope.schema import CandidateResult, Verdict

#: Exit codes of ``flipscope gate``.
PASSED, FAILED, UNDECIDED = 0, 1, 3

_HOW = "Give --max-nfr 0.02, or --budget FILE (flipscope budget init writes one)"


def given_budget(budget: Budget | str | Path | None = None, max_nfr: float | None = None) -> Budget | None:
    """Get the budget that is asked for: of a file, or only an NFR, or both; None when neither is.

    Raises
    ------
    FlipscopeError
        When it can't be read, or the NFR is no fraction of 1.
    """
    if budget is None:
        return None if max_nfr is None else only_nfr(max_nfr)
    found = budget if isinstance(budget, Budget) else read_budget(budget)
    return found if max_nfr is None else found.model_copy(update={"max_nfr": only_nfr(max_nfr).max_nfr})


def choose_budget(
    comparison: Comparison, budget: Budget | str | Path | None = None, max_nfr: float | None = None
) -> Budget:
    """Get the budget that is asked for, as `given_budget`; else the one kept with the comparison.

    Raises
    ------
    FlipscopeError
        When none is asked for and none is kept, or it can't be read.
    """
    if given := given_budget(budget, max_nfr):
        return given
    if comparison.manifest.budget is None:
        raise FlipscopeError("there is no budget to judge by", where=comparison.path, do=_HOW)
    return kept_budget(comparison.manifest.budget, where=str(comparison.path))


def judge_by(
    comparison: Comparison,
    budget: Budget | str | Path | None = None,
    max_nfr: float | None = None,
    noise_floor: Sequence[Comparison | str | Path] = (),
) -> Comparison:
    """Judge a comparison by the budget that is asked for, beyond the noise floor of other comparisons; writes nothing.

    Raises
    ------
    FlipscopeError
        When there is no budget, or it or the noise floor can't be read or does not fit the comparison.
    """
    from flipscope.judge.verdict import judged

    wanted = choose_budget(comparison, budget, max_nfr)
    with about_file(budget):
        return judged(comparison, wanted, [_opened(each) for each in noise_floor])


@contextmanager
def about_file(budget: Budget | str | Path | None) -> Iterator[None]:
    """Say of what is wrong with a part of a budget which file that is in, where it is one."""
    try:
        yield
    except FlipscopeError as error:
        if isinstance(budget, str | Path) and (error.where or "").startswith("["):
            raise FlipscopeError(error.what, where=f"{budget}: {error.where}", do=error.do) from error
        raise


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """Tell what the gate ends with: `FAILED` if any candidate is held back, else `UNDECIDED` if any lacks data."""
    decisions = {verdict.decision for verdict in verdicts}
    if "hold" in decisions:
        return FAILED
    return UNDECIDED if "not_enough_data" in decisions else PASSED


def chosen(comparison: Comparison, candidate: str | None = None) -> list[CandidateResult]:
    """Get the candidates that are asked about: one, or all.

    Raises
    ------
    FlipscopeError
        When there is no such candidate.
    """
    return comparison.results.candidates if candidate is None else [comparison.candidate(candidate)]


def keep(comparison: Comparison) -> Comparison:
    """Keep the verdicts and the budget of a judged comparison in its folder, and open it again.

    Raises
    ------
    FlipscopeError
        When somebody else is writing the folder, or wrote it since it was opened.
    """
    from flipscope.comparison import open_comparison
    from flipscope.store.writing import rewrite_manifest, writing

    with writing(comparison.path):
        comparison.check_unchanged()
        rewrite_manifest(comparison.path, comparison.manifest)
        return open_comparison(comparison.path)


def assert_no_regression(
    comparison: Comparison | str | Path | None = None,
    *,
    budget: Budget | str | Path | None = None,
    max_nfr: float | None = None,
    noise_floor: Sequence[Comparison | str | Path] = (),
    candidate: str | None = None,
    **compared: Any,
) -> Comparison:
    """Fail a test when a candidate breaks more than a budget allows, or there is too little data to tell.

    Parameters
    ----------
    comparison : Comparison, str or Path, optional
        A comparison or its folder. Without it one is made of the other arguments.
    budget : Budget, str or Path, optional
        What a candidate may break, or the file that says so; by default what is kept with the comparison.
    max_nfr : float, optional
        Largest negative flip rate of every task, a fraction of 1; with a budget, in the place of its own at the top.
    noise_floor : sequence of Comparison, str or Path
        The old model against other seeds of its own recipe, on the same examples.
    candidate : str, optional
        Only this candidate; by default all must pass.
    **compared
        The arguments of `flipscope.compare`: ``old``, ``new``, ``data``, ``task`` and so on.

    Returns
    -------
    Comparison
        With its verdicts.

    Raises
    ------
    AssertionError
        When a candidate does not pass; the message has the verdict in a sentence, and a table of the reasons.
    FlipscopeError
        When an input can't be read or does not fit.

    Examples
    --------
    >>> import flipscope
    >>> flipscope.assert_no_regression("v1-v2", max_nfr=0.02)  # doctest: +SKIP
    """
    __tracebackhide__ = True
    wanted = given_budget(budget, max_nfr)
    floor = [_opened(each) for each in noise_floor]
    opened = _compared(compared, wanted) if comparison is None else _only_opened(comparison, compared)
    with about_file(budget):
        result = judge_by(opened, wanted, noise_floor=floor)
    verdicts = {each.name: each.verdict for each in chosen(result, candidate) if each.verdict}
    failed = {name: verdict for name, verdict in verdicts.items() if exit_code([verdict]) != PASSED}
    if failed:
        from flipscope.terminal_verdict import verdict_text

        raise AssertionError("\n\n".join(verdict_text(result, *each) for each in failed.items()))
    return result


def _compared(arguments: dict[str, Any], budget: Budget | None) -> Comparison:
    from flipscope.pipeline import compare

    if missing := [name for name in ("old", "new") if name not in arguments]:
        raise FlipscopeError(
            f"{' and '.join(missing)} missing", do="Give a comparison, or the arguments of flipscope.compare"
        )
    if budget is None:
        raise FlipscopeError("there is no budget to judge by", do="Give max_nfr=0.02, or budget= a file")
    return compare(**arguments)


def _only_opened(comparison: Comparison | str | Path, others: dict[str, Any]) -> Comparison:
    if others:
        raise FlipscopeError(
            f"{', '.join(others)} can't be given with a comparison", do="Give a comparison, or what to compare"
        )
    return _opened(comparison)


def _opened(comparison: Comparison | str | Path) -> Comparison:
    from flipscope.comparison import open_comparison

    return open_comparison(comparison) if isinstance(comparison, str | Path) else comparison
