"""What is to be tried: the SPEC.toml of ``flipscope mitigate`` (docs/mitigation.md)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from flipscope.errors import FlipscopeError
from flipscope.files import read_toml
from flipscope.judge.budget import Budget, read_budget
from flipscope.mitigate.distill.distillation import Distillation
from flipscope.spec import NAME, anchored, take_budget, take_tasks
from flipscope.study import MethodKind
from flipscope.tasks import get_task

#: Methods, in the order of the usual report.
METHODS: tuple[MethodKind, ...] = get_args(MethodKind)
_USUAL = tuple(name for name in METHODS if name not in ("vote", "interpolation"))
_SEED_METHODS = ("lowest_nfr_seed", "centric_seed")
_PATHS = ("old", "old_from", "new", "train", "select", "report")  # keys of a task that may name files
_DO = "See docs/mitigation.md"

Share = Annotated[float, Field(gt=0, lt=1)]
Several = BeforeValidator(lambda given: given if isinstance(given, list | tuple) else [given])
_TASK_KEYS = (
    "old",
    "old_from",
    "new",
    "head",
    "suites",
    "tags",
    "builtin_tags",
    "train_limit",
)  # that all tasks may share


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TrainingSpec(_Strict):
    """How every model is trained.

    Attributes
    ----------
    epochs, learning_rate, batch_size, weight_decay : numbers
        As in `transformers.TrainingArguments`.
    warmup : float
        Share of all steps during which the learning rate rises, before it falls linearly to 0.
    gradient_accumulation : int
        Batches before each step.
    max_length : int or None
        Tokens a text is cut to; None for what the model allows, at most 512.
    precision : {"fp32", "bf16", "fp16"}
        Of the training; the two shorter ones need a GPU.
    """

    epochs: float = Field(default=1, gt=0)
    learning_rate: float = Field(default=5e-5, gt=0)
    batch_size: int = Field(default=32, ge=1)
    weight_decay: float = Field(default=0.01, ge=0)
    warmup: float = Field(default=0.1, ge=0, lt=1)
    gradient_accumulation: int = Field(default=1, ge=1)
    max_length: int | None = Field(default=None, ge=1)
    precision: Literal["fp32", "bf16", "fp16"] = "fp32"


class DistillationSpec(_Strict):
    """One way to distil, with the values that are tried; the best on the selection split is used.

    Attributes
    ----------
    name : str
        What candidates are called after; by default after gate and distance.
    gate, alpha, temperature : one value or several
        The grid: every combination is trained once.
    distance, focal, max_nfr
        As in `Distillation`.
    """

    name: str = Field(default="", pattern=NAME)
    gate: Annotated[tuple[str, ...], Several, Field(min_length=1)] = ("old_correct",)
    alpha: Annotated[tuple[float, ...], Several, Field(min_length=1)] = (1.0,)
    temperature: Annotated[tuple[float, ...], Several, Field(min_length=1)] = (2.0,)
    distance: Literal["kl", "logits"] = "kl"
    focal: tuple[float, float] = (1.0, 5.0)
    max_nfr: float | None = None

    @property
    def grid(self) -> tuple[Distillation, ...]:
        """All combinations."""
        # Logits are matched as they are: there is no temperature to try.
        temperatures = self.temperature if self.distance == "kl" else self.temperature[:1]
        return tuple(
            Distillation(gate, alpha, temperature, self.distance, self._focal_of(gate), self.max_nfr)
            for gate in dict.fromkeys(self.gate)
            for alpha in dict.fromkeys(self.alpha)
            for temperature in dict.fromkeys(temperatures)
        )

    def _focal_of(self, gate: str) -> tuple[float, float]:
        """Keep the weights of ``focal``, where it is one of several gates, from the others."""
        return Distillation.focal if "focal" in self.gate and gate != "focal" else self.focal


class EnsembleSpec(_Strict):
    """Ensembles of new models: of how many."""

    sizes: Annotated[tuple[Annotated[int, Field(ge=2)], ...], Several, Field(min_length=1)] = (3,)


class InterpolationSpec(_Strict):
    """Weight interpolation: the weights of the old model that are tried."""

    weights: Annotated[tuple[Share, ...], Several, Field(min_length=1)] = (0.1, 0.3, 0.5, 0.7)


class MitigationTask(_Strict):
    """One task: the old model, what new ones are made from, and the data.

    Attributes
    ----------
    name : str
        One of the GLUE names, or any name of the user's own.
    old : str
        The old model's SRC. A file of predictions has to cover all examples, those for training included.
    old_from : str
        In place of `old`, where there is no old model yet: what it is trained from, with the seed 0.
    new : str
        What new models begin as: a checkpoint folder, an archive of one, or a hub id, with or without a
        classification head.
    train, select, report : str
        Data to train on, to choose on, and to judge on. `select` and `report` are cut out of `train` where they
        are not given; by content, so that no text is in two.
    select_share, report_share : float
        How much of `train` is cut out for them.
    train_limit : int, optional
        Train on so many examples only.
    head : {"new", "keep"}
        Whether a classification head that `new` comes with is made anew, or kept.
    text, text_b, label, id, labels, alias, suites, tags, builtin_tags
        As in `flipscope.TaskSpec`.
    """

    name: str = Field(pattern=NAME)
    old: str | None = None
    old_from: str | None = None
    new: str
    train: str
    select: str | None = None
    report: str | None = None
    select_share: Share = 0.1
    report_share: Share = 0.1
    train_limit: int | None = Field(default=None, ge=1)
    head: Literal["new", "keep"] = "new"
    text: str | None = None
    text_b: str | None = None
    label: str | None = None
    id: str | None = None
    labels: tuple[str, ...] = ()
    alias: dict[str, str] = {}
    suites: Annotated[tuple[str, ...], Several] = ()
    tags: dict[str, str] = {}
    builtin_tags: bool | None = None

    @model_validator(mode="after")
    def _check(self) -> MitigationTask:
        if (self.old is None) == (self.old_from is None):
            raise ValueError("name the old model with old, or with old_from what it is to be trained from")
        return self


class MitigationSpec(_Strict):
    """All of it.

    Attributes
    ----------
    tasks : list of MitigationTask
        At least one.
    methods : tuple of str
        Out of `METHODS`; ``conventional`` is always among them, as all others are compared with it.
    seeds : int
        New models of each recipe, with the seeds 1, 2 ...; seed selection chooses among those of `selection_seeds`.
    selection_seeds : int or None
        Conventional models that seed selection chooses among; by default as many as `seeds`.
    old_training : TrainingSpec, optional
        How old models are trained, where there is none yet; by default as new ones are.
    training, distillation, ensemble, interpolation
        See there. With no distillation section there is one: ``old_correct`` with the usual grid.
    accuracy_margin : float
        What is chosen on the selection split has the lowest NFR among those whose accuracy there is within so
        much of the best one's.
    budget : Budget, optional
        Judges all candidates.
    """

    tasks: tuple[MitigationTask, ...] = Field(min_length=1)
    methods: tuple[MethodKind, ...] = _USUAL
    seeds: int = Field(default=5, ge=1, le=1000)
    selection_seeds: int | None = Field(default=None, ge=2, le=1000)
    training: TrainingSpec = TrainingSpec()
    old_training: TrainingSpec | None = None
    distillation: tuple[DistillationSpec, ...] = ()
    ensemble: EnsembleSpec = EnsembleSpec()
    interpolation: InterpolationSpec = InterpolationSpec()
    accuracy_margin: float = Field(default=0.01, ge=0, lt=1)
    budget: Budget | None = None

    @model_validator(mode="after")
    def _check(self) -> MitigationSpec:
        if "conventional" not in self.methods:
            raise ValueError("methods must have 'conventional', which all others are compared with")
        for what, names in (
            ("tasks", [get_task(task.name).name for task in self.tasks]),
            ("ways to distil", self.variants),
        ):
            if twice := next((name for name in names if list(names).count(name) > 1), None):
                raise ValueError(f"two {what} are called {twice!r}; give each a name of its own")
        others = {*METHODS, *(f"{kind}_{size}" for kind in ("ensemble", "vote") for size in self.ensemble.sizes)}
        if taken := next((name for name in self.variants if name in others), None):
            raise ValueError(f"a way to distil can't be called {taken!r}, which is another method")
        for name, each in self.variants.items():
            try:
                _ = each.grid  # what is out of range shows here
            except FlipscopeError as error:
                raise FlipscopeError(f"[[distillation]] {name}: {error.what}", do=error.do) from error
        self._check_seeds()
        if self.distillation and "distillation" not in self.methods:
            raise ValueError("there is a [[distillation]], but 'distillation' is not among the methods")
        return self

    def _check_seeds(self) -> None:
        largest = max(self.ensemble.sizes)
        if {"ensemble", "vote"} & {*self.methods} and largest > self.conventional_seeds:
            raise ValueError(
                f"an ensemble of {largest} takes as many conventional models; raise seeds, lower sizes of [ensemble], "
                "or leave ensemble out of methods"
            )
        if {*_SEED_METHODS} & {*self.methods} and self.conventional_seeds < 2:
            raise ValueError(
                f"choosing among seeds takes two or more; raise seeds, or leave {' and '.join(_SEED_METHODS)} out of "
                "methods"
            )

    @property
    def conventional_seeds(self) -> int:
        """How many conventional models are trained."""
        choosing = {*_SEED_METHODS} & {*self.methods}
        return max(self.seeds, (self.selection_seeds or 0) if choosing else 0)

    @property
    def variants(self) -> dict[str, DistillationSpec]:
        """The ways to distil, by name; none when distillation is not among the methods."""
        if "distillation" not in self.methods:
            return {}
        given = self.distillation or (DistillationSpec(alpha=(0.5, 1.0, 2.0), temperature=(1.0, 2.0)),)
        names = [each.name or _variant_name(each) for each in given]
        if len(set(names)) < len(names):
            raise ValueError("two ways to distil would have the same name; give each a name of its own")
        return dict(zip(names, given, strict=True))


def _variant_name(spec: DistillationSpec) -> str:
    parts = [spec.gate[0] if len(spec.gate) == 1 else "gates"]
    parts += ["logits"] if spec.distance == "logits" else []
    parts += ["constrained"] if spec.max_nfr is not None else []
    return "distil_" + "_".join(parts)


def read_mitigation(path: str | Path) -> MitigationSpec:
    """Read a SPEC.toml; paths in it are relative to the file.

    Raises
    ------
    FlipscopeError
        When it isn't there, isn't TOML, or a key is missing, unknown or of the wrong type.
    """
    path = Path(path)
    content = read_toml(path, what="spec", do=_DO)
    tasks = take_tasks(content, path, do=f"Write one [[task]] per task. {_DO}")
    budget = take_budget(content, path)
    shared = {key: content.pop(key) for key in _TASK_KEYS if key in content}
    content["tasks"] = [anchored({**shared, **task}, _PATHS, path.parent) for task in tasks]
    if budget is not None:
        content["budget"] = read_budget(budget)
    return make_mitigation(content, where=str(path))


def make_mitigation(content: Mapping[str, Any], *, where: str | None = None) -> MitigationSpec:
    """Check the parts of a spec.

    Raises
    ------
    FlipscopeError
        When a key is missing, unknown, of the wrong type or out of range.
    """
    try:
        return MitigationSpec.model_validate(content)
    except ValidationError as error:
        # A key that is misspelt is also missing; only its misspelling helps.
        first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise FlipscopeError(_words(first), where=where, do=_advice(first)) from error
    except FlipscopeError as error:  # of a Distillation
        raise FlipscopeError(error.what, where=where, do=error.do) from error


def _words(problem: Mapping[str, Any]) -> str:
    """Tell what pydantic found in the words of the file."""
    kinds = {
        "extra_forbidden": "unknown key",
        "missing": "missing",
        "too_short": "nothing is in it",
        "string_pattern_mismatch": "use letters, digits, dots, hyphens and underscores",
    }
    message = kinds.get(problem["type"], str(problem["msg"]).removeprefix("Value error, "))
    names = {"tasks": "[[task]]", "distillation": "[[distillation]]"}
    parts = [names.get(part, part) if isinstance(part, str) else str(part + 1) for part in problem["loc"]]
    key = (
        " ".join(parts[:2]) + "".join(f", {part}" for part in parts[2:])
        if "[[" in "".join(parts[:1])
        else ".".join(parts)
    )
    return f"{key}: {message}" if key else message


def _advice(problem: Mapping[str, Any]) -> str:
    """Name the key that was probably meant."""
    if problem["type"] != "extra_forbidden":
        return _DO
    places: dict[Any, type[BaseModel]] = {
        "tasks": MitigationTask,
        "distillation": DistillationSpec,
        "training": TrainingSpec,
    }
    places |= {"old_training": TrainingSpec, "ensemble": EnsembleSpec, "interpolation": InterpolationSpec}
    *inside, key = problem["loc"]
    known = places[inside[0]] if inside else MitigationSpec
    close = difflib.get_close_matches(str(key), known.model_fields, n=1)
    return f"Did you mean {close[0]}? {_DO}" if close else _DO
