"""A classifier's encoder: rows in, one vector for each out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipscope.errors import FlipscopeError
from flipscope.predict.batches import Batch
from flipscope.predict.model import Classifier
from flipscope.predict.tokens import Tokens

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


class Encoder(Classifier):
    """The part of a classifier below its head; its batches give vectors in the place of logits.

    A vector is the mean of the last hidden state over the tokens that are no padding, of length 1; of an
    encoder-decoder, that of the encoder.

    Raises
    ------
    FlipscopeError
        When the model has no such part.
    """

    def __init__(self, model: PreTrainedModel, tokens: Tokens, device: str, name: str) -> None:
        if model.base_model is model:
            raise FlipscopeError(
                "this model has no encoder apart from its head, so there are no embeddings", where=name
            )
        super().__init__(model.base_model, tokens, device, name)

    def _forward(self, batch: Batch) -> torch.Tensor:
        import torch

        with torch.inference_mode():
            given = self._given(batch)
            output = self.model(**given)
            encoded = output.get("encoder_last_hidden_state")
            hidden = (output.last_hidden_state if encoded is None else encoded).float()
            if batch.mask is None:
                mean = hidden.mean(dim=1)
            else:
                mask = self._on_device(torch.from_numpy(batch.mask))[:, :, None].to(hidden.dtype)
                mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1)
            return torch.nn.functional.normalize(mean, dim=1)
