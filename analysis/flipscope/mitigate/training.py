"""One training: what decides its result, and a folder that holds a finished one or nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from flipscope.data import Examples
from flipscope.errors import StopsAll
from flipscope.files import folder_written_whole, on_disk
from flipscope.mitigate.distill.distillation import Distillation
from flipscope.mitigate.old_answers import OldLogits
from flipscope.mitigate.spec import TrainingSpec
from flipscope.mitigate.start import Start
from flipscope.predict.cache import versions
from flipscope.predict.device import problem_with, resolve
from flipscope.progress import Step

_RECORD = "training.json"
# Goes up with every change that makes the same training end in other weights.
_VERSION = 1


@dataclass(frozen=True)
class Training:
    """All that a training depends on.

    Attributes
    ----------
    name : str
        What people call it.
    start : Start
        What the model begins as.
    examples : Examples
        What it is trained on; all have a gold label. Their order decides, too, and is not in the digest: it has to
        be one that their content decides, as of `flipscope.mitigate.splits.make_splits`.
    logits : OldLogits or None
        What the old model answers on them; needed to distil.
    spec : TrainingSpec
        How it is trained.
    distillation : Distillation or None
        How it is distilled; None, or one that is not active, for plain fine-tuning.
    seed : int
        Of weights that begin at random, of the order of examples, and of dropout.
    """

    name: str
    start: Start
    examples: Examples
    logits: OldLogits | None
    spec: TrainingSpec
    distillation: Distillation | None
    seed: int

    def __post_init__(self) -> None:
        if self.distils and self.logits is None:
            raise ValueError("distilling takes the old model's logits")
        if self.logits is not None and self.logits.logits.shape != (len(self.examples), len(self.examples.label_names)):
            raise ValueError(f"these are not the logits for {len(self.examples):,} examples")

    @property
    def distils(self) -> bool:
        """Whether the old model has a part in it."""
        return self.distillation is not None and self.distillation.active

    @property
    def examples_seen(self) -> int:
        """Examples that it goes through, every epoch counted."""
        return round(len(self.examples) * self.spec.epochs)

    @cached_property
    def decides(self) -> dict[str, JsonValue]:
        """All that decides the result, but for device and versions."""
        taught: dict[str, object] = {}
        if self.distillation is not None and self.logits is not None and self.distils:
            taught = {"old": self.logits.decided_by, "distillation": asdict(self.distillation)}
        decides = {
            "version": _VERSION,
            "start": self.start.checkpoint.fingerprint,
            "kept_classes": self.start.kept_classes,
            "examples": self.examples.digest,
            "label_names": self.examples.label_names,
            "spec": self.spec.model_dump(),
            "seed": self.seed,
            **taught,
        }
        return json.loads(json.dumps(decides))  # as it is read again

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of `decides`."""
        return hashlib.sha256(json.dumps(self.decides, sort_keys=True).encode()).hexdigest()


class TrainingRecord(BaseModel):
    """What is kept of a finished training beside its model, as ``training.json``.

    Attributes
    ----------
    digest : str
        That of the `Training`.
    name : str
        What people call it.
    decides : dict
        What it was trained with; see `Training`.
    device : str
        ``cpu``, or the name of the GPU.
    versions : dict of str to str
        Of flipscope and the libraries that trained it.
    seconds : float
        That it took, without loading and tokenising.
    step_seconds : float
        Median time of an optimizer step, making its batch included.
    steps : int
        Optimizer steps.
    loss : float
        The last of `history`.
    history : list of (int, float)
        Step, and the mean loss since the one before; about 20.
    outcome : dict of str to float
        With `max_nfr`: the last ``alpha``, and ``train_nfr``, the running NFR on training batches, with dropout.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    digest: str
    name: str
    decides: dict[str, JsonValue]
    device: str
    versions: dict[str, str]
    seconds: float
    step_seconds: float
    steps: int
    loss: float
    history: list[tuple[int, float]]
    outcome: dict[str, float] = {}


def kept(training: Training, folder: Path) -> TrainingRecord | None:
    """Return the record of this very training where the folder holds it, finished; torch is not imported."""
    try:
        record = TrainingRecord.model_validate_json((folder / _RECORD).read_bytes())
    except (OSError, ValidationError):
        return None
    whole = record.digest == training.digest and any(folder.glob("*.safetensors"))
    return record if whole else None


def trained(training: Training, folder: Path, step: Step, *, device: str = "auto") -> TrainingRecord:
    """Train a model into a folder, or find it there.

    Parameters
    ----------
    training : Training
        What is trained, on what, and how.
    folder : Path
        Becomes an ordinary checkpoint, with a ``training.json``, when all is done; until then what was there stays
        there. It is left as it is where it holds this very training, and replaced where it holds another.
    step : Step
        Told the examples of every optimizer step, `Training.examples_seen` in all; may raise to stop.
    device : {"auto", "cpu", "cuda"}
        Where to train.

    Returns
    -------
    TrainingRecord

    Raises
    ------
    FlipscopeError
        When it can't be trained: the loss is not a number, memory is too small, or the checkpoint can't be loaded.
        No part of it is left.
    StopsAll
        When the disk takes no more, or the device is not one to train on.
    """
    if found := kept(training, folder):
        return found
    from flipscope.mitigate.fitting import fit

    with folder_written_whole(folder) as part:
        fitted = fit(training, part, step, device)
        record = TrainingRecord(
            digest=training.digest,
            name=training.name,
            decides=training.decides,
            device=fitted.device,
            versions=versions(),
            seconds=fitted.seconds,
            step_seconds=fitted.step_seconds,
            steps=fitted.steps,
            loss=fitted.history[-1][1],
            history=fitted.history,
            outcome=fitted.outcome,
        )
        with on_disk(folder):
            fitted.save(part)
            (part / _RECORD).write_text(record.model_dump_json(indent=1) + "\n")
    return record


def training_device(wanted: str, precision: str) -> str:
    """Say where a training runs: ``cpu``, ``cuda`` or ``cuda:0``. Torch is imported only where there may be a GPU.

    Parameters
    ----------
    wanted : {"auto", "cpu", "cuda"}
        What the user asks for.
    precision : {"fp32", "bf16", "fp16"}
        What is computed in.

    Raises
    ------
    StopsAll
        When that is not there, or can't train in this precision.
    """
    found, _ = resolve(wanted, "auto")
    if problem := problem_with(found):
        if wanted != "auto":
            raise StopsAll(problem, do="Use --device cpu, or a torch and driver that fit the GPU")
        found = "cpu"
    if found not in ("cpu", "cuda", "cuda:0"):
        raise StopsAll(
            f"training can't choose {found}", do="Choose it with CUDA_VISIBLE_DEVICES, and use --device cuda"
        )
    if found == "cpu" and precision != "fp32":
        raise StopsAll(f"training in {precision} takes a GPU", do='Use precision = "fp32"')
    return found
