"""The behaviors of a comparison: figures by test and capability, and the test cases themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flipscope.errors import FlipscopeError
from flipscope.flips.outcome import OUTCOMES
from flipscope.schema import BehaviorCounts, CapabilityResult, flat
from flipscope.store.query import check_condition, check_unicode, one_of, quote, where_all

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison

#: Columns of the test cases that they can be chosen and counted by.
KEYS = ("task", "suite", "capability", "type", "test", "cluster")
_TEST_KEYS = ("task", "suite", "capability", "type")
_FIRST = "list_position(['negative_flip', 'positive_flip', 'both_wrong', 'both_correct'], outcome) NULLS LAST"
#: What cases can be sorted by, after their outcome; the most confident mistakes of the candidate first.
CASE_SORTS = {
    "severity": "list_max(list_transform(list_filter(inputs, lambda x: x.new_pass = false), lambda x: x.new_conf)) "
    "DESC NULLS LAST, case_row",
    "confidence": "list_max(list_transform(inputs, lambda x: x.new_conf)) DESC NULLS LAST, case_row",
    "id": "test, case_id, case_row",
}


class Behaviors:
    """What suites found out about the candidates of a comparison; made by `Comparison.behaviors`."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison

    def __bool__(self) -> bool:
        """Whether any suite was run."""
        return any(candidate.behaviors for candidate in self._comparison.results.candidates)

    def __repr__(self) -> str:
        lines = []
        for candidate in self._comparison.results.candidates:
            judged, broke, mended = (
                sum(getattr(each, name) for each in candidate.behaviors)
                for name in ("both_evaluated", "negative_flip", "positive_flip")
            )
            tests = f"{len(candidate.behaviors)} behavior tests"
            lines.append(f"{candidate.name}, {tests}: {broke:,} of {judged:,} cases broke, {mended:,} mended")
        return "\n".join(lines)

    def tests(self) -> pd.DataFrame:
        """Tell the figures of every test, one row per candidate and test, in the suites' order.

        Returns
        -------
        DataFrame
            The fields of `BehaviorResult`; an interval has its limits in ``_low`` and ``_high``.
        """
        return self._frame("behaviors")

    def capabilities(self) -> pd.DataFrame:
        """Tell the figures of every task x capability x type, one row per candidate and each of these.

        Returns
        -------
        DataFrame
            The fields of `CapabilityResult`; an interval has its limits in ``_low`` and ``_high``.
        """
        return self._frame("capabilities")

    def _frame(self, field: str) -> pd.DataFrame:
        import pandas as pd

        rows = [
            {"candidate": candidate.name, **flat(result)}
            for candidate in self._comparison.results.candidates
            for result in getattr(candidate, field)
        ]
        return pd.DataFrame(rows)

    def groups(self, by: str | Sequence[str]) -> pd.DataFrame:
        """Sum the tests' counts by any of ``task``, ``suite``, ``capability`` and ``type``, or several together.

        Returns
        -------
        DataFrame
            One row per candidate and group: ``tests``, all counts of `BehaviorCounts`, the rates of the summed
            counts (micro), and ``macro_old_fail_rate`` and ``macro_new_fail_rate``, the means of the tests' own.
        """
        self._check_any()
        keys = ["candidate", *_columns(by, _TEST_KEYS, "tests")]
        tests = self.tests().astype({"old_fail_rate": float, "new_fail_rate": float})
        counts = [name for name, field in BehaviorCounts.model_fields.items() if field.annotation is int]
        grouped = tests.groupby(keys, sort=False)
        sums = grouped[counts].sum()
        sums.insert(0, "tests", grouped.size())
        for side in ("old", "new"):
            sums[f"{side}_fail_rate"] = sums[f"{side}_fails"] / sums[f"{side}_evaluated"].where(lambda n: n > 0)
            sums[f"macro_{side}_fail_rate"] = grouped[f"{side}_fail_rate"].mean()
        judged = sums["both_evaluated"].where(lambda n: n > 0)
        return sums.assign(nfr=sums["negative_flip"] / judged, pfr=sums["positive_flip"] / judged).reset_index()

    def worst(self, candidate: str | None = None) -> CapabilityResult | None:
        """Find where a candidate broke most: the highest share of cases broken; None where none broke.

        A capability has to have at least 20 cases that both models have a result on.
        """
        results = self._comparison.candidate(candidate).capabilities
        broken = [each for each in results if each.negative_flip and each.both_evaluated >= 20]
        return max(broken, key=lambda each: each.nfr.value or 0.0, default=None)

    def by(self, column: str | Sequence[str], *, candidate: str | None = None) -> pd.DataFrame:
        """Judge groups of test cases: by any of `KEYS`, or several together.

        Returns
        -------
        DataFrame
            As `Comparison.by` gives it, over the cases both models have a result on; passing counts as right.
            ``by(["test", "cluster"])`` breaks tests down by template, where there are too few for an interval; it has a
            ``sample`` of each. Intervals take cases as independent.
        """
        from flipscope.flips.slices import judge_slices

        columns = _columns(column, KEYS, "cases")
        parts, params = one_of(self._known({"candidate": candidate}))
        condition = where_all([*parts, "outcome IS NOT NULL"])
        counts = ", ".join(f"count(*) FILTER (outcome = '{outcome}')::BIGINT AS {outcome}" for outcome in OUTCOMES)
        keys = ", ".join(quote(name) for name in dict.fromkeys(["candidate", "task", *columns]))
        sample = (
            ", any_value(inputs[1].text_a) AS sample" if "cluster" in columns else ""
        )  # shows what was the template
        judged = judge_slices(
            self._comparison.query(f"SELECT {keys}{sample}, {counts} FROM behaviors {condition} GROUP BY ALL", params)
        )
        order = judged.sort_values(["negative_flip", "n"], ascending=[False, True], kind="stable")
        order = order.reset_index(drop=True)
        order.attrs.update(judged.attrs)
        return order

    def cases(
        self,
        outcome: str | Sequence[str] | None = None,
        *,
        where: str | None = None,
        search: str | None = None,
        sort: str = "severity",
        limit: int | None = None,
        offset: int = 0,
        **keys: str | None,
    ) -> pd.DataFrame:
        """Get test cases with all their inputs and what both models answered; negative flips first.

        Parameters
        ----------
        outcome : str or sequence of str, optional
            Only these out of ``both_correct``, ``negative_flip``, ``positive_flip``, ``both_wrong``; a case that
            passes counts as right.
        where : str, optional
            A condition in SQL over the columns, such as ``old_result = 'not_applicable'``.
        search : str, optional
            Only cases with this in one of their texts; case does not matter.
        sort : str
            One of ``severity``, ``confidence``, ``id``.
        limit, offset : int
            How many rows, after skipping how many; all by default.
        **keys
            ``candidate``, or any of `KEYS`, such as ``test="typos"`` or ``capability="Negation"``.

        Returns
        -------
        DataFrame
            ``inputs`` is a list of dicts: texts, label, ``old_pred`` and ``new_pred``, their probabilities in
            ``old_conf`` and ``new_conf``, and whether each passes in ``old_pass`` and ``new_pass``.
        """
        condition, params = self._selection(outcome, where, search, keys)
        if sort not in CASE_SORTS:
            raise FlipscopeError(
                f"can't sort cases by {sort!r}", where="--sort", do=f"Choose from {', '.join(CASE_SORTS)}"
            )
        page = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
        order = f"{_FIRST}, {CASE_SORTS[sort]}{page}"
        frame = self._comparison.query(f"SELECT * FROM behaviors {condition} ORDER BY {order}", params)
        frame["inputs"] = [list(inputs) for inputs in frame["inputs"]]
        return frame

    def count(
        self,
        outcome: str | Sequence[str] | None = None,
        *,
        where: str | None = None,
        search: str | None = None,
        **keys: str | None,
    ) -> int:
        """Count the cases that `cases` would give without a limit."""
        condition, params = self._selection(outcome, where, search, keys)
        return int(self._comparison.query(f"SELECT count(*) AS n FROM behaviors {condition}", params)["n"][0])

    def _selection(
        self, outcome: str | Sequence[str] | None, where: str | None, search: str | None, keys: dict[str, str | None]
    ) -> tuple[str, list[object]]:
        check_unicode({"--where": where, "--search": search})
        outcomes = [outcome] if isinstance(outcome, str) else list(outcome or [])
        for name in outcomes:
            if name not in OUTCOMES:
                raise FlipscopeError(f"there is no outcome {name!r}", do=f"Choose from {', '.join(OUTCOMES)}")
        parts, params = one_of(self._known(keys) | {"outcome": outcomes or None})
        if search:
            parts.append(
                "len(list_filter(inputs, lambda x: contains(lower(concat(x.text_a, ' ', x.text_b)), lower(?)))) > 0"
            )
            params.append(search)
        if where:
            parts.append(check_condition(self._comparison.connection, where))
        return where_all(parts), params

    def _known(self, keys: dict[str, str | None]) -> dict[str, str | None]:
        """Refuse a test, capability, ... that no case has: else a slip of the pen looks like good news."""
        self._check_any()
        for column, value in keys.items():
            if column not in (*KEYS, "candidate"):
                raise FlipscopeError(f"cases have no column {column!r}", do=f"Choose from {', '.join(KEYS)}")
            if value is not None:
                self._check_value(column, value)
        return keys

    def _check_any(self) -> None:
        if not self:
            raise FlipscopeError(
                "no suite was run in this comparison",
                where=self._comparison.path,
                do="Run it with --suite, or use flipscope behaviors",
            )

    def _check_value(self, column: str, value: str) -> None:
        rows = self._comparison.query(f"SELECT DISTINCT {quote(column)} AS value FROM behaviors ORDER BY 1")
        known = [each for each in rows["value"] if isinstance(each, str)]
        if value not in known:
            listed = ", ".join(known[:40]) + (", ..." if len(known) > 40 else "")
            raise FlipscopeError(
                f"there is no {column} {value!r}", where=self._comparison.path, do=f"Choose from {listed}"
            )


def _columns(given: str | Sequence[str], known: Sequence[str], of: str) -> list[str]:
    columns = [given] if isinstance(given, str) else list(dict.fromkeys(given))
    for name in columns:
        if name not in known:
            raise FlipscopeError(f"{of} have no column {name!r}", do=f"Choose from {', '.join(known)}")
    return columns
