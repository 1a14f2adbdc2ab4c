"""Comparison: the object that the command line, the dashboard and notebooks present."""

from __future__ import annotations

import copy
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flipscope.behaviors.results import Behaviors
from flipscope.errors import FlipscopeError
from flipscope.flips.outcome import FLIPS, OUTCOMES
from flipscope.schema import CandidateResult, Manifest, Results, TaskInfo, TaskResult, flat
from flipscope.store.cost import columns_of
from flipscope.store.embeddings import CLUSTER, with_clusters
from flipscope.store.folder import MANIFEST
from flipscope.store.query import TABLES, check_condition, check_unicode, one_of, open_folder, query, quote, where_all
from flipscope.store.search import CONTAINS, TextSearch
from flipscope.store.tables import ANSWERS, FACT_COLUMNS
from flipscope.words import percent

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa


#: The folder of a study, which ``flipscope mitigate`` writes, holds its comparison under this name.
STUDY_COMPARISON = "comparison"
#: What else is in it: trained models, and the data they were trained, chosen and judged on.
STUDY_MODELS, STUDY_SPLITS = "models", "splits"
#: What examples can be sorted by; the most telling ones first.
SORTS = {
    "severity": "severity DESC NULLS LAST, row_id, candidate",
    "drop": "drop DESC NULLS LAST, row_id, candidate",
    "margin": "least(old_margin, new_margin) NULLS LAST, row_id, candidate",
    "confidence": "new_conf DESC NULLS LAST, row_id, candidate",
    "id": "example_id, row_id, candidate",
}
# Regressions are what people come for, so they lead where there are several outcomes.
_OUTCOME_ORDER = "list_position(['negative_flip', 'positive_flip', 'both_wrong', 'both_correct'], outcome)"
_WHOLE = "(SELECT facts.*, text_a, text_b FROM facts JOIN text USING (row_id))"
# Whatever may make a condition look at the texts; taken for such without need, it is only slower.
_ABOUT_TEXT = re.compile("text_[ab]|columns", re.IGNORECASE)


@dataclass(frozen=True)
class _Selection:
    """Rows that are asked for: of which table, on what condition; ids with a text searched for are in `found`.

    Whichever table it is, a condition may call it ``facts``.
    """

    source: str
    condition: str
    params: list[object]
    found: pa.Table | None


class Comparison:
    """An old model and its candidates on the same examples, read from a comparison folder.

    Parameters
    ----------
    path : str or Path
        A finished comparison folder.

    Attributes
    ----------
    path : Path
        The folder.
    manifest : Manifest
        All that is known of it; of a judged comparison also verdicts that are not written anywhere.
    kept : Manifest
        The manifest as it is in the folder.

    Raises
    ------
    FlipscopeError
        When the folder is not there, unfinished, or written by a newer version.

    Examples
    --------
    >>> import flipscope
    >>> comparison = flipscope.open_comparison("demo")  # doctest: +SKIP
    >>> comparison.summary()  # doctest: +SKIP
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._opened = _modified(self.path)
        self.manifest = self.kept = _read_manifest(self.path)
        self._alive: object = None
        self._variant = ""

    def keep(self, thing: object) -> None:
        """Keep `thing` alive as long as the comparison: its temporary folder goes when both are gone."""
        self._alive = thing

    @property
    def version(self) -> str:
        """What stands for just this content: the folder, when it was finished, to the nanosecond, and any verdict."""
        return f"{self.path.resolve()} {self._opened} {self._variant}".rstrip()

    def with_manifest(self, manifest: Manifest) -> Comparison:
        """Get the same comparison with another manifest, such as one with verdicts; nothing is written."""
        changed = copy.copy(self)
        changed.manifest = manifest
        changed._variant = hashlib.sha256(manifest.model_dump_json().encode()).hexdigest()
        return changed

    def check_unchanged(self) -> None:
        """Make sure that the folder still holds what was opened.

        Raises
        ------
        FlipscopeError
            When it was written anew or deleted since.
        """
        if _modified(self.path) != self._opened:
            raise FlipscopeError(
                "this comparison was written anew or deleted while it was open", where=self.path, do="Open it again"
            )

    @property
    def title(self) -> str:
        """What people call it: the name of its folder, or of the study that it lies in."""
        folder = self.path.resolve()
        of_study = self.manifest.study is not None and folder.name == STUDY_COMPARISON
        return (of_study and folder.parent.name) or folder.name

    @property
    def results(self) -> Results:
        """All figures, as the JSON contract holds them."""
        return self.manifest.results

    @property
    def tasks(self) -> list[str]:
        """Names of the tasks that have an evaluation set; there may be others that only suites were run for."""
        return [task.task for task in self.manifest.tasks if task.data is not None]

    @property
    def candidates(self) -> list[str]:
        """Names of the candidates."""
        return [candidate.name for candidate in self.results.candidates]

    @property
    def slice_columns(self) -> list[str]:
        """Metadata columns with few enough values to split the data by."""
        return self.manifest.slice_columns

    @property
    def capability_columns(self) -> list[str]:
        """Those of them that tell which capability an example is about: ``capability``, and taggers' ``has_...``."""
        return [name for name in self.slice_columns if name == "capability" or name.startswith("has_")]

    @cached_property
    def columns(self) -> list[str]:
        """All columns that examples have, the metadata last."""
        return list(self.query("SELECT * FROM facts LIMIT 0").columns) if self.tasks else []

    @property
    def meta_columns(self) -> list[str]:
        """Metadata columns of the examples, under their names in the folder."""
        return [name for name in self.columns if name not in FACT_COLUMNS]

    @property
    def behaviors(self) -> Behaviors:
        """What behavior suites found; false when none was run."""
        return Behaviors(self)

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The folder's tables as views of a read-only database."""
        tables = (TABLES if self.tasks else ()) + (("behaviors",) if self.behaviors else ())
        return open_folder(self.path, tables)

    @cached_property
    def _texts(self) -> TextSearch:
        return TextSearch(self.connection)

    def query(
        self, sql: str, params: Sequence[object] = (), tables: Mapping[str, pa.Table] | None = None
    ) -> pd.DataFrame:
        """Run SQL over the views ``facts``, ``flips``, ``text`` and ``cube``, and ``behaviors`` if suites were run.

        Parameters
        ----------
        sql : str
            One statement, with ``?`` in the place of each of `params`.
        params : sequence
            Values.
        tables : mapping of str to Table, optional
            More tables that it may read, by name.

        Raises
        ------
        FlipscopeError
            When DuckDB refuses it, it takes too long, or the folder was written anew or deleted since it was opened.
        """
        self.check_unchanged()
        return query(self.connection, sql, params, tables)

    def task_info(self, task: str) -> TaskInfo:
        """Get where a task's data and models came from."""
        known = [info.task for info in self.manifest.tasks]
        return self.manifest.tasks[known.index(self._known("task", task, known))]

    def candidate(self, name: str | None = None) -> CandidateResult:
        """Get all results of a candidate; of the first one when none is named."""
        return self.results.candidates[self.candidates.index(self._known("candidate", name, self.candidates))]

    def result(self, task: str | None = None, candidate: str | None = None) -> TaskResult:
        """Get all figures of one candidate on one task; the first of either when not named."""
        task = self._known("task", task, self.tasks)
        return next(result for result in self.candidate(candidate).tasks if result.task == task)

    def summary(self) -> pd.DataFrame:
        """Tell all figures, one row per candidate and task.

        Returns
        -------
        DataFrame
            Counts are integers, rates fractions of 1; an interval has its limits in ``_low`` and ``_high``.
        """
        import pandas as pd

        rows = []
        for candidate in self.results.candidates:
            for result in candidate.tasks:
                rows.append({"candidate": candidate.name, **flat(result, exclude={"left_out"})})
        return pd.DataFrame(rows)

    def flip_grid(self, task: str | None = None, candidate: str | None = None) -> pd.DataFrame:
        """Count the outcomes of a task as a two-by-two.

        Returns
        -------
        DataFrame
            Rows: old right, old wrong; columns: new right, new wrong; values: examples.
        """
        import pandas as pd

        result = self.result(task, candidate)
        cells = [[result.both_correct, result.negative_flip], [result.positive_flip, result.both_wrong]]
        return pd.DataFrame(cells, index=["old right", "old wrong"], columns=["new right", "new wrong"])

    def by(self, column: str | Sequence[str], *, task: str | None = None, candidate: str | None = None) -> pd.DataFrame:
        """Judge the slices that a column, or several together, split each task into.

        Parameters
        ----------
        column : str or sequence of str
            Metadata columns, or any of ``label``, ``old_pred``, ``new_pred``.
        task, candidate : str, optional
            Only this task or candidate.

        Returns
        -------
        DataFrame
            One row per candidate, task and slice: counts, rates with intervals, McNemar's mid-p with its
            Benjamini-Hochberg q-value over all slices tested; most negative flips first.
            ``attrs["tested"]`` is how many slices were tested.
        """
        from flipscope.flips.slices import judge_slices

        self._known("task", task, self.tasks)
        columns = [column] if isinstance(column, str) else list(column)
        for name in columns:
            self._known("column", name, [*self.meta_columns, *ANSWERS])
        source = "cube" if set(columns) <= set(self._cube_columns) else "facts"
        measure = "sum(n)" if source == "cube" else "count(*)"
        counts = ", ".join(
            f"coalesce({measure} FILTER (outcome = '{outcome}'), 0)::BIGINT AS {outcome}" for outcome in OUTCOMES
        )
        keys = ", ".join(quote(name) for name in dict.fromkeys(["candidate", "task", *columns]))
        parts, params = one_of(self._chosen(task, candidate))
        frame = self.query(f"SELECT {keys}, {counts} FROM {source} {where_all(parts)} GROUP BY ALL", params)
        judged = judge_slices(frame)
        order = judged.sort_values(["negative_flip", "n"], ascending=[False, True], kind="stable").reset_index(
            drop=True
        )
        order.attrs.update(judged.attrs)
        return order

    def examples(
        self,
        outcome: str | Sequence[str] | None = None,
        *,
        task: str | None = None,
        candidate: str | None = None,
        where: str | None = None,
        search: str | None = None,
        sort: str = "severity",
        limit: int | None = 100,
        offset: int = 0,
    ) -> pd.DataFrame:
        """Get examples with their texts, both answers and all metadata.

        Parameters
        ----------
        outcome : str or sequence of str, optional
            Only these out of ``both_correct``, ``negative_flip``, ``positive_flip``, ``both_wrong``.
            Without it, all. Of several, sorted by severity, negative flips come first.
        task, candidate : str, optional
            Only this task or candidate.
        where : str, optional
            A condition in SQL over the columns, such as ``old_conf > 0.9 AND source = 'web'``.
        search : str, optional
            Only examples with this in one of their texts; case does not matter.
        sort : str
            One of ``severity``, ``drop``, ``margin``, ``confidence``, ``id``.
        limit, offset : int
            How many rows, after skipping how many; ``limit=None`` for all.

        Returns
        -------
        DataFrame
        """
        chosen = self._selection(outcome, task, candidate, where, search)
        if sort not in SORTS:
            raise FlipscopeError(f"can't sort by {sort!r}", where="--sort", do=f"Choose from {', '.join(SORTS)}")
        several = outcome is None or (not isinstance(outcome, str) and len(set(outcome)) != 1)
        lead = f"{_OUTCOME_ORDER}, " if sort == "severity" and several else ""
        order = f"ORDER BY {lead}{SORTS[sort]}"
        page = "" if limit is None else f"LIMIT {int(limit)} OFFSET {int(offset)}"
        if chosen.source == "flips" or (limit is None and chosen.source in ("facts", _WHOLE)):
            source = _WHOLE if chosen.source == "facts" else chosen.source
            return self._read(chosen, f"SELECT * FROM {source} AS facts {chosen.condition} {order} {page}")
        # Which rows are on the page shows without most columns and without the texts: those are looked up afterwards.
        page = f"SELECT candidate, row_id FROM {chosen.source} AS facts {chosen.condition} {order} {page}"
        return self._read(
            chosen,
            f"WITH page AS MATERIALIZED ({page}) SELECT facts.*, text_a, text_b "
            f"FROM page JOIN facts USING (candidate, row_id) JOIN text USING (row_id) {order}",
        )

    def count(
        self,
        outcome: str | Sequence[str] | None = None,
        *,
        task: str | None = None,
        candidate: str | None = None,
        where: str | None = None,
        search: str | None = None,
    ) -> int:
        """Count the examples that `examples` would give without a limit."""
        chosen = self._selection(outcome, task, candidate, where, search)
        return int(self._read(chosen, f"SELECT count(*) AS n FROM {chosen.source} AS facts {chosen.condition}")["n"][0])

    def outcomes_where(
        self, where: str | None = None, *, task: str | None = None, candidate: str | None = None
    ) -> pd.DataFrame:
        """Count the outcomes of the examples that meet a condition.

        Parameters
        ----------
        where : str, optional
            A condition as `examples` takes it.
        task, candidate : str, optional
            Only this task or candidate.

        Returns
        -------
        DataFrame
            One row per candidate and task, all 0 where no example meets the condition: ``candidate``, ``task`` and
            the four outcomes.

        Raises
        ------
        FlipscopeError
            When there is no such task or candidate, or DuckDB refuses the condition.
        """
        import pandas as pd

        self._known("task", task, self.tasks)
        chosen = self._chosen(task, candidate)
        table, condition = self.rows_where(where)
        parts, params = one_of(chosen)
        keys = "candidate::VARCHAR AS candidate, task::VARCHAR AS task, outcome::VARCHAR AS outcome"
        sql = f"SELECT {keys}, count(*) AS n FROM {table} AS facts {where_all([*parts, *condition])} GROUP BY ALL"
        found = self.query(sql, params).set_index(["candidate", "task", "outcome"])["n"].to_dict()
        rows = [
            {"candidate": each.name, "task": result.task}
            | {outcome: int(found.get((each.name, result.task, outcome), 0)) for outcome in OUTCOMES}
            for each in self.results.candidates
            for result in each.tasks
            if chosen["candidate"] in (None, each.name) and chosen["task"] in (None, result.task)
        ]
        return pd.DataFrame(rows, columns=["candidate", "task", *OUTCOMES])

    def probabilities(self, row_id: int) -> pd.DataFrame:
        """Get the probabilities that each model gave the classes of one example.

        Parameters
        ----------
        row_id : int
            The example's number in this comparison.

        Returns
        -------
        DataFrame
            ``model`` (``old`` or a candidate), ``label``, ``probability``; no rows for a model that gave none.
        """
        import pandas as pd

        task = self.query("SELECT task FROM facts WHERE row_id = ? LIMIT 1", [row_id])["task"]
        parts = []
        for model, info in (self.task_info(task[0]).models if len(task) else {}).items():
            file = str(self.path.resolve() / "predictions" / f"{model}.parquet")
            sql = "SELECT probabilities FROM read_parquet(?) WHERE row_id = ? AND probabilities IS NOT NULL"
            for values in self.query(sql, [file, row_id])["probabilities"]:
                parts.append(pd.DataFrame({"model": model, "label": info.label_names, "probability": values}))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["model", "label", "probability"])

    def _selection(
        self,
        outcome: str | Sequence[str] | None,
        task: str | None,
        candidate: str | None,
        where: str | None,
        search: str | None,
    ) -> _Selection:
        """Write what is asked for in SQL, over the smallest table that can tell."""
        self._known("task", task, self.tasks)
        check_unicode({"--search": search})
        outcomes = [outcome] if isinstance(outcome, str) else list(outcome or [])
        for name in outcomes:
            self._known("outcome", name, OUTCOMES)
        parts, params = one_of(self._chosen(task, candidate) | {"outcome": outcomes or None})
        # The flips lie together with their texts in a small table of their own: most visits never leave it.
        only_flips = bool(outcomes) and set(outcomes) <= set(FLIPS)
        found = None
        if search and only_flips:
            parts.append(CONTAINS)
            params += [search, search]
        elif search:
            found = self._found(search, where_all(parts), params)
            parts.append("row_id IN (FROM found)")
        source, condition = self.rows_where(where, "flips" if only_flips else "facts")
        return _Selection(source, where_all([*parts, *condition]), params, found)

    def rows_where(self, where: str | None, table: str = "facts") -> tuple[str, list[str]]:
        """Check a condition that a person typed, and tell which table has all columns it may be about.

        Parameters
        ----------
        where : str or None
            The condition.
        table : {"facts", "flips"}
            The rows wanted.

        Returns
        -------
        table : str
            SQL, to be called ``facts``: that one as it is or, only where the condition may be about them, with texts
            and with clusters of embeddings.
        condition : list of str
            What to put in a WHERE; empty without a condition.

        Raises
        ------
        FlipscopeError
            When it is not a single condition, or about clusters where no embeddings are kept.
        """
        if not where:
            return table, []
        check_unicode({"--where": where})
        condition = check_condition(self.connection, where)
        if table == "facts" and _ABOUT_TEXT.search(where):
            table = _WHOLE
        if CLUSTER in columns_of(self.connection, where) and CLUSTER not in self.columns:
            table = self.with_clusters(table)
        return table, [condition]

    def with_clusters(self, table: str = "facts") -> str:
        """Write a table in SQL with the column ``embedding_cluster``, null for examples that are not embedded.

        Raises
        ------
        FlipscopeError
            When no embeddings are kept.
        """
        clustered = with_clusters(self.path, self.manifest, table)
        if clustered is None:
            raise FlipscopeError(
                f"there is no {CLUSTER} without embeddings", where=self.path, do="Run flipscope embed first"
            )
        return clustered

    def _found(self, search: str, condition: str, params: Sequence[object]) -> pa.Table:
        """Search the texts of the rows that meet a condition, and of those that happen to lie between them."""
        limits = "SELECT coalesce(min(row_id), 0) AS first, coalesce(max(row_id), -1) AS last"
        first, last = self.query(f"{limits} FROM facts {condition}", params).iloc[0]
        return self._texts.find(search, int(first), int(last))

    def _read(self, chosen: _Selection, sql: str) -> pd.DataFrame:
        return self.query(sql, chosen.params, {} if chosen.found is None else {"found": chosen.found})

    def _chosen(self, task: str | None, candidate: str | None) -> dict[str, Any]:
        """Check the names of a task and a candidate that are asked for."""
        return {
            "task": task and self._known("task", task, self.tasks),
            "candidate": candidate and self.candidate(candidate).name,
        }

    @cached_property
    def _cube_columns(self) -> list[str]:
        return list(self.query("SELECT * EXCLUDE (n, borderline, outcome) FROM cube LIMIT 0").columns)

    def _known(self, what: str, name: str | None, known: Sequence[str]) -> str:
        if not known:
            raise FlipscopeError(
                "this comparison has no evaluation data, only behaviors",
                where=self.path,
                do="Use --test for their cases, or flipscope compare with --data",
            )
        if name is None:
            return known[0]
        if name not in known:
            raise FlipscopeError(f"there is no {what} {name!r}", where=self.path, do=f"Choose from {', '.join(known)}")
        return name

    def show(self) -> None:
        """Show the figures in a notebook; print them elsewhere."""
        try:
            from IPython.display import display
        except ImportError:
            print(self)
        else:
            display(self)

    def __repr__(self) -> str:
        lines = [f"Comparison of {self.results.old.name} with {', '.join(self.candidates)} at {self.path}"]
        for candidate in self.results.candidates:
            lines += [f"  {candidate.name}, {sentence(result)}" for result in candidate.tasks]
        if self.behaviors:
            lines += [f"  {line}" for line in repr(self.behaviors).splitlines()]
        lines += [f"  {each.name}: {each.verdict.sentence}" for each in self.results.candidates if each.verdict]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        grids = "".join(
            _grid_html(candidate.name, result) for candidate in self.results.candidates for result in candidate.tasks
        )
        return f"<div style='display:flex;flex-wrap:wrap;gap:24px'>{grids}</div>"


def open_comparison(path: str | Path) -> Comparison:
    """Open a finished comparison folder, or the comparison in the folder of a study.

    Raises
    ------
    FlipscopeError
        When the folder is not there, unfinished, or written by a newer version.
    """
    return Comparison(comparison_folder(path))


def comparison_folder(path: str | Path) -> Path:
    """Get the comparison in the folder of a study; any other folder is given back as it is."""
    folder = Path(path)
    inner = folder / STUDY_COMPARISON
    if (folder / MANIFEST).exists() or not (inner / MANIFEST).is_file():
        return folder
    try:
        return folder if _read_manifest(inner).study is None else inner
    except FlipscopeError:  # a damaged one makes no study of the folder that it lies in
        return folder


def sentence(result: TaskResult) -> str:
    """Tell one task's result in one line."""
    if result.n == 0 or result.accuracy_old is None or result.accuracy_new is None:
        return f"{result.task}: no example to judge"
    return (
        f"{result.task}: {result.negative_flip:,} of {result.n:,} examples broke "
        f"(NFR {percent(result.nfr.value)} [{percent(result.nfr.low)}, {percent(result.nfr.high)}]), "
        f"{result.positive_flip:,} mended; accuracy {percent(result.accuracy_old)} -> {percent(result.accuracy_new)}"
    )


def _modified(folder: Path) -> int | None:
    """Tell when a comparison was finished, in ns; None when it isn't."""
    try:
        return (folder / MANIFEST).stat().st_mtime_ns
    except OSError:
        return None


def _read_manifest(folder: Path) -> Manifest:
    from pydantic import ValidationError

    if not folder.is_dir():
        raise FlipscopeError("there is no such comparison folder", where=folder, do="Make one with flipscope compare")
    file = folder / MANIFEST
    if not file.is_file():
        raise FlipscopeError(
            f"this folder has no {MANIFEST}: it is not a comparison, or the comparison is not finished",
            where=folder,
            do="Run the same flipscope compare command again to finish it",
        )
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise FlipscopeError(
            f"{place}: {first['msg']}",
            where=file,
            do="It was damaged or written by another version: run flipscope compare again",
        ) from error


def _grid_html(candidate: str, result: TaskResult) -> str:
    def cell(count: int, words: str, colour: str) -> str:
        share = percent(count / result.n if result.n else None, 1)
        style = f"padding:10px 16px;border-left:4px solid {colour};text-align:left"
        return f"<td style='{style}'><b style='font-size:1.4em'>{count:,}</b> {share}<br><small>{words}</small></td>"

    title = html.escape(f"{result.task}: {candidate}")
    return (
        f"<table><caption style='text-align:left'><b>{title}</b><br>{html.escape(sentence(result))}</caption>"
        f"<tr>{cell(result.both_correct, 'both right', '#9aa0a6')}"
        f"{cell(result.negative_flip, 'negative flips: old right, new wrong', '#c4314b')}</tr>"
        f"<tr>{cell(result.positive_flip, 'positive flips: old wrong, new right', '#2f6fdf')}"
        f"{cell(result.both_wrong, 'both wrong', '#5f6368')}</tr></table>"
    )
