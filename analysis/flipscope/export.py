"""Examples and slices as CSV, JSON Lines, Parquet and JSON."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from flipscope.errors import FlipscopeError
from flipscope.files import written_whole
from flipscope.schema import StudyResults

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.behaviors.suite import Suite
    from flipscope.comparison import Comparison

_SUFFIXES = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}

# What a spreadsheet takes for the beginning of a formula (the wide signs where Japanese or Chinese is set).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def format_of(output: Path | None, wanted: str | None) -> str:
    """Choose ``table``, ``csv``, ``jsonl`` or ``parquet`` by what is asked for, else by the file's suffix.

    Raises
    ------
    FlipscopeError
        When the suffix says nothing, or a table is to go to a file, or Parquet to standard output.
    """
    kind = wanted or ("table" if output is None else _SUFFIXES.get(output.suffix.lower()))
    if kind is None or (kind == "table" and output is not None):
        raise FlipscopeError(
            "can't tell the format",
            where=output,
            do=f"End the name in {', '.join(_SUFFIXES)}, or give --format",
        )
    if kind == "parquet" and output is None:
        raise FlipscopeError("Parquet needs a file", where="--format", do="Add -o FILE.parquet")
    return kind


def write_examples(frame: pd.DataFrame, kind: str, output: Path | None) -> None:
    """Write examples to a file, or to standard output when `output` is None.

    The file appears whole or not at all.
    """
    if output is None:
        _write(frame, kind, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    output = output.resolve()  # a link stays a link, to the new content
    if not output.parent.is_dir():
        raise FlipscopeError("there is no such folder", where=output.parent, do="Make it first")
    if output.exists() and not output.is_file():  # a pipe or a device can't be replaced, only written to
        with output.open("wb") as stream:
            _write(frame, kind, stream)
        return
    with written_whole(output) as part, part.open("wb") as file:
        _write(frame, kind, file)


def to_bytes(frame: pd.DataFrame, kind: str, *, spreadsheet: bool = False) -> bytes:
    """Write examples to memory, as ``csv``, ``jsonl`` or ``parquet``.

    Parameters
    ----------
    frame : DataFrame
        Examples, or test cases.
    kind : str
        The format.
    spreadsheet : bool
        Keep spreadsheets from running texts of a CSV as formulas: an apostrophe goes before those that begin like one.
    """
    file = io.BytesIO()
    _write(frame, kind, file, spreadsheet)
    return file.getvalue()


def _write(frame: pd.DataFrame, kind: str, file: IO[bytes], spreadsheet: bool = False) -> None:
    if kind == "parquet":
        frame.to_parquet(file, index=False)
    elif kind == "csv":
        rows = _one_input_a_row(frame)
        (_harmless(rows) if spreadsheet else rows).to_csv(file, index=False)
    else:
        for row in records(frame):
            file.write(json.dumps(row, ensure_ascii=False, allow_nan=False, default=str).encode() + b"\n")


def _one_input_a_row(frame: pd.DataFrame) -> pd.DataFrame:
    """Lay test cases out for a spreadsheet: an input a row, numbered within its case. Examples stay as they are."""
    import pandas as pd

    if "inputs" not in frame:
        return frame
    long = frame.explode("inputs", ignore_index=True)
    parts = pd.DataFrame.from_records(long.pop("inputs").tolist(), index=long.index)
    return long.assign(position=long.groupby(["candidate", "case_row"]).cumcount(), **parts.to_dict("series"))


def _harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before every text that begins like a formula.

    Names of columns are texts too. Numbers stay as they are, also those that are held as text.
    """
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    texts = [name for name in frame if not (is_numeric_dtype(frame[name]) or is_bool_dtype(frame[name]))]
    safe = frame.assign(**{name: frame[name].astype(object).map(_no_formula) for name in texts})
    return safe.set_axis([_no_formula(name) for name in safe.columns], axis="columns")


def _no_formula(value: object) -> object:
    begins = isinstance(value, str) and value.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(value)
    return f"'{value}" if begins else value


def results_json(comparison: Comparison, candidate: str | None = None) -> str:
    """Write the figures of all candidates, or of one, as JSON; of all methods if there is a study."""
    results = comparison.results
    if candidate is not None:
        results = results.model_copy(update={"candidates": [comparison.candidate(candidate)]})
    if (study := comparison.manifest.study) is not None:
        results = StudyResults(**dict(results), study=study)
    return results.model_dump_json(indent=2)


def suites_json(suites: Sequence[Suite]) -> str:
    """Write what suites there are as JSON."""
    content = [
        {
            "name": suite.name, "source": suite.source, "tasks": suite.tasks, "labels": suite.labels,
            "description": suite.description, "tests": len(suite.tests), "cases": suite.cases,
            "examples": suite.examples, "digest": suite.digest, "notes": suite.notes,
            "capabilities": list(dict.fromkeys(test.capability for test in suite.tests)),
        }
        for suite in suites
    ]  # fmt: skip
    return json.dumps({"schema_version": 1, "suites": content}, ensure_ascii=False, indent=2)


def slices_json(frame: pd.DataFrame) -> str:
    """Write judged slices as JSON: how many were tested, and one object a slice; undefined is null."""
    content = {"schema_version": 1, "tested": int(frame.attrs["tested"]), "slices": records(frame)}
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2, default=str)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn a table into one dict a row, with None for everything undefined."""
    plain = frame.astype(object)
    return plain.where(plain.notna(), None).to_dict("records")
