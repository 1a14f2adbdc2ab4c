"""The budget: what a new model may break. Read from TOML (docs/gate.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StrictBool, ValidationError, model_validator

from flipscope.errors import FlipscopeError
from flipscope.files import read_toml

#: The largest amount: squares and sums of such are still numbers.
DEAREST = 1e12
Rate = Annotated[float, Field(ge=0, le=1, strict=True)]
Change = Annotated[float, Field(ge=-1, le=1, strict=True)]
Amount = Annotated[float, Field(ge=0, le=DEAREST, strict=True)]

_GOLDEN = ("example_id", "text_a", "text", "sentence")  # what golden examples are known by
_SEE = "See docs/gate.md, or write one with flipscope budget init"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Limits(_Part):
    """What all examples of a task have to keep.

    Attributes
    ----------
    max_nfr : float, optional
        Largest negative flip rate, a fraction of 1.
    min_accuracy_change : float, optional
        Smallest change of accuracy, a fraction of 1; below 0 it may fall.
    max_cost : float, optional
        Largest mean cost of the negative flips per example; what a flip costs is in `Budget.cost`.
    """

    max_nfr: Rate | None = None
    min_accuracy_change: Change | None = None
    max_cost: Amount | None = None


class PooledLimits(_Part):
    """What all tasks taken together have to keep."""

    max_nfr: Rate


class BehaviorLimit(_Part):
    """What behavior tests have to keep: a capability, a test, or each capability where neither is named."""

    max_nfr: Rate
    required: StrictBool = False
    task: str | None = None
    capability: str | None = None
    type: Literal["MFT", "INV", "DIR"] | None = None
    test: str | None = None


class SliceLimit(_Part):
    """What slices of the evaluation data have to keep: either by a column or by a condition.

    Attributes
    ----------
    column : str, optional
        One value of it, in `value`, or each value where none is named.
    where : str, optional
        A condition in SQL, as ``--where`` takes it; `name` is what people call the slice.
    """

    column: str | None = None
    max_nfr: Rate
    required: StrictBool = False
    task: str | None = None
    value: str | int | float | bool | None = None
    where: Annotated[str, Field(min_length=1)] | None = None
    name: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _check_which(self) -> Self:
        if (self.column is None) == (self.where is None):
            raise ValueError("give either column or where")
        if self.where is not None and self.value is not None:
            raise ValueError("value belongs to a column; write it into where")
        if self.column is not None and self.name is not None:
            raise ValueError("name belongs to a where; a column is told by its own name")
        return self


class MustNotBreak(_Part):
    """What must not break at all.

    Attributes
    ----------
    examples : tuple of str
        Ids of examples.
    texts : tuple of str
        Examples by their (first) text, whatever their id.
    files : tuple of str
        Tables of golden examples with a column ``example_id``, else ``text_a``, ``text`` or ``sentence``; in TOML
        relative to the budget. They are read with the budget, and become `examples` and `texts`.
    tests : tuple of str
        Names of behavior tests.
    task : str, optional
        Only in this task; by default wherever they are.
    """

    examples: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    task: str | None = None


class PairCost(_Part):
    """What it costs to break an example of one gold label by one answer; either may be left open."""

    label: str | None = None
    prediction: str | None = None
    cost: Amount


class Cost(_Part):
    """What a negative flip costs: `default` or the first pair that fits, times the example's weight in `column`."""

    column: str | None = None
    default: Amount = 1.0
    pairs: tuple[PairCost, ...] = Field(default=(), validation_alias=AliasChoices("pair", "pairs"))


class Budget(Limits):
    """What a new model may break. `Limits` at the top hold for every task; `tasks` replaces them for single ones.

    Attributes
    ----------
    confidence : float
        Of every bound, one-sided: a limit holds when the bound at this confidence keeps it.
    correction : {"bonferroni", "none"}
        Whether bounds allow for how much was tried: all for the number of candidates, notes also for their number.
    cluster : str, optional
        Column of the evaluation data whose value rows of one template, document or user share. Cases of behavior
        tests have clusters of their own.
    exclude : tuple of {"acceptable", "wrong_gold_label"}
        Negative flips that people judged to be so do not count in limits of examples (docs/triage.md). An accepted
        answer counts as right, an example with a wrong gold label not at all.
    tasks, pooled, behaviors, slices, must_not_break, cost
        More limits. Those of behaviors and slices only give notes, unless they are ``required``.
    """

    version: Annotated[int, Field(ge=1, le=1, strict=True)] = 1
    confidence: Annotated[float, Field(gt=0.5, le=0.99999, strict=True)] = 0.95
    correction: Literal["bonferroni", "none"] = "bonferroni"
    cluster: str | None = None
    exclude: tuple[Literal["acceptable", "wrong_gold_label"], ...] = ()
    tasks: dict[str, Limits] = Field(default={}, validation_alias=AliasChoices("task", "tasks"))
    pooled: PooledLimits | None = None
    behaviors: tuple[BehaviorLimit, ...] = Field(default=(), validation_alias=AliasChoices("behavior", "behaviors"))
    slices: tuple[SliceLimit, ...] = Field(default=(), validation_alias=AliasChoices("slice", "slices"))
    must_not_break: MustNotBreak = MustNotBreak()
    cost: Cost | None = None

    @model_validator(mode="after")
    def _check_complete(self) -> Self:
        if self.cost is None and any(limits.max_cost is not None for limits in self._all_limits()):
            raise ValueError("max_cost needs [cost], which says what a flip costs")
        if not self._requires_anything():
            raise ValueError("it requires nothing: give max_nfr, or set required = true")
        return self

    def _requires_anything(self) -> bool:
        limits = (getattr(each, name) for each in self._all_limits() for name in Limits.model_fields)
        listed = self.must_not_break
        lists = (listed.examples, listed.texts, listed.files, listed.tests)
        parts = [*(each.required for each in self.behaviors), *(each.required for each in self.slices)]
        return self.pooled is not None or any(value is not None for value in limits) or any(lists) or any(parts)

    def _all_limits(self) -> list[Limits]:
        return [self, *self.tasks.values()]

    def limits(self, task: str) -> Limits:
        """Get what one task has to keep."""
        own = self.tasks.get(task, Limits())
        return Limits(**{name: _first(getattr(own, name), getattr(self, name)) for name in Limits.model_fields})


def _first(own: float | None, shared: float | None) -> float | None:
    return shared if own is None else own


def only_nfr(max_nfr: float) -> Budget:
    """Make the budget that holds the NFR of every task below one limit, and judges nothing else.

    Raises
    ------
    FlipscopeError
        When the limit is no fraction of 1.
    """
    try:
        return Budget(max_nfr=max_nfr)
    except ValidationError as error:
        raise FlipscopeError(_words(error.errors()[0])) from error


def read_budget(path: str | Path) -> Budget:
    """Read a budget, and the ids in its files of golden examples.

    Raises
    ------
    FlipscopeError
        When it isn't there, isn't TOML, or a key is missing, unknown or out of range.
    """
    file = Path(path)
    given = read_toml(file, what="budget", do=_SEE)
    return make_budget(given, where=str(file), folder=file.parent)


def make_budget(given: Mapping[str, Any], *, where: str | None = None, folder: str | Path = ".") -> Budget:
    """Check the parts of a budget, and read its files of golden examples, relative to `folder`.

    For what a user wrote; a budget that came with a comparison is `kept_budget`'s.

    Raises
    ------
    FlipscopeError
        When a key is missing, unknown or out of range, or a file can't be read.
    """
    return _with_golden(_checked(given, where), Path(folder))


def kept_budget(given: Mapping[str, Any], *, where: str | None = None) -> Budget:
    """Check the budget that is kept with a comparison. It opens no file: the comparison may be anybody's.

    Raises
    ------
    FlipscopeError
        When it is damaged, or names files.
    """
    budget = _checked(given, where)
    if budget.must_not_break.files:
        raise FlipscopeError("the budget kept in it names files", where=where, do="Give one with --budget")
    return budget


def _checked(given: Mapping[str, Any], where: str | None) -> Budget:
    try:
        return Budget.model_validate(given)
    except ValidationError as error:
        raise FlipscopeError(_words(error.errors()[0]), where=where, do=_SEE) from error


def _words(problem: Any) -> str:
    """Tell what pydantic found in the words of the file."""
    kind, parts, given = problem["type"], problem["loc"], problem["input"]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in parts)
    if kind == "value_error":
        told = str(problem["msg"].removeprefix("Value error, "))
        return f"{key}: {told}" if key else told
    if kind == "missing":
        return f"{key!r} is missing"
    if kind == "extra_forbidden":
        meant = get_close_matches(parts[-1], _KEYS, 1)
        return f"unknown key {key!r}" + (f" (did you mean {meant[0]!r}?)" if meant else "")
    name = next((part for part in reversed(parts) if part in _KEYS), "")
    if name == "value":
        key = key.rpartition(".")[0]  # behind it is which type was tried
    wanted = _SHAPES.get(kind) or _WANTED.get(name, "a text in quotes")
    return f"{key}: {_toml(given)} is not {wanted}{_hint(name, given)}"


_PARTS = (Budget, PooledLimits, BehaviorLimit, SliceLimit, MustNotBreak, Cost, PairCost)
_KEYS = [*dict.fromkeys(name for part in _PARTS for name in part.model_fields), "task", "behavior", "slice", "pair"]
_AMOUNT = f"a number from 0 to {DEAREST:g}"
_SHAPES = {"tuple_type": "a list in brackets", "model_type": "a table", "dict_type": "a table"}
_WANTED = {
    "max_nfr": "a number from 0 to 1",
    "min_accuracy_change": "a number from -1 to 1",
    "confidence": "a number above 0.5 and at most 0.99999",
    "max_cost": _AMOUNT,
    "default": _AMOUNT,
    "cost": _AMOUNT,
    "required": "true or false",
    "version": "1, the only version there is",
    "correction": '"bonferroni" or "none"',
    "type": '"MFT", "INV" or "DIR"',
    "exclude": '"acceptable" or "wrong_gold_label"',
    "value": "a text in quotes, a finite number, true or false",
}


def _toml(value: Any) -> str:
    """Write a value as in the file, more or less."""
    plain = isinstance(value, str | bool | list | dict)
    written = json.dumps(value, ensure_ascii=False, default=str) if plain else str(value).removesuffix(".0")
    return written if len(written) <= 60 else written[:60] + "…"


def _hint(name: str, given: Any) -> str:
    """Tell how a fraction is written, where a percentage or a text was given for one."""
    text = "" if isinstance(given, bool) else str(given)
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        return ""
    if name not in ("max_nfr", "min_accuracy_change", "confidence") or not abs(number) <= 100:
        return ""
    if "%" in text or abs(number) > 1:
        return f"; {number:g} % is written {number / 100:g}"
    return f"; write {number:g} without quotes" if isinstance(given, str) else ""


def _with_golden(budget: Budget, folder: Path) -> Budget:
    """Put the golden examples in the place of their files, so that the budget is complete in itself."""
    listed = budget.must_not_break
    if not listed.files:
        return budget
    from flipscope.open.table import read_table

    found: dict[str, list[str]] = {"examples": list(listed.examples), "texts": list(listed.texts)}
    for name in listed.files:
        table = read_table(folder / name)
        column = next((known for known in _GOLDEN if known in table.column_names), None)
        if column is None:
            raise FlipscopeError(
                "no column that tells which examples these are", where=folder / name, do=f"Name it {_GOLDEN[0]} or text"
            )
        values = [str(value) for value in table[column].to_pylist() if value is not None]
        if not values:
            raise FlipscopeError(f"no example in its column {column!r}", where=folder / name, do="Leave it out")
        found["examples" if column == _GOLDEN[0] else "texts"] += values
    whole = {kind: tuple(dict.fromkeys(values)) for kind, values in found.items()}
    return budget.model_copy(update={"must_not_break": listed.model_copy(update={**whole, "files": ()})})
