"""One loaded model: rows in, logits out. The only place that runs torch."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import Checkpoint, Pretrained
from flipscope.predict.batches import Batch, pad
from flipscope.predict.messages import first_line, quiet_transformers
from flipscope.predict.tokens import Tokens

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_TORCH_NAMES = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


class Classifier:
    """A model on a device, in one precision, over tokenised inputs.

    Parameters
    ----------
    model : torch.nn.Module
        A sequence-classification model.
    tokens : Tokens
        The inputs.
    device : str
        Where the model is, such as ``cpu`` or ``cuda:0``.
    name : str
        What people call the model, for messages.
    """

    def __init__(self, model: torch.nn.Module, tokens: Tokens, device: str, name: str) -> None:
        self.model, self.tokens, self.device, self.name = model, tokens, device, name
        self.accepts = set(inspect.signature(model.forward).parameters)
        self.pad_id = _padding(model, tokens)
        self.limit: int | None = None  # tokens of a batch that fit into memory; None while all did

    def batches(self, rows: Iterable[np.ndarray]) -> Generator[torch.Tensor]:
        """Run batches, and give the logits of each in their order.

        On a CPU several batches run at once on one thread each. That is faster than one batch on all of them, much
        faster on a busy machine (the threads of one batch wait for the slowest), and results don't depend on
        how many there are.

        Parameters
        ----------
        rows : iterable of numpy.ndarray of int
            Rows of each batch.
        """
        if self.device != "cpu":
            yield from map(self.logits, rows)
            return
        with one_thread_each() as count, ThreadPoolExecutor(count) as pool:
            ahead: deque[Future[torch.Tensor]] = deque()
            for part in rows:
                ahead.append(pool.submit(self.logits, part))
                if len(ahead) > count:  # few, so that stopping loses and waits for little
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def logits(self, rows: np.ndarray, width: int | None = None) -> torch.Tensor:
        """Run rows as one batch, or in parts where memory has shown to be too small for that.

        Parameters
        ----------
        rows : numpy.ndarray of int, shape (n,)
            Rows of the tokens.
        width : int, optional
            Tokens to pad each row to; as many as the longest has by default.

        Returns
        -------
        torch.Tensor of shape (n, classes)
            On the device, in the model's precision.

        Raises
        ------
        FlipscopeError
            When not even one row fits into memory, or the model fails on the inputs.
        """
        import torch

        longest = width or int(self.tokens.lengths[rows].max())
        fits = len(rows) if self.limit is None else max(1, self.limit // longest)
        if len(rows) > fits:
            return torch.cat([self.logits(rows[i : i + fits], width) for i in range(0, len(rows), fits)])
        try:
            return self._forward(pad(self.tokens, rows, self.pad_id, width))
        except (IndexError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise FlipscopeError(
                    f"the model cannot be run on inputs of {longest} tokens ({first_line(error)})",
                    where=self.name,
                    do="Lower --max-length, and check that model and tokenizer belong together",
                ) from error
        # Outside the handler, where the traceback no longer holds the tensors of the failed attempt.
        if len(rows) == 1:
            raise FlipscopeError(
                f"one input of {longest} tokens does not fit into the memory of {self.device}",
                where=self.name, do="Lower --max-length, or run with --device cpu",
            )  # fmt: skip
        self.limit = len(rows) * longest // 2
        if self.device != "cpu":
            torch.cuda.empty_cache()
        return self.logits(rows, width)

    def _forward(self, batch: Batch) -> torch.Tensor:
        import torch

        with torch.inference_mode():
            return self.model(**self._given(batch)).logits

    def _given(self, batch: Batch) -> dict[str, torch.Tensor]:
        """Put what the model takes of a batch on its device."""
        import torch

        given = {"input_ids": batch.ids, "attention_mask": batch.mask, "token_type_ids": batch.type_ids}
        return {
            name: self._on_device(torch.from_numpy(values))
            for name, values in given.items()
            if values is not None and name in self.accepts
        }

    def _on_device(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor if self.device == "cpu" else tensor.pin_memory().to(self.device, non_blocking=True)


def fetch(pieces: list[torch.Tensor]) -> np.ndarray:
    """Bring logits to the host: float32 of shape (rows of all pieces, classes)."""
    import torch

    return torch.cat(pieces).float().cpu().numpy()


def load_model(checkpoint: Checkpoint, device: str, precision: str) -> torch.nn.Module:
    """Load a checkpoint's model for inference, with every weight it needs and without code of its own.

    Parameters
    ----------
    checkpoint : Checkpoint
        Where it is.
    device : str
        Where to put it.
    precision : str
        ``fp32``, ``fp16`` or ``bf16``: what the weights are cast to.

    Returns
    -------
    torch.nn.Module

    Raises
    ------
    FlipscopeError
        When it can't be loaded, or weights are missing, so that its answers would be random.
    """
    model, info = read_model(checkpoint, precision)
    if missing := sorted(info["missing_keys"]):
        raise FlipscopeError(
            f"{len(missing)} of the model's weights are not in the file, {missing[0]} among them: "
            "its answers would be random",
            where=checkpoint.path, do="Fine-tune it and save the whole model with save_pretrained",
        )  # fmt: skip
    return _placed(model.eval(), device, checkpoint.name)


def read_model(checkpoint: Pretrained, precision: str, **options: Any) -> tuple[PreTrainedModel, dict[str, set[str]]]:
    """Read a classifier's weights, without code of its own.

    Parameters
    ----------
    checkpoint : Pretrained
        Where it is.
    precision : str
        ``fp32``, ``fp16`` or ``bf16``: what the weights are cast to.
    **options
        More for ``from_pretrained``.

    Returns
    -------
    model : transformers.PreTrainedModel
        On the CPU, and in eval mode.
    info : dict of str to set of str
        What ``from_pretrained`` tells of weights that are missing, or of another shape.

    Raises
    ------
    FlipscopeError
        When it can't be read.
    """
    import torch
    from transformers import AutoModelForSequenceClassification

    with quiet_transformers():
        try:
            return AutoModelForSequenceClassification.from_pretrained(
                str(checkpoint.path),
                dtype=getattr(torch, _TORCH_NAMES[precision]),
                use_safetensors=not checkpoint.torch_weights,
                weights_only=True,
                trust_remote_code=False,
                local_files_only=True,
                output_loading_info=True,
                **options,
            )
        # transformers, safetensors and torch raise all kinds of errors on broken files.
        except Exception as error:
            raise FlipscopeError(f"the model cannot be loaded ({first_line(error)})", where=checkpoint.path) from error


def _placed(model: torch.nn.Module, device: str, name: str) -> torch.nn.Module:
    try:
        return model.to(device)
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise FlipscopeError(
            f"the model does not fit into the memory of {device}", where=name, do="Run with --device cpu"
        ) from error


def _padding(model: torch.nn.Module, tokens: Tokens) -> int:
    """Return the id to fill with; the model knows it too, as decoders find the last token by it."""
    config = getattr(model, "config", None)
    known = getattr(config, "pad_token_id", None)
    pad_id = next((found for found in (known, tokens.pad_id) if found is not None), 0)
    if config is not None and known is None:
        config.pad_token_id = pad_id
    return int(pad_id)


def is_out_of_memory(error: Exception) -> bool:
    """Whether torch raised this as memory was too small."""
    import torch

    return isinstance(error, torch.OutOfMemoryError) or any(sign in str(error).lower() for sign in _NO_MEMORY)


@contextmanager
def one_thread_each() -> Iterator[int]:
    """Let torch use one thread for each operation, as several run side by side; yield how many it would have used."""
    import torch

    count = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield count
    finally:
        torch.set_num_threads(count)


@contextmanager
def exact_products() -> Iterator[None]:
    """Matrix products in the precision asked for: neither TF32 nor bf16 in place of fp32."""
    import torch

    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before[0])
        torch.backends.cudnn.allow_tf32 = before[1]
