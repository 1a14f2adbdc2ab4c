"""What was found out about models and data, as markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flipscope.data import NEW
from flipscope.detection import GIVEN, NAMED, Suggestion
from flipscope.errors import FlipscopeError
from flipscope.inspection import Difference, ModelCard, Preview, differences
from flipscope_app.markup import Html, join, tag
from flipscope_app.paths import shown_source
from flipscope_app.state import note

_KINDS = {"checkpoint": "model, run here", "predictions": "file of predictions", "ensemble": "ensemble"}

# What the command line calls options, and where they are on the page.
_FIELDS = {
    "--task": "“Task”",
    "--text": "“Text”",
    "--text-b": "“Second text”",
    "--label": "“Gold label”",
    "--labels": "“Label names” (in “Columns and labels”)",
    "--id": "“Id”",
    "--alias": "“Other names of labels” (in “Columns and labels”)",
    "--pred": "“Predictions” (in “Columns and labels”)",
    "--probs": "“Probabilities” (in “Columns and labels”)",
    "--data": "“Evaluation data”",
    "--suite": "“Behavior suites”",
    "--max-length": "“Longest input”",
    "--limit": "“Only the first rows”",
    "--allow-torch-weights": "“PyTorch's own weight files”",
}


def heading(number: int, title: str, told: str) -> Html:
    """Make the heading of a section."""
    return tag(
        "div", tag("h2", tag("span", str(number), class_="fs-number"), title), tag("p", told), class_="fs-section"
    )


def problem(error: FlipscopeError) -> Html:
    """Say what is wrong, where, and what to do, in the words of this page."""
    lines = [f"{shown_source(str(error.where))}: {error.what}" if error.where else error.what, error.do or ""]
    return note("error", *(_in_page_words(line) for line in lines if line))


def _in_page_words(text: str) -> str:
    return re.sub(r"--[a-z]+(?:-[a-z]+)*", lambda found: _FIELDS.get(found[0], found[0]), text)


def models_table(old: ModelCard, candidates: Mapping[str, ModelCard]) -> Html:
    """Lay models side by side, with what differs and what that means."""
    found = {name: {each.what: each for each in differences(old, card)} for name, card in candidates.items()}
    names = ("New",) if list(candidates) == [NEW] else tuple(candidates)
    head = tag("tr", tag("td", ""), *(tag("th", name, scope="col") for name in ("Old", *names)))
    rows = [
        _row(title, value, what, old, candidates, found)
        for title, what, value in _ROWS
        if any(value(card) for card in (old, *candidates.values()))
    ]
    same = [
        tag("p", f"{name}: {each['files'].note}", class_="fs-say") for name, each in found.items() if "files" in each
    ]
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="fs-figures fs-compared")
    return tag("div", table, *same, class_="fs-scroll")


def _row(
    title: str,
    value: Callable[[ModelCard], str],
    what: str,
    old: ModelCard,
    candidates: Mapping[str, ModelCard],
    found: Mapping[str, Mapping[str, Difference]],
) -> Html:
    cells = [_cell(value(card), found[name].get(what)) for name, card in candidates.items()]
    return tag("tr", tag("th", title, scope="row"), tag("td", value(old) or "–"), *cells)


def _cell(value: str, difference: Difference | None) -> Html:
    if difference is None:
        return tag("td", value or "–")
    return tag("td", value, tag("span", difference.note, class_="fs-below"), class_="fs-other")


def _size(number: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:
            return f"{number:,.0f} {unit}"
        number = round(number / 1000)
    return f"{number:,.0f} GB"


# Title, what `differences` calls it, and the value.
_ROWS: tuple[tuple[str, str, Callable[[ModelCard], str]], ...] = (
    ("Model", "name", lambda card: card.name),
    ("Kind", "kind", lambda card: _KINDS[card.kind]),
    ("Architecture", "architecture", lambda card: card.architecture or ""),
    ("Parameters", "parameters", lambda card: f"{card.parameters:,}" if card.parameters else ""),
    ("Labels", "labels", lambda card: ", ".join(card.label_names)),
    ("Weight tensors", "weight tensors", lambda card: f"{len(card.tensors):,}" if card.tensors else ""),
    ("Longest input", "longest input", lambda card: f"{card.max_positions:,} tokens" if card.max_positions else ""),
    ("Rows", "rows", lambda card: f"{card.rows:,}" if card.rows else ""),
    ("Size", "size", lambda card: _size(card.size_bytes)),
    ("Stored as", "stored as", lambda card: ", ".join(card.dtypes)),
    ("Tokenizer", "tokenizer", lambda card: f"no. {card.tokenizer_digest[:8]}" if card.tokenizer_digest else ""),
)


def guesses(found: Suggestion) -> Html:
    """Tell how the task and its columns were found out, where their names do not tell."""
    columns = {"text": found.text, "second text": found.text_b, "gold label": found.label, "id": found.id}
    parts = [f"{title}: {guess.reason}" for title, guess in columns.items() if guess.reason != NAMED]
    if found.name.reason != GIVEN:
        parts.insert(0, f"task: {found.name.reason}")
    if found.labels:
        parts.append(f"labels: {found.labels_reason}")
    told = "; ".join(parts)
    return tag("p", "Found out; correct what is wrong. ", told[:1].upper(), told[1:], class_="fs-say fs-small")


def data_told(found: Preview, *, has_texts: bool) -> Html:
    """Tell how many rows there are, and the share of every label."""
    total = sum(found.label_counts.values())
    texts = (f"{found.rows:,} examples", "pairs of texts" if found.pairs else "single texts" if has_texts else "")
    counts = [
        tag(
            "li",
            tag("span", name, class_="fs-class"),
            tag(
                "span", tag("span", "", class_="fs-fill", style=f"width:{100 * count / total:.2f}%"), class_="fs-track"
            ),
            tag("span", f"{count:,}", class_="fs-rate"),
        )
        for name, count in found.label_counts.items()
    ]
    return join(
        tag("p", ", ".join(filter(None, texts)), class_="fs-rows"),
        tag("ul", *counts, class_="fs-counts"),
    )


def notes(lines: tuple[str, ...]) -> Html:
    """List how something was understood."""
    return tag("ul", *(tag("li", line) for line in lines), class_="fs-notes")
