"""The gate: which budget a comparison is judged by, what follows from the verdicts, and the same for pytest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flipscope.errors import FlipscopeError
from flipscope.judge.budget import Budget, make_budget, only_nfr, read_budget

if TYPE_CHECKING:
    from flipscope.comparison import Comparison
    from flipscope.schema import Verdict

#: Exit codes of ``flipscope gate``.
PASSED, FAILED, UNDECIDED = 0, 1, 3


def choose_budget(comparison: Comparison, file: str | Path | None = None, max_nfr: float | None = None) -> Budget:
    """Get the budget that is asked for: of a file, or only an NFR, or both; else the one kept with the comparison.

    Raises
    ------
    FlipscopeError
        When none is asked for and none is kept, or it can't be read.
    """
    if file is not None:
        budget = read_budget(file)
        return budget if max_nfr is None else budget.model_copy(update={"max_nfr": only_nfr(max_nfr).max_nfr})
    if max_nfr is not None:
        return only_nfr(max_nfr)
    if comparison.manifest.budget is None:
        raise FlipscopeError(
            "there is no budget to judge by",
            where=comparison.path,
            do="Give --max-nfr 0.02, or --budget FILE (flipscope budget init writes one)",
        )
    return make_budget(comparison.manifest.budget, where=str(comparison.path))


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """Tell what the gate ends with: `FAILED` if any candidate is held back, else `UNDECIDED` if any lacks data."""
    decisions = {verdict.decision for verdict in verdicts}
    if "hold" in decisions:
        return FAILED
    return UNDECIDED if "not_enough_data" in decisions else PASSED


def keep(comparison: Comparison) -> None:
    """Keep the verdicts and the budget of a judged comparison in its folder, for all who open it.

    Raises
    ------
    FlipscopeError
        When somebody else is writing the folder.
    """
    from flipscope.store.writing import rewrite_manifest

    rewrite_manifest(comparison.path, comparison.manifest)
