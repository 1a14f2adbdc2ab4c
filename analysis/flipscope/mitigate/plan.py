"""What a spec comes to: how many models are trained for it, under which names, and what is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from flipscope.mitigate.distill.distillation import Distillation
from flipscope.mitigate.spec import DistillationSpec, MitigationSpec
from flipscope.study import MethodKind

CONVENTIONAL, INTERPOLATION = "conventional", "interpolation"
FIRST_SEED = 1
#: What settings are tried with. The best of several is so by luck, too, and isn't judged: other seeds are.
TUNING_SEED = 1001


@dataclass(frozen=True)
class Unit:
    """One training.

    Attributes
    ----------
    recipe : str
        ``conventional``, ``interpolation``, or the name of a way to distil and a point of its grid,
        such as ``distil_all/all-0.5-2``; the folder it is kept in. ``old`` is the old model itself.
    seed : int
        Of weights that begin anew, of the order of examples, and of dropout.
    start : {"new", "old", "old_from"}
        What it begins as: the new model, the old one, or what an old one is made from.
    distillation : Distillation or None
        None for plain fine-tuning.
    """

    recipe: str
    seed: int
    start: Literal["new", "old", "old_from"] = "new"
    distillation: Distillation | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.recipe}, seed {self.seed}"

    @property
    def folder(self) -> str:
        """Where it is kept, below the folder of its task."""
        return f"{self.recipe}/seed-{self.seed}"

    @property
    def settings(self) -> dict[str, float | str | None]:
        """What it was trained with, beside what all are."""
        return {} if self.distillation is None else settings_of(self.distillation)


#: The training of an old model, where there is none yet.
OLD_UNIT = Unit("old", 0, "old_from")


def settings_of(distillation: Distillation) -> dict[str, float | str | None]:
    """Tell what is worth reporting of a way to distil."""
    told: dict[str, float | str | None] = {"gate": distillation.gate, "alpha": distillation.alpha}
    if distillation.distance == "kl":
        told["temperature"] = distillation.temperature
    else:
        told["distance"] = distillation.distance
    if distillation.gate == "focal":
        told["focal"] = "{:g}, {:g}".format(*distillation.focal)
    if distillation.max_nfr is not None:
        told["max_nfr"] = distillation.max_nfr
    return told


def conventional_units(spec: MitigationSpec) -> list[Unit]:
    """Plain fine-tuning, a seed each."""
    return [Unit(CONVENTIONAL, seed) for seed in range(FIRST_SEED, FIRST_SEED + spec.conventional_seeds)]


def tuning_units(spec: MitigationSpec, variant: str) -> list[Unit]:
    """Every point of a grid, with a seed of its own; nothing is trained where there is only one point."""
    return [Unit(_recipe(variant, point), TUNING_SEED, "new", point) for point in spec.variants[variant].grid]


def chosen_units(spec: MitigationSpec, tuned: Unit) -> list[Unit]:
    """Train the point that was chosen, a seed each."""
    seeds = range(FIRST_SEED, FIRST_SEED + spec.seeds)
    return [Unit(tuned.recipe, seed, tuned.start, tuned.distillation) for seed in seeds]


def interpolation_units(spec: MitigationSpec) -> list[Unit]:
    """Fine-tune the old model itself, a seed each; none when that is not among the methods."""
    if INTERPOLATION not in spec.methods:
        return []
    return [Unit(INTERPOLATION, seed, "old") for seed in range(FIRST_SEED, FIRST_SEED + spec.seeds)]


def _recipe(variant: str, point: Distillation) -> str:
    numbers = [point.alpha] + ([point.temperature] if point.distance == "kl" else [])
    # In full: settings that are alike in six digits are kept in places of their own.
    return f"{variant}/{'-'.join([point.gate, *(repr(float(number)).removesuffix('.0') for number in numbers)])}"


def tuning_trainings(variant: DistillationSpec) -> int:
    """Count the trainings that choosing among the settings of a variant takes."""
    return len(variant.grid) if len(variant.grid) > 1 else 0


def trainings_per_task(spec: MitigationSpec) -> dict[str, int]:
    """Count the trainings for each recipe of one task, in the order in which they are done."""
    return {
        CONVENTIONAL: spec.conventional_seeds,
        **{name: tuning_trainings(each) + spec.seeds for name, each in spec.variants.items()},
        **({INTERPOLATION: spec.seeds} if INTERPOLATION in spec.methods else {}),
    }


@dataclass(frozen=True)
class Method:
    """A method as it is reported; ``models_shipped`` answer together."""

    name: str
    kind: MethodKind
    models_shipped: int = 1


def methods(spec: MitigationSpec) -> Iterator[Method]:
    """Yield what is reported, in order: every way to distil and every size of ensemble by itself."""
    for name in dict.fromkeys(spec.methods):
        if name == "distillation":
            yield from (Method(variant, "distillation") for variant in spec.variants)
        elif name in ("ensemble", "vote"):
            yield from (Method(f"{name}_{size}", name, size) for size in dict.fromkeys(spec.ensemble.sizes))
        else:
            yield Method(name, name, 2 if name == "old_and_new" else 1)


@dataclass(frozen=True)
class Made:
    """A candidate of one task: what it is called, and where it comes from.

    Attributes
    ----------
    name : str
        Of the candidate; the same on every task.
    method : Method
        What it is one of.
    source : str
        SRC.
    seed : int
        The seed, or that of the first of its members.
    units : tuple of Unit
        What had to be trained for it, those that were only tried included.
    settings : dict
        What was chosen on the selection split.
    parts : tuple of Unit
        What answers.
    """

    name: str
    method: Method
    source: str
    seed: int
    units: tuple[Unit, ...]
    settings: dict[str, float | str | None]
    parts: tuple[Unit, ...] = ()


def candidate_name(method: Method, seed: int | None = None) -> str:
    """Name a candidate: by its method, and by its seed where there is one of each seed."""
    return method.name if seed is None else f"{method.name}-{seed}"
