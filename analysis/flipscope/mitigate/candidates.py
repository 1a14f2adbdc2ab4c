"""What is made of trained models: the candidates of one task, chosen on its selection split."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from flipscope.mitigate.choose import lowest_nfr, most_centric
from flipscope.mitigate.interpolate import interpolate
from flipscope.mitigate.plan import (
    INTERPOLATION,
    Made,
    Method,
    Unit,
    candidate_name,
    conventional_units,
    further_units,
    interpolation_units,
    methods,
    settings_of,
    tuning_units,
)
from flipscope.mitigate.spec import MitigationSpec
from flipscope.mitigate.task import OpenedTask, answers
from flipscope.mitigate.trainings import Trainings
from flipscope.open.source import Ensemble
from flipscope.progress import Progress, Step


def make_candidates(
    spec: MitigationSpec, task: OpenedTask, trainings: Trainings, progress: Progress, step: Step
) -> list[Made]:
    """Train, choose and combine all that a spec wants of one task.

    Parameters
    ----------
    spec : MitigationSpec
        What is wanted.
    task : OpenedTask
        The task.
    trainings : Trainings
        Its trainings.
    progress : Progress
        Told what was chosen.
    step : Step
        Told the examples of every training as it goes.

    Returns
    -------
    list of Made
        Method by method, as far as their trainings did not fail.

    Raises
    ------
    FlipscopeError
        When the disk takes no more.
    """
    maker = _Maker(spec, task, trainings, progress, step)
    return [made for method in methods(spec) for made in maker.make(method)]


class _Maker:
    def __init__(
        self, spec: MitigationSpec, task: OpenedTask, trainings: Trainings, progress: Progress, step: Step
    ) -> None:
        self.spec, self.task, self.trainings, self.progress, self.step = spec, task, trainings, progress, step
        self.conventional = self._train(conventional_units(spec))

    def make(self, method: Method) -> list[Made]:
        makers: dict[str, Callable[[Method], list[Made]]] = {
            "conventional": self._conventional,
            "distillation": self._distillation,
            "ensemble": self._ensemble,
            "vote": self._ensemble,
            "old_and_new": self._old_and_new,
            "lowest_nfr_seed": self._chosen_seed,
            "centric_seed": self._chosen_seed,
            "interpolation": self._interpolation,
        }
        return makers[method.kind](method)

    def _conventional(self, method: Method) -> list[Made]:
        return [self._single(method, unit, (unit,)) for unit in self.conventional]

    def _distillation(self, method: Method) -> list[Made]:
        tried = self._train(tuning_units(self.spec, method.name))
        if not tried:
            return []
        chosen = tried[self._lowest_nfr(tried, f"{method.name}: of {len(tried)} settings")]
        assert chosen.distillation is not None
        settings = settings_of(chosen.distillation)
        units = [chosen, *self._train(further_units(self.spec, chosen))]
        return [self._single(method, unit, tuple(dict.fromkeys([*tried, unit])), settings) for unit in units]

    def _ensemble(self, method: Method) -> list[Made]:
        members = tuple(self.conventional[: method.models_shipped])
        if len(members) < method.models_shipped:
            return []
        rule = "vote" if method.kind == "vote" else "ensemble"
        source = f"{rule}:{'+'.join(str(self.trainings.path(unit)) for unit in members)}"
        return [Made(candidate_name(method), method, source, members[0].seed, members, {"size": len(members)}, members)]

    def _old_and_new(self, method: Method) -> list[Made]:
        if isinstance(self.task.old, Ensemble) or self.task.new_classes:
            why = "has other classes" if self.task.new_classes else "is several models itself"
            self._say(f"{method.name}: left out, as the old model {why}")
            return []
        sources = {unit: f"ensemble:{self.task.old_source}+{self.trainings.path(unit)}" for unit in self.conventional}
        return [
            Made(candidate_name(method, unit.seed), method, sources[unit], unit.seed, (unit,), {}, (unit,))
            for unit in self.conventional[: self.spec.seeds]
        ]

    def _chosen_seed(self, method: Method) -> list[Made]:
        units = self.conventional
        if len(units) < 2:
            return []
        if method.kind == "lowest_nfr_seed":
            chosen = units[self._lowest_nfr(units, f"{method.name}: of {len(units)} seeds")]
        else:
            given = np.array([answers(self.trainings.answers(unit)) for unit in units])
            chosen = units[most_centric(given, np.array([self.trainings.score(unit).loss for unit in units]))]
            self._say(f"{method.name}: of {len(units)} seeds, {chosen.seed} agrees most with the others")
        return [self._single(method, chosen, tuple(units), {"seed": chosen.seed}, candidate_name(method))]

    def _interpolation(self, method: Method) -> list[Made]:
        units = self._train(interpolation_units(self.spec))
        if not units:
            return []
        weights = self.spec.interpolation.weights
        scores = [self.task.score(self.task.ask(self._interpolated(units[0], weight))) for weight in weights]
        weight = weights[lowest_nfr(scores, self.spec.accuracy_margin)]
        self._say(f"{method.name}: of {len(weights)} weights of the old model, {weight:g} was chosen")
        return [
            Made(
                candidate_name(method, unit.seed), method, str(self._interpolated(unit, weight)), unit.seed,
                (unit,), {"weight": weight}, (unit,),
            )
            for unit in units
        ]  # fmt: skip

    def _interpolated(self, unit: Unit, weight: float) -> str:
        out = self.trainings.folder / f"{INTERPOLATION}-{weight:g}" / f"seed-{unit.seed}"
        interpolate(self.task.starts["old"].checkpoint.path, self.trainings.path(unit), weight, out)
        return str(out)

    def _single(
        self,
        method: Method,
        unit: Unit,
        units: tuple[Unit, ...],
        settings: dict[str, float | str | None] | None = None,
        name: str | None = None,
    ) -> Made:
        source = str(self.trainings.path(unit))
        name = name or candidate_name(method, unit.seed)
        return Made(name, method, source, unit.seed, units, settings or {}, (unit,))

    def _lowest_nfr(self, units: Sequence[Unit], told: str) -> int:
        scores = [self.trainings.score(unit) for unit in units]
        chosen = lowest_nfr(scores, self.spec.accuracy_margin)
        score = scores[chosen]
        self._say(
            f"{told}, {units[chosen].name} was chosen: NFR {score.nfr:.2%} at an accuracy of {score.accuracy:.2%} "
            "on the selection split"
        )
        return chosen

    def _train(self, units: Sequence[Unit]) -> list[Unit]:
        return self.trainings.train_all(units, self.progress, self.step)

    def _say(self, message: str) -> None:
        self.progress.say(f"{self.task.name}: {message}")
