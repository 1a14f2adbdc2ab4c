"""Why an example flipped: its words coloured by what they count for, and edits that undo it; data in, markup out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from flipscope.explain.attribution import COMPLETE, Attribution, ModelAttribution
from flipscope.explain.probes import Probe, Probes
from flipscope.explain.subject import Subject, Word
from flipscope.words import percent
from flipscope_app.markup import Html, figure_table, join, tag
from flipscope_app.words import number

#: Words in a table, and what share of the strongest word is too little for a colour.
_MOST_ROWS, _FAINT = 100, 0.05


def attribution_view(found: Attribution) -> Html:
    """Show the texts with words coloured by what changed between the models, then by what each model goes by."""
    strongest = max((float(np.abs(scores).max()) for scores in _scores(found) if len(scores)), default=0.0)
    changed = float(np.abs(found.difference).max()) if len(found.difference) else 0.0
    parts = [
        _texts("What changed from the old model to the candidate", found, found.difference, changed, found.new.read),
        _texts("Old model", found, found.old.scores, strongest, found.old.read),
        _texts("Candidate", found, found.new.scores, strongest, found.new.read),
    ]
    unread = not (found.old.read.all() and found.new.read.all())
    cut = [tag("p", "A model did not read the grey words: the text was cut.", class_="fs-muted fs-small")]
    return tag("div", _legend(found), *parts, *(cut if unread else []), _how(found), _scores_table(found),
               class_="fs-why")  # fmt: skip


def _scores(found: Attribution) -> tuple[np.ndarray, np.ndarray]:
    return found.old.scores, found.new.scores


def _legend(found: Attribution) -> Html:
    """Say what the two colours and lines stand for."""
    towards, away = _kinds(found)
    gold = {True: ", the gold label", False: ""}
    entries = [
        tag("li", tag("span", "word", class_=f"fs-w {kind}", style="--s:0.6"), " speaks for ", tag("b", answer),
            gold[answer == found.subject.label])
        for kind, answer in ((towards, found.answer), (away, found.against))
    ]  # fmt: skip
    return tag("ul", *entries, class_="fs-why-legend", aria_label="What the colours mean")


def _kinds(found: Attribution) -> tuple[str, str]:
    """Choose the look of words for and against the candidate's answer: red and solid lines lead to a wrong one."""
    right = found.answer == found.subject.label
    return ("fs-w-right", "fs-w-wrong") if right else ("fs-w-wrong", "fs-w-right")


def _texts(title: str, found: Attribution, scores: np.ndarray, most: float, read: np.ndarray) -> Html:
    towards, away = _kinds(found)

    def shown(place: int, word: Word) -> Html:
        score = float(scores[place])
        if not read[place]:
            return tag("span", word.text, class_="fs-unread", title="not read")
        if most == 0 or abs(score) < _FAINT * most:
            return tag("span", word.text, title=_signed(score))
        strength = f"--s:{abs(score) / most:.2f}"
        return tag("span", word.text, class_=f"fs-w {towards if score > 0 else away}", style=strength,
                   title=_signed(score))  # fmt: skip

    marked = [shown(place, word) for place, word in enumerate(found.words)]
    quotes = [tag("blockquote", text, dir="auto") for text in _assembled(found.subject, found.words, marked)]
    return tag("section", tag("h3", title), *quotes)


def _assembled(subject: Subject, words: Sequence[Word], marked: Sequence[str | Html]) -> list[Html]:
    """Put both texts together again: words as they are marked, and what is between them as it was."""
    made = []
    texts: tuple[tuple[Literal["a", "b"], str | None], ...] = (("a", subject.text_a), ("b", subject.text_b))
    for field, text in texts:
        if text is None:
            continue
        parts: list[str | Html] = []
        end = 0
        for word, shown in zip(words, marked, strict=True):
            if word.field == field:
                parts += [text[end : word.start], shown]
                end = word.end
        made.append(join(*parts, text[end:]))
    return made


def _how(found: Attribution) -> Html:
    """Tell what was explained, how, and how completely."""
    told = join(
        "Log-odds of ", tag("b", found.answer), " against ", tag("b", found.against),
        f": old model {_signed(found.old.value)}, candidate {_signed(found.new.value)}. ",
    )  # fmt: skip
    return tag("p", told, _completeness(found), class_="fs-muted fs-small")


def _completeness(found: Attribution) -> str:
    if found.method == "gradient_x_input":
        return "Gradient × input: one pass, a sketch whose scores need not add up to anything."
    sides = (found.old, found.new)
    if all(side.complete for side in sides):
        return f"Integrated gradients: of both models the scores add up to what they explain within {COMPLETE:.0%}."
    gaps = " and ".join(_gap(side) for side in sides)
    return f"Integrated gradients: the scores miss what they explain by {gaps} (old model, candidate): read with care."


def _gap(side: ModelAttribution) -> str:
    return "an unknown share" if side.error is None else percent(side.error, 1)


def _scores_table(found: Attribution) -> Html:
    difference = found.difference
    order = np.argsort(-np.abs(difference), kind="stable")[:_MOST_ROWS]
    heads = {
        "Word": "In the order of how much changed",
        "Old model": "What the word adds to the log-odds of the candidate's answer in the old model",
        "Candidate": "The same in the candidate",
        "Change": "Candidate minus old model; above 0: speaks more for the candidate's answer now",
    }
    rows = [
        tag("tr", tag("th", tag("bdi", found.words[at].text), scope="row"),
            *(tag("td", _signed(float(scores[at]))) for scores in (*_scores(found), difference)))
        for at in order
    ]  # fmt: skip
    more = f" (the first {len(order)} of {len(difference)})" if len(order) < len(difference) else ""
    return tag("details", tag("summary", f"The numbers, word by word{more}"), figure_table(heads, rows))


def probes_view(found: Probes) -> Html:
    """Show the smallest edits that undo the flip, and what leaving out each word does."""
    undone = _edits(found) if found.edits else _no_edit(found)
    return tag("div", tag("h3", "What if words were left out?"), undone, _drops(found), class_="fs-why")


def _no_edit(found: Probes) -> Html:
    goal = join("answer ", tag("b", found.goal)) if found.goal else "answer anything else"
    told = join("No edit of up to three words was found that makes the candidate ", goal, f"; {found.asked:,} tried.")
    return tag("p", told, class_="fs-muted")


def _edits(found: Probes) -> Html:
    count = len(found.edits[0].dropped)
    what = "one word" if count == 1 else f"{count} words"
    head = tag("p", f"Without {what} the candidate answers differently; the surest first:")
    return join(head, tag("ol", *(_edit(found, probe) for probe in found.edits), class_="fs-edits"))


def _edit(found: Probes, probe: Probe) -> Html:
    gone = set(probe.dropped)
    marked = [tag("del", word.text) if place in gone else word.text for place, word in enumerate(found.words)]
    texts = [tag("span", text, dir="auto", class_="fs-edit") for text in _assembled(found.subject, found.words, marked)]
    sure = percent(float(probe.new.probabilities.max()), 0)
    answer = tag("span", "candidate: ", tag("b", probe.new.pred), f" {sure} · old model: ", probe.old.pred,
                 class_="fs-muted")  # fmt: skip
    return tag("li", *texts, answer)


def _drops(found: Probes) -> Html:
    """Tell what leaving out each word does to the candidate's probability of what would undo the flip."""
    goal = found.goal or found.subject.label
    if goal not in found.classes or not found.drops:
        return Html("")
    at = found.classes.index(goal)
    whole = float(found.whole.new.probabilities[at])
    changes = [(float(probe.new.probabilities[at]) - whole, probe) for probe in found.drops]
    ordered = sorted(changes, key=lambda pair: -pair[0])[:_MOST_ROWS]
    heads = {
        "Without": "The word that is left out; the most helpful first",
        "Candidate answers": "Its answer to what is left",
        f"Probability of {goal}": f"Of the candidate; {percent(whole, 1)} with all words",
        "Change": "In percentage points",
        "Old model answers": "Its answer to what is left",
    }
    rows = [
        tag("tr", tag("th", tag("bdi", " ".join(found.words[place].text for place in probe.dropped)), scope="row"),
            tag("td", probe.new.pred), tag("td", percent(whole + change, 1)),
            tag("td", number(100 * change, "+.1f")), tag("td", probe.old.pred))
        for change, probe in ordered
    ]  # fmt: skip
    left = f"; {found.untried:,} words of this long text were not tried" if found.untried else ""
    return tag("details", tag("summary", f"Each word left out in turn{left}"), figure_table(heads, rows))


def _signed(value: float) -> str:
    return number(value, "+.2f")
