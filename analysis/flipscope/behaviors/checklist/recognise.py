"""Recognises CheckList's expectation functions: what a function is made of, told as one of the kinds of kinds.py.

A function is recognised by all it does: its byte code, constants and the names it uses (as a fingerprint), and then by
the values its closure holds. Its own name proves nothing, and neither does byte code alone: that of ``min`` and ``max``
of two results is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import ValidationError

from flipscope.behaviors import kinds

#: A function as plain data: ``role`` or ``fingerprint``, ``name``, ``code``, ``constants``, ``names``, ``closure``
#: (by variable) and ``globals`` (the functions it uses).
Function = Mapping[str, Any]

# What the library's functions do, by fingerprint: as the released suites hold them (Python 3.6) and as version 0.0.11
# compiles on Python 3.6 to 3.13. reader.fingerprint makes them.
_FINGERPRINTS = {
    "testcase": "8bdf35bc7131 f3600e142dfc 2f548992850d af00b326da3e 90f2e9347261",
    "single": "3c4e1994c9bd 12657027ff6e e4c398e04716 bbf280ffc8b6 5d3b71c9931b 1648c6a183e4",
    "pairwise": "9fbaafa7020f 59ed6a571440 7c1482c12e64 e7c8e45b7150 e947878854f9 c4fdac65783d",
    "wrap_slice": (
        "3b31ff5db2d7 f8a2e6cc56a9 983be7948202 0360f371cdad c4b78be70403 d101ec992af1 60ed3a1288d6 b08d84cc32dc "
        "69ccdbb2d584"
    ),
    "slice_orig": "3fe56b45d745 22f755e42963 c6f2affec3e7 f61c170e6b50",
    "combine": "67eac3100675 984385f5e749 2252266e773d ad25b0d8e521 b756241ab22c 597045cf45a5 cfd470838059",
    "combine_and": "33c60ec467e7 1356e69c8926 91e2ae3975b7 fd27eaed3c2a",
    "combine_or": "a85f70f4b0e5 fb5cf55fbd2c f83be5a5ddbd d47a5e6d8135",
    "eq": "eb0a7e3d71f4 7eea37687d97 984c5298c6ed 75495b6ba169 9ac84ef9ed5e 1b82472a01a8 e5fbb5af82ad",
    "inv": (
        "e8de639179ee 7a41622149ca c9538e2fe6d6 c0d6693c5306 55209ced181e 75dd320b3b12 64fd42515773 d6d7ed96bc23 "
        "88ede6bab73c"
    ),
    "monotonic": (
        "1305a703cc30 e3cbcd5ee880 390c8eb624ce ae7636d7ac84 af455646edde f26ba6a32877 f7c81a7f77dd a28929510af2"
    ),
    # rules that only the released suites have
    "neutral_allowed": "2e0156f8e115",
    "shift_up": "14df8be1d774",
    "shift_down": "27c160042f7d",
    "positive_change": "50f429f4b9e9",
    "triplet": "c9f80df9e59b",
    "squad": "3a0d742879ba",
    "clean": "edd9053004af",
    "same": "bf9947853836",
}
_ROLES = {print_: role for role, prints in _FINGERPRINTS.items() for print_ in prints.split()}

# Functions of one comparison of their first or second argument with a constant, by byte code (Python 3.6 to 3.10, then
# 3.11, 3.12 and 3.13); the constant is read.
_COMPARISONS = {
    code: role
    for role, codes in {
        "pred_ne": "9fce4aefd36c aaff7d3c8154 c281813a1276 51296ce868dd",
        "first_ne": "b94ec5b336ba f51177b0ca3a 67db5bd5fd20 316ff0771ca7",
        "first_eq": "69587e73fc51 1f6df8fb65dd 6967008bc062 91425d7dcab5",
    }.items()
    for code in codes.split()
}

NameOf = Callable[[int | str], str]


@dataclass(frozen=True)
class Rule:
    """An expectation that was recognised.

    Attributes
    ----------
    expect : Expectation
        When an example passes.
    slice : Slice or None
        Which cases count.
    neutral_allowed : bool
        For ``one_of``: an example with label 1 may be answered with 1 or 2, others with their label only.
    needs_pairs : bool
        Whether it means this only where every case has more than one example.
    """

    expect: kinds.Expectation
    slice: kinds.Slice | None = None
    neutral_allowed: bool = False
    needs_pairs: bool = False


class _Unread(Exception):
    """A function that is not one of those known."""


def recognise(function: Any, name_of: NameOf) -> Rule | None:
    """Tell what an expectation function expects.

    Parameters
    ----------
    function : Function
        The function as plain data.
    name_of : callable
        Gives the name of a class, or text, that the function holds.

    Returns
    -------
    Rule or None
        None when any part of it is not known.
    """
    try:
        return _rule(function, name_of)
    except (_Unread, ValidationError, KeyError, TypeError):
        return None


def innermost_name(function: Any) -> str:
    """Name a function for people: the rule inside the library's wrappers, where it can be told."""
    name = "no function"
    for _ in range(10):
        if not isinstance(function, Mapping) or "name" not in function:
            break
        name = str(function["name"])[:200] or name
        closure = function["closure"]
        function = closure.get("expect_fn", closure.get("fn"))
    return name


def _role(function: Any) -> str | None:
    if not isinstance(function, Mapping):
        return None
    if "role" in function:
        return str(function["role"])
    if (comparison := _COMPARISONS.get(function["code"])) and function["names"] == []:
        return comparison
    return _ROLES.get(function["fingerprint"])


def _rule(function: Any, name_of: NameOf) -> Rule:
    role = _role(function)
    if role == "wrap_slice":
        closure = function["closure"]
        rule = _rule(closure["expect_fn"], name_of)
        if rule.slice is not None or closure["agg_fn"] not in ("all", "all_except_first"):
            raise _Unread
        slice_ = _slice(closure["slice_fn"], name_of)
        return replace(rule, slice=slice_, needs_pairs=closure["agg_fn"] == "all_except_first")
    if role == "combine":
        return _combined(function["closure"], name_of)
    if role != "testcase":
        raise _Unread
    inner = function["closure"]["fn"]
    if _role(inner) == "triplet":
        return Rule(kinds.Implication(rule="released"))
    return _example_rule(_role(inner), inner["closure"]["fn"], name_of)


def _combined(closure: Mapping[str, Any], name_of: NameOf) -> Rule:
    first, second = (_rule(closure[name], name_of) for name in ("expect_fn1", "expect_fn2"))
    if closure["ignore_none"] is not True or any(rule != Rule(rule.expect) for rule in (first, second)):
        raise _Unread
    how = {"combine_and": kinds.AllOf, "combine_or": kinds.AnyOf}.get(str(_role(closure["combine_fn"])))
    if how is None:
        raise _Unread
    return Rule(how(of=(first.expect, second.expect)))


def _example_rule(wrapper: str | None, function: Any, name_of: NameOf) -> Rule:
    reader = _EXAMPLE_RULES.get((wrapper, _role(function)))
    if reader is None:
        raise _Unread
    return reader(function, name_of)


def _eq(function: Function, name_of: NameOf) -> Rule:
    value = function["closure"]["val"]
    return Rule(kinds.Label() if value is None else kinds.Equals(value=name_of(value)))


def _pred_ne(function: Function, name_of: NameOf) -> Rule:
    return Rule(kinds.NotEquals(value=name_of(_constant(function))))


def _neutral_allowed(function: Function, name_of: NameOf) -> Rule:
    return Rule(kinds.OneOf(), neutral_allowed=True)


def _inv(function: Function, name_of: NameOf) -> Rule:
    return Rule(kinds.Invariant(tolerance=function["closure"]["tolerance"]))


def _monotonic(function: Function, name_of: NameOf) -> Rule:
    closure = function["closure"]
    label = closure["keep_label"]
    return Rule(
        kinds.Monotonic(
            direction="up" if closure["increasing"] else "down",
            label=None if label is None else name_of(label),
            tolerance=closure["tolerance"],
        )
    )


def _shift(function: Function, name_of: NameOf) -> Rule:
    if _role(function["globals"]["positive_change"]) != "positive_change":
        raise _Unread
    direction: Literal["up", "down"] = "up" if _role(function) == "shift_up" else "down"
    return Rule(kinds.ScoreShift(weights={name_of(0): -1.0, name_of(2): 1.0}, direction=direction, tolerance=0.1))


def _squad(function: Function, name_of: NameOf) -> Rule:
    if _role(function["globals"]["clean"]) != "clean":
        raise _Unread
    return Rule(kinds.TextEquals(clean="released"))


def _same(function: Function, name_of: NameOf) -> Rule:
    return Rule(kinds.TextSubstituted())


_EXAMPLE_RULES: dict[tuple[str | None, str | None], Callable[[Function, NameOf], Rule]] = {
    ("single", "eq"): _eq,
    ("single", "pred_ne"): _pred_ne,
    ("single", "neutral_allowed"): _neutral_allowed,
    ("single", "squad"): _squad,
    ("pairwise", "inv"): _inv,
    ("pairwise", "monotonic"): _monotonic,
    ("pairwise", "shift_up"): _shift,
    ("pairwise", "shift_down"): _shift,
    ("pairwise", "same"): _same,
}


def _slice(function: Any, name_of: NameOf) -> kinds.Slice:
    """Read a slice by the first example's answer, which is the first argument of all functions of pairs."""
    if _role(function) != "testcase" or _role(function["closure"]["fn"]) != "pairwise":
        raise _Unread
    inner = function["closure"]["fn"]["closure"]["fn"]
    if _role(inner) == "slice_orig":
        inner = inner["closure"]["slice_fn"]
    ops: dict[str | None, Literal["eq", "ne"]] = {"first_eq": "eq", "first_ne": "ne"}
    op = ops.get(_role(inner))
    if op is None:
        raise _Unread
    return kinds.Slice(on="orig_pred", op=op, value=name_of(_constant(inner)))


def _constant(function: Function) -> Any:
    nothing, constant = function["constants"] if len(function["constants"]) == 2 else (None, None)
    if nothing is not None or constant is None:
        raise _Unread
    return constant
