"""The list of comparisons: what is in a workspace as rows, and the rows as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from flipscope.data import OLD
from flipscope.jobs.job import Job, jobs
from flipscope.jobs.status import Status
from flipscope.open.source import members_of
from flipscope.words import percent
from flipscope.workspace import Entry, Headline, Workspace
from flipscope_app.comparisons.job_view import form_query, state_mark, what_of
from flipscope_app.markup import Html, Query, link, tag
from flipscope_app.new.models import link_query
from flipscope_app.overview.verdict import decision_mark
from flipscope_app.paths import shown_source
from flipscope_app.words import points

_HEAD = ("Comparison", "Models", "Tasks", "Examples", "Broke", "Mended", "Accuracy change, points")
_UNFINISHED = "Begun and not finished. The same flipscope compare command goes on where it stopped."


@dataclass(frozen=True)
class Row:
    """One comparison: its folder, or what is known of the job that was to make it.

    Attributes
    ----------
    name : str
        Of the comparison.
    made : str
        When, ISO 8601, UTC; empty where it is not known.
    entry : Entry or None
        Its folder.
    job, status : Job, Status or None
        The job that made it, or did not.
    """

    name: str
    made: str
    entry: Entry | None = None
    job: Job | None = None
    status: Status | None = None

    @property
    def is_live(self) -> bool:
        """Whether it is being made."""
        return self.status is not None and self.status.is_live

    @property
    def is_finished(self) -> bool:
        """Whether it can be looked at."""
        return self.entry is not None and self.entry.state == "finished"

    @property
    def broke(self) -> float:
        """Share of negative flips, of the worst candidate; below 0 where there are no figures."""
        headlines = self.entry.headlines if self.entry else ()
        return max((each.broke / each.counted for each in headlines if each.counted), default=-1.0)

    def has(self, words: str) -> bool:
        """Tell whether the name, a model or a task contains each of some words."""
        text = " ".join([self.name, *self._models(), *self._tasks()]).casefold()
        return all(word in text for word in words.casefold().split())

    def _models(self) -> list[str]:
        if self.entry and self.entry.sources:
            return [part for name, sources in self.entry.sources.items() for part in (name, *sources)]
        tasks = self.job.request.tasks if self.job else []
        return [str(source) for task in tasks for source in (task["old"], *task["candidates"].values())]

    def _tasks(self) -> Sequence[str]:
        if self.entry and self.entry.tasks:
            return self.entry.tasks
        return [str(task["name"]) for task in self.job.request.tasks] if self.job else []


def rows_of(workspace: Workspace) -> list[Row]:
    """Find everything in a workspace: comparisons, and the newest job of every name that has none."""
    newest = {job.request.name: job for job in reversed(jobs(workspace))}
    rows = []
    for entry in workspace.entries():
        job = newest.get(entry.name) if entry.state == "finished" else newest.pop(entry.name, None)
        status = job.status() if job and entry.state != "finished" else None
        rows.append(Row(entry.name, entry.created or (status.created if status else ""), entry, job, status))
    shown = {row.name for row in rows}
    for name, job in newest.items():
        status = job.status()
        if name not in shown and status.state != "finished":  # else it was renamed since
            rows.append(Row(name, status.created, None, job, status))
    return rows


def table(rows: Sequence[Row], zone: tzinfo = UTC) -> Html:
    """Lay rows out, one line a candidate; with verdicts, where one is kept with any of them."""
    judged = any(headline.decision for row in rows if row.entry for headline in row.entry.headlines)
    names = (*_HEAD, *(["Verdict"] if judged else []), "Made", "")
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") if name else tag("td") for name in names)))
    body = tag("tbody", *(line for row in rows for line in _lines(row, zone, judged)))
    return tag("div", tag("table", head, body, class_="fs-figures fs-home-table"), class_="fs-scroll")


def _made(row: Row, zone: tzinfo, rows: str = "1") -> Html:
    """Write when it was made; what a file says may be no time."""
    try:
        moment = datetime.fromisoformat(row.made).astimezone(zone)
    except ValueError:
        return tag("td", "–", rowspan=rows)
    time = tag("span", f"{moment:%H:%M}", class_="fs-below")
    return tag("td", f"{moment:%d %b %Y}", time, rowspan=rows)


def _lines(row: Row, zone: tzinfo, judged: bool) -> list[Html]:
    entry = row.entry
    if entry is None or not entry.headlines:
        told = tag("td", *_told(row), class_="fs-home-told", colspan=str(len(_HEAD) - 1 + judged))
        return [tag("tr", tag("th", _name(row), scope="row"), told, _made(row, zone), _actions(row))]
    count = str(len(entry.headlines))
    lines = []
    for i, headline in enumerate(entry.headlines):
        name = [tag("th", _name(row), scope="row", rowspan=count)] if i == 0 else []
        rest = [_made(row, zone, count), _actions(row, count)] if i == 0 else []
        verdict = [_verdict(entry, headline)] if judged else []
        lines.append(tag("tr", *name, *_figures(entry, headline), *verdict, *rest))
    return lines


def _name(row: Row) -> str | Html:
    if row.is_finished:
        return link("overview", {"comparison": row.name}, row.name)
    return link("new", {"job": row.job.id}, row.name) if row.job else row.name


def _told(row: Row) -> list[str | Html]:
    """Tell what became of a comparison that has no figures."""
    if row.job and row.status:
        return [state_mark(row.status.state), row.status.error.what if row.status.error else what_of(row.job)]
    if row.entry and row.entry.state == "damaged":
        return [state_mark("damaged"), row.entry.problem]
    return [state_mark("unfinished"), _UNFINISHED]


def _verdict(entry: Entry, headline: Headline) -> Html:
    if headline.decision is None:
        return tag("td", "–")
    return tag("td", link("overview", _target(entry, headline), decision_mark(headline.decision)))


def _target(entry: Entry, headline: Headline) -> dict[str, Query]:
    several = {"candidate": headline.candidate} if len(entry.headlines) > 1 else {}
    return {"comparison": entry.name, **several}


def _figures(entry: Entry, headline: Headline) -> list[Html]:
    n = headline.counted
    sources = entry.sources
    old, new = (_short(name, sources.get(name, ())) for name in (OLD, headline.candidate))
    whole = " → ".join(", ".join(map(shown_source, sources.get(name, ()))) for name in (OLD, headline.candidate))
    shown = f"{old} → {new}"
    models = link("overview", _target(entry, headline), shown) if len(entry.headlines) > 1 else shown
    counted = f"{n:,} test cases" if headline.cases else f"{n:,}"
    return [
        tag("td", models, class_="fs-home-models", title=whole),
        tag("td", ", ".join(entry.tasks), class_="fs-home-tasks"),
        tag("td", counted),
        tag("td", tag("span", f"{headline.broke:,}", class_="fs-negative"), _share(headline.broke, n)),
        tag("td", tag("span", f"{headline.mended:,}", class_="fs-positive"), _share(headline.mended, n)),
        tag("td", _change(headline), title=", ".join(f"{task} {points(by)}" for task, by in headline.changes.items())),
    ]


def _share(count: int, n: int) -> Html:
    return tag("span", f" {percent(count / n if n else None, 1)}", class_="fs-rate")


def _change(headline: Headline) -> str:
    """Write the changes of accuracy; of several tasks the least and the greatest."""
    known = sorted(by for by in headline.changes.values() if by is not None)
    if len(known) < 2:
        return points(known[0] if known else None)
    return f"{points(known[0])} to {points(known[-1])}"


def _short(name: str, sources: Sequence[str]) -> str:
    """Name a model by the last part of its path; where tasks have their own models, by its name."""
    if len(sources) != 1:
        return name
    source = sources[0]
    prefix, members = members_of(source)
    if prefix:
        return f"{prefix.removesuffix(':')} of {len(members)}"
    return Path(source).name if source.startswith(("/", "~", ".")) else source


def _actions(row: Row, rows: str = "1") -> Html:
    actions = []
    if row.is_finished:
        label = f"Compare the models of {row.name} with another candidate"
        actions.append(link("new", compare_again(row), "Compare another", aria_label=label, title=label))
        actions.append(link("", {"rename": row.name}, "Rename", aria_label=f"Rename {row.name}", data_ask=""))
    elif row.job and row.status and not row.status.is_live:
        label = "Try again" if row.status.state == "failed" else "Go on"
        actions.append(link("new", {"job": row.job.id}, label, aria_label=f"{label} with {row.name}"))
    actions.append(link("", {"delete": row.name}, "Delete", aria_label=f"Delete {row.name}", data_ask=""))
    return tag("td", *actions, class_="fs-home-actions", rowspan=rows)


def compare_again(row: Row) -> dict[str, Query]:
    """Get the query that fills in the form for a new comparison: as the job was asked to, or as its folder tells.

    Of several tasks the form takes one at a time: the first.
    """
    if row.job:
        return form_query(row.job, room=1)
    if row.entry and row.entry.tasks:
        sources = {name: found[0] for name, found in row.entry.sources.items() if found}
        told = {"old": sources.pop(OLD, None), "data": row.entry.data, "task": row.entry.tasks[0]}
        return link_query(told, sources, room=1)
    return {}
