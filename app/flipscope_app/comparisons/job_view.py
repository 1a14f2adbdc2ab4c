"""A comparison that is being made: how far it is, its log, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from flipscope.errors import FlipscopeError
from flipscope.jobs.job import Job, open_job
from flipscope.jobs.status import STOPPING, Status
from flipscope.workspace import is_comparison
from flipscope_app.markup import Html, Query, join, link, show, show_linked, tag
from flipscope_app.new.models import link_query
from flipscope_app.paths import shown_source
from flipscope_app.settings import settings
from flipscope_app.state import ask_for, note
from flipscope_app.words import duration

#: How a state is called.
STATE_NAMES = {
    "waiting": "Waiting",
    "running": "Running",
    "finished": "Finished",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "interrupted": "Interrupted",
}
#: Seconds between two looks at a job that is under way.
LOOK_EVERY_S = 1.0

_PROBLEM = "job: what went wrong"
_KEPT = "What was computed is kept: it can go on from there."


def show_job(job: Job) -> None:
    """Show how far a job is, renewed every second until it has ended; a reload or another visitor sees the same."""
    status = job.status()
    show(_title(job, status))
    _tell_problem()
    if status.is_live:
        # Only this part is made anew; a dialog opened from the button below it stays open meanwhile.
        st.fragment(_under_way, run_every=LOOK_EVERY_S)(job.id, status.state)
        if st.button("Cancel", icon=":material/stop_circle:", key="job-cancel"):
            _confirm_cancel(job)
        return
    show(_ended(job, status), width="stretch")
    _next_steps(job, status)
    _show_log(job, expanded=status.state == "failed")


def _under_way(job_id: str, shown: str) -> None:
    workspace = settings().workspace
    try:
        job = open_job(workspace, job_id) if workspace else None
    except FlipscopeError:  # removed by another visitor
        job = None
    status = job.status() if job else None
    if job is None or status is None or status.state != shown:
        st.rerun()
    show(_bar(status))  # apart from the rest: unchanged, it moves on smoothly
    show(_facts(status))
    _show_log(job, expanded=True)


def _title(job: Job, status: Status) -> Html:
    heading = tag("div", tag("h1", job.request.name), state_mark(status.state), class_="fs-title")
    return tag("header", heading, tag("p", what_of(job), class_="fs-job-models"), class_="fs-job-head")


def what_of(job: Job) -> str:
    """Tell what is compared on what."""
    tasks = job.request.tasks
    old = dict.fromkeys(shown_source(str(task["old"])) for task in tasks)
    new = dict.fromkeys(shown_source(str(source)) for task in tasks for source in task["candidates"].values())
    return f"{', '.join(str(task['name']) for task in tasks)}: {', '.join(old)} → {', '.join(new)}"


def form_query(job: Job, *, room: int = 0) -> dict[str, Query]:
    """Get the query that fills in the form for a new comparison as a job was asked; of several tasks the first."""
    task = job.request.tasks[0]
    told = {name: task.get(name) for name in ("old", "data", "text", "text_b", "label", "id", "labels")}
    return link_query(told | {"task": task["name"]}, task["candidates"], room=room)


def glance(job: Job) -> Html:
    """Show a job that is under way in few words, with a link to all of it."""
    status = job.status()
    name = link("new", {"job": job.id}, job.request.name)
    head = tag("p", name, state_mark(status.state), class_="fs-glance-head")
    bar = _bar(status) if status.step else tag("div", class_="fs-job-bar")
    return tag("article", head, bar, _facts(status), class_="fs-glance")


def state_mark(state: str) -> Html:
    """Mark a state: its name, in a frame of its colour."""
    name = STATE_NAMES.get(state, state.capitalize())
    return tag("span", name, class_=f"fs-state fs-state-{state}")


def _bar(status: Status) -> Html:
    """Draw how much of the step is done; without a number where none is known."""
    name = status.step or status.message or STATE_NAMES[status.state]
    if status.step and status.total:
        return tag(
            "progress", aria_label=name, value=str(status.done), max=str(status.total), class_="fs-job-bar"
        )  # fmt: skip
    return tag("div", tag("i"), class_="fs-job-bar fs-job-moving", role="progressbar", aria_label=name)


def _facts(status: Status) -> Html:
    """Tell the step in numbers; nothing is told before it is known."""
    stopping = status.message == STOPPING
    told = [tag("strong", status.message if stopping else status.step or status.message or "Starting")]
    if status.step and status.total:
        share = f"{status.done / status.total:.0%}"
        told.append(tag("span", f"{status.done:,} of {status.total:,} {status.unit} ({share})"))
    if status.step and status.rate:
        told.append(tag("span", f"{status.rate:,.{0 if status.rate >= 10 else 1}f} {status.unit}/s"))
    if status.step and status.seconds_left is not None:
        told.append(tag("span", f"about {duration(status.seconds_left)} left in this step"))
    if status.started:
        told.append(tag("span", f"running for {duration(_seconds_since(status.started))}", class_="fs-muted"))
    return tag("p", *told, class_="fs-job-facts")


def _seconds_since(moment: str, until: str | None = None) -> float:
    end = datetime.fromisoformat(until) if until else datetime.now(UTC)
    return (end - datetime.fromisoformat(moment)).total_seconds()


def _ended(job: Job, status: Status) -> Html:
    """Tell how it ended."""
    if status.state == "finished":
        took = f" in {duration(_seconds_since(status.started, status.ended))}" if status.started else ""
        gone = "" if is_comparison(job.target) else " The comparison was renamed or deleted since."
        return tag("p", f"Finished{took}.{gone}", class_="fs-job-facts")
    if status.error:
        lines = (status.error.what, shown_source(status.error.where or ""), status.error.do)
        return note("error", *(line for line in lines if line))
    return note("warning", *([f"{status.message}."] if status.state == "interrupted" else []), _KEPT)


def _next_steps(job: Job, status: Status) -> None:
    if status.state == "finished":
        if is_comparison(job.target):
            target = link("overview", {"comparison": job.request.name}, "Open the Overview", class_="fs-open")
            show_linked(tag("p", target, class_="fs-job-open"), key="job-open")
        return
    change = link("new", form_query(job), "Change what is asked for, and start that")
    show_linked(tag("p", change, class_="fs-job-change"), key="job-change")
    again = "Try again" if status.state == "failed" else "Go on"
    with st.container(horizontal=True, gap="small", key="job-steps"):
        if st.button(again, icon=":material/play_arrow:", type="primary", key="job-start"):
            _attempt(job.start)
        if st.button("Remove from the list", icon=":material/delete:", key="job-remove"):
            _attempt(partial(_remove, job))


def _remove(job: Job) -> None:
    job.remove()
    ask_for("./", {})


def _attempt(action: Callable[[], None]) -> None:
    """Do something and make the page again; what went wrong is told there."""
    try:
        action()
    except FlipscopeError as error:
        st.session_state[_PROBLEM] = str(error)
    st.rerun()


def _tell_problem() -> None:
    if problem := st.session_state.pop(_PROBLEM, None):
        show(note("error", problem))


@st.dialog("Cancel this comparison?")
def _confirm_cancel(job: Job) -> None:
    show(join(tag("p", job.request.name, class_="fs-dialog-name"), tag("p", _KEPT)))
    with st.container(horizontal=True, gap="small"):
        if st.button("Cancel the comparison", type="primary", key="job-cancel-yes"):
            _attempt(job.cancel)
        if st.button("Let it run", key="job-cancel-no"):
            st.rerun()


def _show_log(job: Job, *, expanded: bool) -> None:
    log = job.log()
    if log:
        with st.expander("Log", expanded=expanded, key="job-log"):
            st.code(log, language=None, height=320 if log.count("\n") > 12 else "content", wrap_lines=True)
