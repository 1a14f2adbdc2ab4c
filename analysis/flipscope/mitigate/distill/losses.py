"""How far a model's answers are from the old model's: what distillation makes small."""

from __future__ import annotations

import torch
from torch import Tensor

from flipscope.mitigate.distill.distillation import Distillation


def distances(distillation: Distillation, teacher_logits: Tensor, student_logits: Tensor) -> Tensor:
    """Measure the distance of each row; its gradient is that of the student's logits.

    ``kl`` is ``T^2 * KL(old || new)`` in nats, old model first, both logits divided by the temperature T. Its factor
    keeps gradients of about the same size whatever T is (Hinton et al., *Distilling the Knowledge in a Neural
    Network*, 2015). ``logits`` is ``1/2 * sum_k (z_old(k) - z_new(k))^2`` over the classes the old model knows (Yan
    et al., *Positive-Congruent Training*, CVPR 2021).

    Parameters
    ----------
    distillation : Distillation
        Its `distance` and `temperature`.
    teacher_logits, student_logits : Tensor, shape (rows, classes)
        Of the old model and of the one in training, classes in the same order. A class that the old model does not
        know has the teacher logit -inf, and so the probability 0; every row knows one class or more.

    Returns
    -------
    Tensor, shape (rows,)
        Summed over classes, at least 0; computed in float32 or better whatever the logits are in.
    """
    precision = torch.promote_types(student_logits.dtype, torch.float32)
    teacher, student = teacher_logits.detach().to(precision), student_logits.to(precision)
    known = teacher != float("-inf")  # what is no number stays none
    if distillation.distance == "logits":
        return 0.5 * _gap(teacher, student, known).square().sum(-1)
    log_old, log_new = ((logits / distillation.temperature).log_softmax(-1) for logits in (teacher, student))
    # Not `torch.nn.functional.kl_div`: from probabilities it isn't exactly 0 for equal logits, which T^2 makes large,
    # and from log-probabilities it is NaN where the old model's is -inf.
    divergence = (log_old.exp() * _gap(log_old, log_new, known)).sum(-1)
    return distillation.temperature**2 * divergence


def _gap(old: Tensor, new: Tensor, known: Tensor) -> Tensor:
    """Subtract where the old model knows the class; 0, without a gradient, elsewhere."""
    return torch.where(known, old - new, 0.0)
