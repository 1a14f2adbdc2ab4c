"""The trainings of one task: each done once, kept on disk, scored on the selection split, and accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from flipscope.data import Predictions
from flipscope.errors import FlipscopeError, StopsAll
from flipscope.mitigate.choose import SelectScore
from flipscope.mitigate.plan import (
    OLD_UNIT,
    Unit,
    chosen_units,
    conventional_units,
    interpolation_units,
    trainings_per_task,
    tuning_units,
)
from flipscope.mitigate.spec import MitigationSpec, TrainingSpec
from flipscope.mitigate.task import OpenedTask
from flipscope.mitigate.training import Training, TrainingRecord, kept, trained, training_device
from flipscope.predict.runner import Settings
from flipscope.progress import Progress, Step
from flipscope.study import TrainingInfo


class Trainings:
    """The trainings of one task.

    Parameters
    ----------
    task : OpenedTask
        What is trained on, and what new models begin as.
    spec : MitigationSpec
        How they are trained.
    folder : Path
        Where the models are kept.
    settings : Settings
        The device.
    """

    def __init__(self, task: OpenedTask, spec: MitigationSpec, folder: Path, settings: Settings) -> None:
        self.task, self.spec, self.folder, self.settings = task, spec, folder, settings
        self._records: dict[Unit, TrainingRecord] = {}
        self._failures: dict[Unit, str] = {}
        self._answers: dict[Unit, Predictions] = {}
        self._scores: dict[Unit, SelectScore] = {}

    @property
    def examples_each(self) -> int:
        """Examples that the training of a new model goes through, every epoch counted."""
        return self._examples(self.spec.training)

    @property
    def planned_examples(self) -> int:
        """Examples that all trainings of new models go through."""
        return sum(trainings_per_task(self.spec).values()) * self.examples_each

    def check_device(self) -> None:
        """Refuse a device that can't train, before anything is run. Where conventional models are finished, it may.

        Raises
        ------
        StopsAll
            When it can't.
        """
        olds = [OLD_UNIT] if self.task.known_old is None else []
        for unit in [*olds, *conventional_units(self.spec)]:
            if not self._is_kept(unit):
                training_device(self.settings.device, self._recipe(unit).precision)

    def train_old(self, progress: Progress) -> OpenedTask:
        """Train the old model of a task that has none yet; give the task with it.

        Raises
        ------
        FlipscopeError
            When it can't be trained.
        """
        if self.task.known_old is not None:
            return self.task
        training = self._training(OLD_UNIT)
        with progress.step(f"{training.name}: training", self._examples(training.spec), unit="examples") as step:
            record = trained(training, self.path(OLD_UNIT), step, device=self.settings.device)
        self.task = self.task.with_old(self.path(OLD_UNIT))
        self._records[OLD_UNIT] = record
        return self.task

    def _examples(self, recipe: TrainingSpec) -> int:
        return round(len(self.task.splits.train) * recipe.epochs)

    def path(self, unit: Unit) -> Path:
        """Where the model of a unit is."""
        return self.folder / unit.folder

    def train_all(self, units: Iterable[Unit], progress: Progress, step: Step) -> list[Unit]:
        """Train what is not trained yet; give those that could be trained. One that fails is said and left out.

        Raises
        ------
        StopsAll
            When the disk takes no more, or the device can't train.
        """
        return [unit for unit in units if self._train(unit, progress, step)]

    def _train(self, unit: Unit, progress: Progress, step: Step) -> bool:
        if unit in self._records:
            return True
        counted = _Counted(step)
        found = kept(self._training(unit), self.path(unit))
        try:
            self._records[unit] = found or trained(
                self._training(unit), self.path(unit), counted, device=self.settings.device
            )
        except StopsAll:
            raise
        except FlipscopeError as error:
            self._failures[unit] = str(error)
            progress.say(f"{self.task.name}: {unit.name}: failed, and the plan goes on without it: {error}")
        if found is None:
            step.advance(max(0, self.examples_each - counted.done))  # the rest of one that failed
        return unit in self._records

    def answers(self, unit: Unit) -> Predictions:
        """Get what a trained model answers on the selection split."""
        if unit not in self._answers:
            self._answers[unit] = self.task.ask(self.path(unit))
        return self._answers[unit]

    def score(self, unit: Unit) -> SelectScore:
        """Judge a trained model on the selection split."""
        if unit not in self._scores:
            self._scores[unit] = self.task.score(self.answers(unit))
        return self._scores[unit]

    @property
    def seconds(self) -> dict[str, float | None]:
        """How long each training took, by its folder."""
        return {unit.folder: record.seconds for unit, record in self._records.items()}

    def infos(self, used: set[tuple[str, str]]) -> Iterator[TrainingInfo]:
        """Account for every training, those that failed last; `used` has task and folder of those that answer."""
        for unit, record in self._records.items():
            score = self._scores.get(unit)
            yield TrainingInfo(
                task=self.task.name,
                recipe=unit.recipe,
                seed=unit.seed,
                settings=unit.settings,
                chosen=unit == OLD_UNIT or (self.task.name, unit.folder) in used,
                status="finished",
                seconds=record.seconds,
                step_seconds=record.step_seconds,
                select_nfr=score.nfr if score else None,
                select_accuracy=score.accuracy if score else None,
            )
        for unit, message in self._failures.items():
            yield TrainingInfo(
                task=self.task.name, recipe=unit.recipe, seed=unit.seed, settings=unit.settings,
                chosen=False, status="failed", message=message,
            )  # fmt: skip

    def finished_examples(self) -> int:
        """Count the examples of trainings that an earlier run has finished, as far as they are among those planned."""
        spec = self.spec
        units = [*conventional_units(spec), *interpolation_units(spec)]
        finished = sum(map(self._is_kept, units))
        for variant in spec.variants:
            tuning = tuning_units(spec, variant)
            chosen = [[*map(self._is_kept, chosen_units(spec, unit))] for unit in tuning]
            finished += (sum(map(self._is_kept, tuning)) if len(tuning) > 1 else 0) + max(map(sum, chosen))
        return finished * self.examples_each

    def _is_kept(self, unit: Unit) -> bool:
        return kept(self._training(unit), self.path(unit)) is not None

    def _recipe(self, unit: Unit) -> TrainingSpec:
        return (self.spec.old_training if unit == OLD_UNIT else None) or self.spec.training

    def _training(self, unit: Unit) -> Training:
        distillation = unit.distillation if unit.distillation and unit.distillation.active else None
        return Training(
            name=f"{self.task.name}: {unit.name}",
            start=self.task.starts[unit.start],
            examples=self.task.splits.train,
            logits=self.task.train_logits if distillation else None,
            spec=self._recipe(unit),
            distillation=distillation,
            seed=unit.seed,
        )


class _Counted:
    """Counts what it passes on."""

    def __init__(self, step: Step) -> None:
        self._step, self.done = step, 0

    def advance(self, done: int) -> None:
        self.done += done
        self._step.advance(done)
