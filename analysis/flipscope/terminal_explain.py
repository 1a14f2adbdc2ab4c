"""Why an example flipped, for people at a terminal: signed numbers, so that colour is never the only sign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.text import Text

from flipscope.explain.attribution import Attribution, ModelAttribution
from flipscope.explain.explanation import Explanation
from flipscope.explain.gradients import COMPLETE
from flipscope.explain.neighbours import Neighbours
from flipscope.explain.probes import Answer, Probe, Probes
from flipscope.explain.subject import Subject
from flipscope.printable import printable
from flipscope.terminal import STYLES, console, new_table
from flipscope.words import number

_MOST_WORDS = 10  # in the table; --json has all
_MOST_DROPS = 5
_FAINT = 0.15  # words with less than this share of the strongest stay plain in the text


def print_explanation(found: Explanation) -> None:
    """Print all that was found about an example."""
    out = console()
    _print_subject(out, found.subject)
    if found.probes is not None:  # first: they are an experiment, attributions are a reading
        _print_probes(out, found.probes)
    if found.attribution is not None:
        _print_attribution(out, found.attribution)
    if found.neighbours is not None:
        _print_neighbours(out, found.neighbours)


def _print_subject(out: Console, subject: Subject) -> None:
    head = Text(subject.outcome.replace("_", " "), style=f"bold {STYLES[subject.outcome]}")
    head.append(printable(f"  {subject.task} {subject.example_id}"), style="not bold dim")
    answers = f"  gold {subject.label}  old {subject.old_pred}  {subject.candidate} {subject.new_pred}"
    out.print(head.append(printable(answers), style="not bold default"), soft_wrap=True)
    for text in (subject.text_a, subject.text_b):
        if text is not None:
            out.print(Text(f"  {printable(text)}"))


def _print_attribution(out: Console, found: Attribution) -> None:
    title = Text("\nWhich words speak for ", style="bold").append(printable(found.answer), style=_towards(found))
    title.append(" (+) or for ").append(printable(found.against), style=_away(found)).append(" (−)")
    out.print(title)
    for name, side in (("old", found.old), (found.subject.candidate, found.new)):
        out.print(_in_text(found, name, side))
    table = new_table("word")
    for heading in ("old", found.subject.candidate, "change"):
        table.add_column(Text(printable(heading)), justify="right", overflow="fold", min_width=5)
    order = np.argsort(-np.abs(found.difference), kind="stable")[:_MOST_WORDS]
    for place in order.tolist():
        scores = (found.old.scores[place], found.new.scores[place], found.difference[place])
        table.add_row(Text(printable(found.words[place].text)), *(_signed(found, score) for score in scores))
    out.print(table)
    left = len(found.words) - len(order)
    told = (
        f"Log-odds; the words that changed most{f', of {len(found.words):,}' if left else ''}. {_completeness(found)}"
    )
    out.print(Text(told, style="dim"))


def _in_text(found: Attribution, name: str, side: ModelAttribution) -> Text:
    """Write the words with the scores of the stronger ones behind them."""
    line = Text(printable(f"{name} {number(side.value, '+.2f')}:"), style="bold")
    strongest = max(float(np.abs(each.scores).max(initial=0)) for each in (found.old, found.new))
    for word, score, read in zip(found.words, side.scores.tolist(), side.read.tolist(), strict=True):
        line.append(" ", style="not bold")
        if not read:
            line.append(printable(word.text), style="not bold dim strike")
        elif abs(score) < _FAINT * strongest or score == 0:
            line.append(printable(word.text), style="not bold")
        else:
            style = _towards(found) if score > 0 else _away(found)
            line.append(f"{printable(word.text)}[{number(score, '+.2f')}]", style=f"not bold {style}")
    return line


def _towards(found: Attribution) -> str:
    """Red leads to a wrong answer, blue to the right one."""
    return STYLES["positive_flip"] if found.answer == found.subject.label else STYLES["negative_flip"]


def _away(found: Attribution) -> str:
    return STYLES["negative_flip"] if found.answer == found.subject.label else STYLES["positive_flip"]


def _signed(found: Attribution, score: float) -> Text:
    text = number(score, "+z.2f")
    return Text(text, style="" if float(score) == 0 else _towards(found) if score > 0 else _away(found))


def _completeness(found: Attribution) -> str:
    if found.method == "gradient_x_input":
        return "Gradient x input is a sketch: its scores need not add up to anything."
    unread = "" if found.old.read.all() and found.new.read.all() else " Struck out: not read, as the text was cut."
    sides = (found.old, found.new)
    if all(side.complete for side in sides):
        return f"Integrated gradients, complete within {COMPLETE:.0%} in both models.{unread}"
    errors = " and ".join("an unknown share" if side.error is None else f"{side.error:.1%}" for side in sides)
    return f"Integrated gradients miss what they explain by {errors} (old, new): read with care.{unread}"


def _print_probes(out: Console, found: Probes) -> None:
    out.print(Text(f"\n{_edits_told(found)}", style="bold"))
    shown: Sequence[Probe] = found.edits or _most_telling(found)
    if shown:
        table = new_table("without")
        for heading in (f"{found.subject.candidate} answers", "old answers"):
            table.add_column(Text(printable(heading)), overflow="fold")
        for each in shown:
            words = ", ".join(found.words[place].text for place in each.dropped)
            table.add_row(Text(printable(words)), _answered(found, each.new), _answered(found, each.old))
        table.add_row(
            Text("(nothing left out)", "dim"), _answered(found, found.whole.new), _answered(found, found.whole.old)
        )
        out.print(table)
    told = f"{found.asked:,} texts tried."
    if found.untried:
        told += (
            f" {found.untried:,} words were not left out alone: only the first of long texts are, and one always stays."
        )
    if found.whole.new.pred != found.subject.new_pred or found.whole.old.pred != found.subject.old_pred:
        told += " Asked again here, in fp32, a model answers otherwise than in the comparison: it is a tie."
    out.print(Text(told, style="dim"))


def _edits_told(found: Probes) -> str:
    goal = None if found.goal is None else printable(found.goal)
    if found.edits:
        size = len(found.edits[0].dropped)
        words = {1: "one word", 2: "two words", 3: "three words"}[size]
        return f"Without {words}, the candidate {f'answers {goal} again' if goal else 'changes its answer'}"
    after = f"answer {goal} again" if goal else "change its answer"
    return f"Leaving words out, up to three at a time, did not make the candidate {after}"


def _most_telling(found: Probes) -> list[Probe]:
    """Choose the words whose lack takes most from the candidate's answer."""
    at = found.classes.index(found.whole.new.pred)
    return sorted(found.drops, key=lambda each: float(each.new.probabilities[at]))[:_MOST_DROPS]


def _answered(found: Probes, answer: Answer) -> Text:
    wrong = answer.pred != found.subject.label
    probability = answer.probabilities[found.classes.index(answer.pred)]
    return Text(printable(f"{answer.pred} ({probability:.1%})"), style=STYLES["negative_flip"] if wrong else "")


def _print_neighbours(out: Console, found: Neighbours) -> None:
    by = "the candidate's embedding" if found.by == "embedding" else "the words they share"
    out.print(Text(f"\nThe nearest examples, by {by}", style="bold"))
    for row in found.rows.to_dict("records"):
        head = Text(f"{row['similarity']:.2f} ", style="dim")
        head.append(row["outcome"].replace("_", " "), style=f"not dim {STYLES[row['outcome']]}")
        head.append(printable(f"  {row['example_id']}  "), style="dim")
        out.print(head.append(printable(row["text_a"]), style="not dim"), no_wrap=True, overflow="ellipsis")
    told = found.sentence or ("none" if found.rows.empty else "")
    if told:
        out.print(Text(told, style="dim"))
