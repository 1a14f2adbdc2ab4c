"""The kinds of expectation a behavior test can have: data only, as suite files write them (docs/formats.md)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Label(_Kind):
    """The prediction is the example's own label."""

    kind: Literal["label"] = "label"


class Equals(_Kind):
    """The prediction is this class."""

    kind: Literal["equals"] = "equals"
    value: str


class NotEquals(_Kind):
    """The prediction is any class but this one."""

    kind: Literal["not_equals"] = "not_equals"
    value: str


class OneOf(_Kind):
    """The prediction is one of these classes; without `values`, one of the example's own ``allowed``."""

    kind: Literal["one_of"] = "one_of"
    values: tuple[str, ...] | None = None


class Invariant(_Kind):
    """The prediction is the first example's, or the probability of that class moved by at most `tolerance`."""

    kind: Literal["invariant"] = "invariant"
    tolerance: float = Field(0.1, ge=0, le=1)


class Monotonic(_Kind):
    """The probability of a class does not move the wrong way, from the first example to the others.

    The class watched is `label`, or what the first example was answered with. An example does not count where the
    first one leaves no room to move that way: its probability is within `tolerance` of the end.
    """

    kind: Literal["monotonic"] = "monotonic"
    direction: Literal["up", "down"]
    label: str | None = None
    tolerance: float = Field(0.0, ge=0, le=1)


class ScoreShift(_Kind):
    """A weighted sum of the changes of the probabilities does not move the wrong way by more than `tolerance`."""

    kind: Literal["score_shift"] = "score_shift"
    weights: dict[str, float] = Field(min_length=1)
    direction: Literal["up", "down"]
    tolerance: float = Field(0.0, ge=0)


class Implication(_Kind):
    """Predictions of the pairs (A, B), (A, C) and (B, C) do not contradict that equality is transitive.

    The class with position 1 is "equal". `rule` ``released`` is what the released QQP suite does instead.
    """

    kind: Literal["implication"] = "implication"
    rule: Literal["transitive", "released"] = "transitive"


class TextEquals(_Kind):
    """The prediction is the example's label as text; ``released`` strips both as the released SQuAD suite does."""

    kind: Literal["text_equals"] = "text_equals"
    clean: Literal["none", "released"] = "none"


class TextSubstituted(_Kind):
    """The prediction is that of the first example, with the whole word the example replaced put in."""

    kind: Literal["text_substituted"] = "text_substituted"


class AllOf(_Kind):
    """Every one of these holds; those that do not apply to an example do not count."""

    kind: Literal["all_of"] = "all_of"
    of: tuple[ExampleRule, ...] = Field(min_length=1)


class AnyOf(_Kind):
    """At least one of these holds; those that do not apply to an example do not count."""

    kind: Literal["any_of"] = "any_of"
    of: tuple[ExampleRule, ...] = Field(min_length=1)


class Unknown(_Kind):
    """A rule that could not be read as one of the kinds: the test is shown, and not evaluated."""

    kind: Literal["unknown"] = "unknown"
    name: str


# What an example can be judged by alone or with the first of its case; an implication needs the whole case.
ExampleRule = Annotated[
    Label
    | Equals
    | NotEquals
    | OneOf
    | Invariant
    | Monotonic
    | ScoreShift
    | TextEquals
    | TextSubstituted
    | AllOf
    | AnyOf
    | Unknown,
    Field(discriminator="kind"),
]
Expectation = Annotated[ExampleRule | Implication, Field(discriminator="kind")]
AllOf.model_rebuild()
AnyOf.model_rebuild()


class Slice(_Kind):
    """Which cases count: those in which every example's prediction, or the first one's, fits.

    Cases that do not fit count as not applicable.
    """

    on: Literal["orig_pred", "pred"] = "orig_pred"
    op: Literal["eq", "ne", "in"]
    value: str | tuple[str, ...]
