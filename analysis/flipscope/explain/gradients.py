"""Gradients of one model on one example with respect to the embeddings of its tokens, by captum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from flipscope.errors import FlipscopeError
from flipscope.explain.models import LoadedModel
from flipscope.explain.words_of_tokens import PlacedTokens
from flipscope.predict.messages import first_line

if TYPE_CHECKING:
    import torch

#: Largest gap, as a share of the change to be explained, that integrated gradients are refined to.
COMPLETE = 0.01
#: Points of the path that are tried first, and at most; doubled until the gap is small enough.
_FIRST_STEPS, _MOST_STEPS = 32, 1024


@dataclass(frozen=True)
class TokenScores:
    """What each token of an example counts for, in the log-odds of a target.

    Attributes
    ----------
    scores : numpy.ndarray of float64, shape (tokens,)
        Summed over the dimensions of the embedding.
    value, baseline, steps
        As in `flipscope.explain.attribution.ModelAttribution`.
    """

    scores: np.ndarray
    value: float
    baseline: float | None
    steps: int | None


class Scorer:
    """The log-odds of a target as a function of the word embeddings of one example; a context.

    Positions, segments and token ids stay those of the example: only what the layer of word embeddings gives is
    replaced. So models that look for their last token, or count positions by token ids, work as they do otherwise.

    Parameters
    ----------
    model : LoadedModel
        Not used by anybody else meanwhile.
    tokens : PlacedTokens
        The example.
    target : tuple of str
        Two classes: the log-odds are those of the first against the second.
    """

    def __init__(self, model: LoadedModel, tokens: PlacedTokens, target: tuple[str, str]) -> None:
        import torch

        classifier = model.classifier(tokens.as_tokens(model.tokenizer, model.max_length))
        self.model = model
        self._layer: torch.nn.Module = model.model.get_input_embeddings()
        self._answer, self._against = (model.classes.index(name) for name in target)
        ids = torch.from_numpy(tokens.ids.astype(np.int64))[None].to(model.device)
        given = {"input_ids": ids}
        if tokens.type_ids is not None and "token_type_ids" in classifier.accepts:
            given["token_type_ids"] = torch.from_numpy(tokens.type_ids.astype(np.int64))[None].to(model.device)
        self._given = given
        with torch.no_grad():
            special = torch.from_numpy(tokens.field < 0).to(model.device)
            self.embeddings = self._layer(ids)
            self.baseline = self._layer(torch.where(special, ids, classifier.pad_id))
        self._hook: Any = None
        self._embedded: torch.Tensor | None = None
        self._calls = 0

    def __enter__(self) -> Self:
        self._hook = self._layer.register_forward_hook(self._replace)
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()

    def _replace(self, *_: object) -> torch.Tensor | None:
        self._calls += 1
        return self._embedded

    def __call__(self, embedded: torch.Tensor) -> torch.Tensor:
        """Compute the log-odds for embeddings of shape (n, tokens, width): a tensor of shape (n,).

        Raises
        ------
        FlipscopeError
            When the model can't be run, or does not read its word embeddings just once.
        """
        self._embedded, self._calls = embedded, 0
        given = {name: values.expand(len(embedded), -1) for name, values in self._given.items()}
        try:
            logits = self.model.model(**given).logits
        except (IndexError, RuntimeError) as error:
            raise FlipscopeError(f"the model cannot be run ({first_line(error)})", where=self.model.name) from error
        if self._calls != 1:
            raise FlipscopeError(
                f"models of the kind {self.model.checkpoint.model_type} don't read their word embeddings in one place, "
                "so words can't be given their share",
                where=self.model.name,
                do="Look at the probes alone: what both answer without a word (--method none)",
            )
        return logits[:, self._answer] - logits[:, self._against]

    def at(self, embedded: torch.Tensor) -> float:
        """Compute the log-odds for one example."""
        import torch

        with torch.no_grad():
            return float(self(embedded)[0])


def integrated_gradients(scorer: Scorer) -> TokenScores:
    """Integrate gradients along the straight path from the baseline to the example.

    The path is sampled at more and more points (Gauss-Legendre) until the scores add up to the change of the
    log-odds within `COMPLETE` of it, or at the most points that are tried.

    References
    ----------
    Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", ICML 2017.
    """
    from captum.attr import IntegratedGradients

    from flipscope.predict.runner import BUDGET

    value, baseline = scorer.at(scorer.embeddings), scorer.at(scorer.baseline)
    at_once = BUDGET[scorer.model.device.partition(":")[0]] // scorer.embeddings.shape[1]
    steps = _FIRST_STEPS
    while True:
        found = IntegratedGradients(scorer).attribute(
            scorer.embeddings, baselines=scorer.baseline, n_steps=steps, internal_batch_size=max(1, at_once)
        )
        scores = _by_token(found)
        if abs(scores.sum() - (value - baseline)) <= COMPLETE * abs(value - baseline) or steps >= _MOST_STEPS:
            return TokenScores(scores, value, baseline, steps)
        steps *= 2


def gradient_x_input(scorer: Scorer) -> TokenScores:
    """Multiply each token's embedding with the gradient there: how the log-odds would change to first order.

    References
    ----------
    Shrikumar, Greenside and Kundaje, "Not Just a Black Box: Learning Important Features Through Propagating Activation
    Differences", 2016.
    """
    from captum.attr import InputXGradient

    scores = _by_token(InputXGradient(scorer).attribute(scorer.embeddings.clone().requires_grad_()))
    return TokenScores(scores, scorer.at(scorer.embeddings), None, None)


def _by_token(found: torch.Tensor) -> np.ndarray:
    return found[0].detach().double().sum(dim=1).cpu().numpy()
