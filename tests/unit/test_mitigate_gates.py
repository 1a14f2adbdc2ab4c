"""Where the old model is imitated, and how far from it a model is."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from flipscope.errors import FlipscopeError
from flipscope.mitigate.distill.distillation import GATES, Distillation
from flipscope.mitigate.distill.gates import gate_weights
from flipscope.mitigate.distill.losses import distances

# Two classes, five rows, worked out by hand.
TEACHER = torch.tensor([[2.0, 0.0], [1.0, 0.0], [0.5, 0.0], [1.0, 0.0], [0.0, 3.0]], dtype=torch.float64)
STUDENT = torch.tensor([[0.0, 1.0], [0.0, 1.0], [2.0, 0.0], [2.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
GOLD = torch.tensor([0, 1, 0, 1, 1])
CROSS_ENTROPY = 0.8387
#: gate: weights, KD term at T = 1 and total, KD term at T = 2 and total; alpha = 1.
GOLDEN: dict[str, tuple[list[float], float, float, float, float]] = {
    "none": ([0, 0, 0, 0, 0], 0, 0.8387, 0, 0.8387),
    "all": ([1, 1, 1, 1, 1], 0.3525, 1.1912, 0.4510, 1.2897),
    "old_correct": ([1, 0, 1, 0, 1], 0.2435, 1.0823, 0.3307, 1.1694),
    "old_better": ([1, 0, 0, 1, 1], 0.2162, 1.0550, 0.3005, 1.1392),
    "old_better_conf": ([0.8808, 0, 0, 0.2689, 0.9526], 0.1828, 1.0215, 0.2562, 1.0949),
    "focal": ([6, 1, 6, 1, 6], 1.5702, 2.4089, 2.1043, 2.9430),
    "student_wrong": ([1, 0, 0, 1, 0], 0.1823, 1.0210, 0.2283, 1.0670),
}
CLOSE: dict[str, Any] = {"abs": 6e-5}


def make(**settings: Any) -> Distillation:
    return Distillation(**{"gate": "all", "temperature": 1.0, **settings})


def batch_term(distillation: Distillation, teacher: Tensor, student: Tensor, gold: Tensor) -> Tensor:
    weights = gate_weights(distillation, teacher, student, gold)
    return (weights * distances(distillation, teacher, student)).mean()


@pytest.mark.parametrize("gate", GATES)
def test_each_gate_and_the_loss_it_makes(gate: str) -> None:
    weights, kd_1, total_1, kd_2, total_2 = GOLDEN[gate]
    assert gate_weights(make(gate=gate), TEACHER, STUDENT, GOLD).tolist() == pytest.approx(weights, **CLOSE)
    cross_entropy = torch.nn.functional.cross_entropy(STUDENT, GOLD).item()
    assert cross_entropy == pytest.approx(CROSS_ENTROPY, **CLOSE)
    for temperature, kd, total in [(1.0, kd_1, total_1), (2.0, kd_2, total_2)]:
        found = batch_term(make(gate=gate, temperature=temperature), TEACHER, STUDENT, GOLD).item()
        assert found == pytest.approx(kd, **CLOSE)
        assert cross_entropy + found == pytest.approx(total, **CLOSE)


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [(1.0, [0.8287, 0.4621, 0.2192, 0.0826, 0.1698]), (2.0, [1.0296, 0.4898, 0.2628, 0.1118, 0.3610])],
)
def test_divergence_of_each_row(temperature: float, expected: list[float]) -> None:
    assert distances(make(temperature=temperature), TEACHER, STUDENT).tolist() == pytest.approx(expected, **CLOSE)


def test_gates_look_at_temperature_1_whatever_the_loss_has() -> None:
    warm = gate_weights(make(gate="old_better_conf", temperature=3.0), TEACHER, STUDENT, GOLD)
    assert warm.tolist() == pytest.approx(GOLDEN["old_better_conf"][0], **CLOSE)


def test_logit_matching() -> None:
    matching = make(gate="focal", distance="logits", temperature=3.0)  # where the temperature says nothing
    assert distances(matching, TEACHER, STUDENT).tolist() == pytest.approx([2.5, 1, 1.125, 0.5, 2])
    assert batch_term(matching, TEACHER, STUDENT, GOLD).item() == pytest.approx(7.05)


@pytest.mark.parametrize(("temperature", "expected"), [(1.0, 1.1504), (2.0, 1.2806), (100.0, 1.3333)])
def test_three_classes(temperature: float, expected: float) -> None:
    teacher, student = torch.tensor([[2.0, 1, 0]]).double(), torch.tensor([[0.0, 1, 2]]).double()
    assert distances(make(temperature=temperature), teacher, student).item() == pytest.approx(expected, abs=1e-4)


def test_teacher_and_student_do_not_change_places() -> None:
    assert distances(make(), TEACHER, STUDENT).tolist() != pytest.approx(distances(make(), STUDENT, TEACHER).tolist())


def test_the_focal_weights_include_the_two_plain_gates() -> None:
    for focal, gate in [((1.0, 0.0), "all"), ((0.0, 1.0), "old_correct")]:
        found = gate_weights(make(gate="focal", focal=focal), TEACHER, STUDENT, GOLD)
        assert found.tolist() == gate_weights(make(gate=gate), TEACHER, STUDENT, GOLD).tolist()


LOGITS = st.lists(st.floats(-30, 30), min_size=3, max_size=3)


def row(values: list[float]) -> Tensor:
    return torch.tensor([values], dtype=torch.float64)


@given(LOGITS, LOGITS, st.floats(0.5, 5), st.floats(-100, 100))
def test_divergence_is_of_distributions(old: list[float], new: list[float], temperature: float, shift: float) -> None:
    kl = make(temperature=temperature)
    found = distances(kl, row(old), row(new)).item()
    assert math.isfinite(found)
    assert found >= -1e-9
    for teacher, student in [(row(old) + shift, row(new)), (row(old), row(new) + shift)]:
        assert distances(kl, teacher, student).item() == pytest.approx(found, rel=1e-6, abs=1e-9)


@given(LOGITS, st.floats(0.5, 100), st.sampled_from(["kl", "logits"]))
def test_equal_logits_are_exactly_0_apart(logits: list[float], temperature: float, distance: str) -> None:
    same = row(logits).float()
    assert distances(make(temperature=temperature, distance=distance), same, same.clone()).item() == 0


@given(LOGITS, st.integers(0, 2), st.floats(0.1, 10))
def test_other_logits_are_apart(logits: list[float], which: int, gap: float) -> None:
    other = row(logits)
    other[0, which] += gap
    assert distances(make(distance="logits"), row(logits), other).item() == pytest.approx(gap**2 / 2)
    p = row(logits).softmax(-1)[0, which].item()
    assume(p * (1 - p) > 1e-6)  # what is certain to both, or impossible, may change without being seen
    assert distances(make(), row(logits), other).item() > 0


def test_a_shift_matters_to_logit_matching_only() -> None:
    assert distances(make(distance="logits"), TEACHER, TEACHER + 1).tolist() == pytest.approx([1.0] * 5)
    assert distances(make(), TEACHER, TEACHER + 1).tolist() == pytest.approx([0.0] * 5)


@pytest.mark.parametrize("distance", ["kl", "logits"])
@pytest.mark.parametrize("gate", ["all", "old_better_conf", "focal"])
def test_the_gradient_is_right_and_the_students_alone(distance: str, gate: str) -> None:
    teacher, student = TEACHER.clone().requires_grad_(), STUDENT.clone().requires_grad_()
    distillation = make(gate=gate, distance=distance, temperature=2.0)
    partial = TEACHER.clone()
    partial[1] = torch.tensor([0.3, float("-inf")])  # a class that the old model does not know
    assert torch.autograd.gradcheck(lambda logits: batch_term(distillation, TEACHER, logits, GOLD), (student,))
    assert torch.autograd.gradcheck(lambda logits: distances(distillation, partial, logits), (student,))
    batch_term(distillation, teacher, student, GOLD).backward()
    assert teacher.grad is None
    assert student.grad is not None
    assert student.grad.abs().sum() > 0


@pytest.mark.parametrize("gate", GATES)
def test_weights_carry_no_gradient(gate: str) -> None:
    weights = gate_weights(make(gate=gate), TEACHER, STUDENT.clone().requires_grad_(), GOLD)
    assert not weights.requires_grad


# The old model does not know the third class, and is sure of the first one.
PARTIAL = torch.tensor([[1.0, 0.0, float("-inf")]] * 2)
NEW = torch.tensor([[0.0, 0.0, math.log(2)]] * 2)


@pytest.mark.parametrize("gate", [gate for gate in GATES if gate != "none"])
def test_there_is_no_gate_on_a_class_the_old_model_does_not_know(gate: str) -> None:
    weights = gate_weights(make(gate=gate), PARTIAL, NEW, torch.tensor([2, 0]))
    assert weights[0] == 0
    assert weights[1] > 0  # gold is the first class: the old model is right, the new one answers the third


@pytest.mark.parametrize("distance", ["kl", "logits"])
def test_distance_and_gradient_with_a_class_the_old_model_does_not_know(distance: str) -> None:
    student = NEW.clone().requires_grad_()
    found = distances(make(distance=distance), PARTIAL, student)
    old = 1 / (1 + math.exp(-1))  # p_old of the first class; the new model has 1/4 1/4 1/2
    by_hand = {
        "kl": old * math.log(old / 0.25) + (1 - old) * math.log((1 - old) / 0.25),
        "logits": 0.5,  # (1 - 0)^2 / 2, and nothing for the third class
    }
    assert found.tolist() == pytest.approx([by_hand[distance]] * 2, abs=1e-6)
    found.sum().backward()
    assert student.grad is not None
    assert student.grad.isfinite().all()
    assert student.grad[:, 2].tolist() == pytest.approx([0.5 if distance == "kl" else 0.0] * 2)


@pytest.mark.parametrize("precision", [torch.float16, torch.bfloat16])
def test_short_floats_are_computed_with_in_float32(precision: torch.dtype) -> None:
    teacher, student = TEACHER.to(precision), STUDENT.to(precision)  # exact in both
    found = batch_term(make(gate="old_better_conf", temperature=2.0), teacher, student, GOLD)
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(GOLDEN["old_better_conf"][3], **CLOSE)


@pytest.mark.parametrize("distance", ["kl", "logits"])
def test_old_answers_that_are_no_numbers_are_not_passed_over(distance: str) -> None:
    teacher = torch.tensor([[float("nan"), 1.0]])
    assert distances(make(distance=distance), teacher, torch.zeros(1, 2)).isnan().all()


@pytest.mark.parametrize("gate", sorted({*GATES} - {"focal"}))
def test_focal_weights_for_a_gate_that_has_none(gate: str) -> None:
    with pytest.raises(FlipscopeError, match=f"focal has no effect with the gate {gate}") as told:
        make(gate=gate, focal=(1, 10))
    assert 'gate = "focal"' in str(told.value)
    for usual in [(1, 5), [1.0, 5.0]]:
        assert make(gate=gate, focal=usual).gate == gate
