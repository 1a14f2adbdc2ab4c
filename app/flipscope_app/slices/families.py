"""Families of flips: what they have in common, how many they are, one of each; data in, markup out."""

from __future__ import annotations

from collections.abc import Mapping

from flipscope.explain.families import Families, Family
from flipscope.words import percent
from flipscope_app.markup import Html, Query, join, link, tag
from flipscope_app.words import OUTCOME_NAMES

#: Families that are shown; the others are counted.
MOST_FAMILIES = 20
#: Flips that a link can name; with more, the address would be too long.
MOST_LINKED = 100
_MOST_TEXT = 280  # characters
_BY = {
    "embedding": "the candidate's own embedding of their texts",
    "words": "the words of their texts",
}


def families_list(found: Families, target: Mapping[str, Query]) -> Html:
    """List families, the largest first, each with its most telling words, its size and its most central example.

    `target` is what every link to the Examples page carries, the task included.
    """
    shown = found.families[:MOST_FAMILIES]
    if not shown:
        none = f"None of the {found.n:,} flips is alike enough to another one, going by {_BY[found.by]}."
        return tag("p", none, class_="fs-muted")
    alike = found.n - len(found.alone)
    told = (
        f"{alike:,} of {found.n:,} flips are like others, going by {_BY[found.by]}; their most telling words name them."
    )
    if len(found) > len(shown):
        told += f" The {len(shown)} largest of {len(found):,} families are shown."
    items = [tag("li", _family(each, found, target)) for each in shown]
    return join(tag("p", told, class_="fs-muted fs-small"), tag("ul", *items, class_="fs-families"))


def _family(family: Family, found: Families, target: Mapping[str, Query]) -> Html:
    words = [tag("span", word, class_="fs-word") for word in family.words]
    name = tag("span", *words, class_="fs-words") if words else tag("span", "no telling word", class_="fs-muted")
    outcome = OUTCOME_NAMES[found.outcome]
    query = {**target, "outcome": outcome}
    one = {**query, "row": str(family.row_ids[0])}
    size: str | Html = f"{family.n:,} flips"
    if family.n <= MOST_LINKED:
        query["where"] = family.where
        one["where"] = family.where
        size = link("examples", query, size, class_="fs-all", aria_label=f"See the {size} about {family.label}")
    head = tag("div", name, size, tag("span", _around(family, found), class_="fs-muted"), class_="fs-family-head")
    text = " ".join(family.central.split())
    text = text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT].rstrip()}…"
    return join(head, link("examples", one, tag("span", text, dir="auto"), class_="fs-family-text"))


def _around(family: Family, found: Families) -> str:
    """Tell how dense the flips are around a family: alone, or one of many that broke there."""
    if not family.near or family.near_flips is None:
        return ""
    rate = "" if found.rate is None else f", of all {percent(found.rate, 1)}"
    return f"{family.near_flips:,} of the {family.near:,} nearest examples flipped{rate}"
