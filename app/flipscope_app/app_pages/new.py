"""New comparison: choose models, data and suites, start, and watch it run."""

from __future__ import annotations

import streamlit as st

from flipscope.jobs.job import open_job
from flipscope.workspace import Workspace
from flipscope_app.comparisons.job_view import show_job
from flipscope_app.markup import link, show, show_linked, tag
from flipscope_app.new.data import choose_data, choose_task
from flipscope_app.new.models import choose_models, choose_sample, read_link
from flipscope_app.new.run import choose_how, choose_suites, start, torch_weights_allowed
from flipscope_app.settings import settings


def page(workspace: Workspace) -> None:
    """Show the job that the address names, else the form for a new one."""
    if job := st.query_params.get("job"):
        # The navigation does not lead away from a page's own address.
        another = tag("p", link("new", {}, "Make another comparison"), class_="fs-another")
        show_linked(another, key="new-another")
        show_job(open_job(workspace, job))
    else:
        _form(workspace)


def _form(workspace: Workspace) -> None:
    read_link()
    show(tag("header", tag("h1", "New comparison"), class_="fs-title"))
    choose_sample()
    places = [st.container(border=True, key=f"new-section-{number}") for number in range(1, 7)]
    with places[0]:
        models = choose_models(allow_torch_weights=torch_weights_allowed())
    with places[1]:
        data = choose_data(models)
    with places[4]:  # how much is read matters for what is shown of it
        how = choose_how(models)
    with places[2]:
        task = choose_task(models, data, how.limits)
    with places[3]:
        suites, wrong = choose_suites(models, task)
    with places[5]:
        start(workspace, models, task, suites, how, wrong)


if (served := settings().workspace) is not None:  # else main.py has no such page
    page(served)
