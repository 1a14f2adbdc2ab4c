"""Where the old model is imitated: a weight of at least 0 for each row of a batch."""

from __future__ import annotations

import torch
from torch import Tensor

from flipscope.mitigate.distill.distillation import Distillation


@torch.no_grad()
def gate_weights(distillation: Distillation, teacher_logits: Tensor, student_logits: Tensor, labels: Tensor) -> Tensor:
    """Weigh the rows of a batch; no gradient passes through.

    With p(y) the probability of the gold label at temperature 1, of the old model or of the one in training:

    ===================  ===================================================
    none                 0: the conventional update
    all                  1: ordinary distillation (Hinton et al.)
    old_correct          1 where argmax p_old = y
    old_better           1 where p_old(y) > p_new(y)
    old_better_conf      p_old(y) where p_old(y) > p_new(y)
    focal                base + focus * 1 where argmax p_old = y (Yan et al.)
    student_wrong        1 where argmax p_new != y (Echterhoff et al.)
    ===================  ===================================================

    Rows whose gold class the old model does not know have weight 0 under every gate: it has nothing to teach there.

    Parameters
    ----------
    distillation : Distillation
        Its `gate`, and its `focal` weights.
    teacher_logits, student_logits : Tensor, shape (rows, classes)
        Of the old model and of the one in training, classes in the same order; -inf in `teacher_logits` where the
        old model does not know the class.
    labels : int Tensor, shape (rows,)
        Gold classes, 0 to classes - 1.

    Returns
    -------
    Tensor, shape (rows,)
        In the precision of the loss, at least that of float32.

    Notes
    -----
    ``old_better_conf`` is the form in the code released with Xie et al., *Regression Bugs Are In Your Model!* (ACL
    2021); ``focal`` is from Yan et al., *Positive-Congruent Training* (CVPR 2021); ``student_wrong`` is the mask of
    Echterhoff et al., *MUSCLE* (2024).
    """
    precision = torch.promote_types(student_logits.dtype, torch.float32)
    old_gold, new_gold = (
        _gold_probability(logits.to(precision), labels) for logits in (teacher_logits, student_logits)
    )
    old_right, new_right = teacher_logits.argmax(-1) == labels, student_logits.argmax(-1) == labels
    base, focus = distillation.focal
    match distillation.gate:
        case "none":
            weights = torch.zeros_like(old_gold)
        case "all":
            weights = torch.ones_like(old_gold)
        case "old_correct":
            weights = old_right.to(precision)
        case "old_better":
            weights = (old_gold > new_gold).to(precision)
        case "old_better_conf":
            weights = (old_gold > new_gold) * old_gold
        case "focal":
            weights = base + focus * old_right.to(precision)
        case "student_wrong":
            weights = (~new_right).to(precision)
    return weights * _at(teacher_logits, labels).isfinite()


def _gold_probability(logits: Tensor, labels: Tensor) -> Tensor:
    return _at(logits.softmax(-1), labels)


def _at(values: Tensor, labels: Tensor) -> Tensor:
    return values.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
