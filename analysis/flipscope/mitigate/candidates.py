"""What is made of trained models: the candidates of one task, chosen on its selection split."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from flipscope.errors import FlipscopeError, StopsAll
from flipscope.mitigate.choose import lowest_nfr, most_centric
from flipscope.mitigate.interpolation import interpolate
from flipscope.mitigate.plan import (
    INTERPOLATION,
    Made,
    Method,
    Unit,
    candidate_name,
    chosen_units,
    conventional_units,
    interpolation_units,
    methods,
    tuning_units,
)
from flipscope.mitigate.spec import MitigationSpec
from flipscope.mitigate.task import OpenedTask, answers
from flipscope.mitigate.trainings import Trainings
from flipscope.mitigate.words import settings_words
from flipscope.open.source import Ensemble
from flipscope.progress import Progress, Step


def make_candidates(
    spec: MitigationSpec, task: OpenedTask, trainings: Trainings, progress: Progress, step: Step
) -> tuple[list[Made], list[str]]:
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
    made : list of Made
        Method by method.
    remarks : list of str
        Which methods have no candidate, and why; limits that were not kept.

    Raises
    ------
    FlipscopeError
        When the disk takes no more.
    """
    maker = _Maker(spec, task, trainings, progress, step)
    made: list[Made] = []
    for method in methods(spec):
        try:
            made += maker.make(method)
        except StopsAll:
            raise
        except (_LeftOut, FlipscopeError) as reason:
            maker.remark(method, f"left out: {reason}")
    return made, maker.remarks


_FAILED = "trainings it needs have failed"


class _LeftOut(Exception):
    """There can be no candidate of a method; the text tells why."""


class _Maker:
    def __init__(
        self, spec: MitigationSpec, task: OpenedTask, trainings: Trainings, progress: Progress, step: Step
    ) -> None:
        self.spec, self.task, self.trainings, self.progress, self.step = spec, task, trainings, progress, step
        self.remarks: list[str] = []
        self.conventional = self._train(conventional_units(spec))

    def remark(self, method: Method, told: str) -> None:
        self.remarks.append(f"{self.task.name}: {method.name}: {told}")
        self.progress.say(self.remarks[-1])

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
        points = tuning_units(self.spec, method.name)
        tried = tuple(self._train(points)) if len(points) > 1 else ()
        if len(points) > 1 and not tried:
            raise _LeftOut(_FAILED)
        names = [settings_words(unit.settings) for unit in tried]
        tuned = tried[self._lowest_nfr(method, tried, names)] if tried else points[0]
        units = self._train(chosen_units(self.spec, tuned))
        if not units:
            raise _LeftOut(_FAILED)
        self._check_limit(method, units)
        return [self._single(method, unit, (*tried, unit), tuned.settings) for unit in units]

    def _check_limit(self, method: Method, units: Sequence[Unit]) -> None:
        """Tell where a limit that training was to keep isn't kept on other examples."""
        limit = units[0].distillation.max_nfr if units[0].distillation else None
        if limit is None:
            return
        nfr = float(np.mean([self.trainings.score(unit).nfr for unit in units]))
        if nfr > limit:
            self.remark(method, f"max_nfr of {limit:.2%} is not kept: NFR {nfr:.2%} on the selection split")

    def _ensemble(self, method: Method) -> list[Made]:
        members = tuple(self.conventional[: method.models_shipped])
        if len(members) < method.models_shipped:
            raise _LeftOut(_FAILED)
        rule = "vote" if method.kind == "vote" else "ensemble"
        source = f"{rule}:{'+'.join(str(self.trainings.path(unit)) for unit in members)}"
        return [Made(candidate_name(method), method, source, members[0].seed, members, {"size": len(members)}, members)]

    def _old_and_new(self, method: Method) -> list[Made]:
        old = self.task.old_source
        for hinders, why in (
            (isinstance(self.task.old, Ensemble), "the old model is several models itself"),
            (self.task.new_classes, f"the old model does not know {', '.join(self.task.new_classes)}"),
            ("+" in old, f"a + in {old} would be taken for that of an ensemble"),
        ):
            if hinders:
                raise _LeftOut(why)
        units = self.conventional[: self.spec.seeds]
        sources = {unit: f"ensemble:{old}+{self.trainings.path(unit)}" for unit in units}
        return [
            Made(candidate_name(method, unit.seed), method, sources[unit], unit.seed, (unit,), {}, (unit,))
            for unit in units
        ]

    def _chosen_seed(self, method: Method) -> list[Made]:
        units = self.conventional
        if len(units) < 2:
            raise _LeftOut(_FAILED)
        if method.kind == "lowest_nfr_seed":
            chosen = units[self._lowest_nfr(method, units, [f"seed {unit.seed}" for unit in units])]
        else:
            given = np.array([answers(self.trainings.answers(unit)) for unit in units])
            chosen = units[most_centric(given, np.array([self.trainings.score(unit).loss for unit in units]))]
            self._say(f"{method.name}: of {len(units)} seeds, seed {chosen.seed} agrees most with the others")
        return [self._single(method, chosen, tuple(units), {"seed": chosen.seed}, candidate_name(method))]

    def _interpolation(self, method: Method) -> list[Made]:
        units = self._train(interpolation_units(self.spec))
        if not units:
            raise _LeftOut(_FAILED)
        weights = self.spec.interpolation.weights
        scores = [self.task.score(self.task.ask(self._interpolated(units[0], weight))) for weight in weights]
        weight = weights[lowest_nfr(scores, self.spec.accuracy_margin)]
        self._say(f"{method.name}: of {len(weights)} weights of the old model, {weight:g} was chosen")
        return [
            Made(
                candidate_name(method, unit.seed), method, self._interpolated(unit, weight), unit.seed,
                (unit,), {"weight": weight}, (unit,),
            )
            for unit in units
        ]  # fmt: skip

    def _interpolated(self, unit: Unit, weight: float) -> str:
        out = self.trainings.folder / f"{INTERPOLATION}-{weight:g}" / f"seed-{unit.seed}"
        start = self.task.starts["old"]
        interpolate(
            start.checkpoint.path, self.trainings.path(unit), weight, out,
            aliases=self.task.spec.alias, allow_torch_weights=start.checkpoint.torch_weights,
        )  # fmt: skip
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

    def _lowest_nfr(self, method: Method, units: Sequence[Unit], names: Sequence[str]) -> int:
        scores = [self.trainings.score(unit) for unit in units]
        chosen = lowest_nfr(scores, self.spec.accuracy_margin)
        score = scores[chosen]
        self._say(
            f"{method.name}: of {len(units)}, {names[chosen]} was chosen: NFR {score.nfr:.2%} at an accuracy of "
            f"{score.accuracy:.2%} on the selection split"
        )
        return chosen

    def _train(self, units: Sequence[Unit]) -> list[Unit]:
        return self.trainings.train_all(units, self.progress, self.step)

    def _say(self, message: str) -> None:
        self.progress.say(f"{self.task.name}: {message}")
