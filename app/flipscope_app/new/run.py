"""New comparison: behavior suites, how to run, the name, and the start."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from flipscope.behaviors.builtin import NAMES
from flipscope.behaviors.resolve import AUTO
from flipscope.errors import FlipscopeError
from flipscope.jobs.job import submit
from flipscope.jobs.request import Request
from flipscope.predict.device import devices, resolve
from flipscope.workspace import Workspace
from flipscope_app.markup import join, show, tag
from flipscope_app.new.data import Limits, Understood
from flipscope_app.new.look import SuiteLook, look_at_suite, may_be_read
from flipscope_app.new.markup import heading, notes, problem
from flipscope_app.new.models import ALWAYS_THERE, Models, choose_path
from flipscope_app.state import ask_for

_SUITE_FIELD = "suite_file"
_TORCH = "new: torch"
_PRECISIONS = {
    "auto": "Automatic",
    "fp32": "Single (fp32)",
    "bf16": "Half (bf16)",
    "fp16": "Half (fp16)",
}


@dataclass(frozen=True)
class How:
    """How models are run: as in `flipscope.jobs.request.Request`."""

    device: str
    precision: str
    use_cache: bool
    limits: Limits


def choose_suites(models: Models, task: Understood) -> tuple[list[str], list[str]]:
    """Let the visitor choose suites.

    Returns
    -------
    list of str
        What was chosen.
    list of str
        What has to be done before they can be run.
    """
    show(
        heading(4, "Behavior suites", "Tests of single capabilities, such as negation; they show what the data don't.")
    )
    if any(not card.runs for card in models.cards):
        told = "Suites need models that can be run here, and at least one side is a file of predictions."
        show(tag("p", told, class_="fs-say"))
        return [], []
    if task.spec is None or task.preview is None:
        show(tag("p", "Once models and data fit, the suites that suit them are here.", class_="fs-say"))
        return [], []
    found = {name: look_at_suite(f"builtin:{name}", task.spec, task.preview, models.cards) for name in NAMES}
    suited = look_at_suite(AUTO, task.spec, task.preview, models.cards)
    best = suited.name if isinstance(suited, SuiteLook) else None
    order = sorted(NAMES, key=lambda name: (isinstance(found[name], FlipscopeError), name != best))
    chosen = [f"builtin:{name}" for name in order if _choose_suite(name, found[name], name == best)]
    own, missing = _choose_own(models, task)
    return chosen + own, missing


def _choose_suite(name: str, found: SuiteLook | FlipscopeError, best: bool) -> bool:
    fits = isinstance(found, SuiteLook)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"new-suite-{name}"):
        wanted = st.checkbox(
            name.capitalize(), value=best, key=f"suite|{name}|{best}|{fits}", disabled=not fits, width=150
        )
        told = _told(found) if isinstance(found, SuiteLook) else f"does not fit: {found.what}"
        show(tag("p", f"made for this task; {told}" if best else told, class_="fs-say"), width="content")
    if wanted and isinstance(found, SuiteLook) and found.notes:
        show(notes(found.notes))
    return wanted and fits


def _told(found: SuiteLook) -> str:
    return f"{found.tests:,} tests, {found.cases:,} cases, {found.inputs:,} texts to run"


def _choose_own(models: Models, task: Understood) -> tuple[list[str], list[str]]:
    assert task.spec is not None  # choose_suites
    assert task.preview is not None
    text, _ = choose_path(
        "Your own suite", _SUITE_FIELD, "suite", placeholder="suite.json  ·  suite.toml  ·  release.tar.gz",
        told="A suite file of flipscope, or one of the CheckList library.",
    )  # fmt: skip
    if not text:
        return [], []
    try:
        source = may_be_read(text)
        found = look_at_suite(source, task.spec, task.preview, models.cards)
        if isinstance(found, FlipscopeError):
            raise found
    except FlipscopeError as error:
        show(problem(error))
        return [], ["Choose a suite that fits, or none"]
    show(join(tag("p", f"{found.name}: {_told(found)}", class_="fs-say"), notes(found.notes)))
    return [source], []


def choose_how(models: Models) -> How:
    """Let the visitor say how models are run; of files of predictions, how many rows."""
    runs = not models.cards or any(leaf.kind == "checkpoint" for card in models.cards for leaf in card.leaves())
    gpu = devices() != ["cpu"]
    told = "As it is, it usually suits." if gpu else "On the CPU: there is no GPU here."
    show(heading(5, "How to run", told if runs else "No model is run: the answers are in files."))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        device = _choose_device() if runs and gpu else "auto"
        precision = _choose_precision() if runs else "auto"
        max_length = _choose_length() if runs else None
        limit = st.number_input(
            "Only the first rows", min_value=1, value=None, key="new: limit", width=190, placeholder="all",
            help="For a quick look: so many examples, and so many cases of each behavior test.",
        )  # fmt: skip
    use_cache = not runs or st.checkbox(
        "Reuse what these models answered before", value=True, key="new: cache",
        help="The same model is never run twice on the same text.",
    )  # fmt: skip
    return How(device, precision, use_cache, Limits(limit, max_length, runs and _choose_torch()))


def torch_weights_allowed() -> bool:
    """Tell what the visitor chose further down the page."""
    return bool(st.session_state.get(_TORCH))


def _choose_torch() -> bool:
    return st.checkbox(
        "Open PyTorch's own weight files (.bin) too", key=_TORCH,
        help="Only of people you trust: such files can hold code. Files of safetensors can't.",
    )  # fmt: skip


def _choose_precision() -> str:
    return st.selectbox(
        "Precision", list(_PRECISIONS), format_func=_PRECISIONS.__getitem__, key="new: precision", width=180,
        help="Automatic is single precision on a CPU and half on a GPU, where close calls are run again in single.",
    )  # fmt: skip


def _choose_length() -> int | None:
    return st.number_input(
        "Longest input, in tokens", min_value=8, max_value=100_000, value=None, key="new: length", width=190,
        placeholder="what the models take", help="Longer texts are cut; at most 512 unless you say so.",
    )  # fmt: skip


def _choose_device() -> str:
    named = {"auto": f"Automatic ({resolve('auto', 'auto')[0]})", **{name: name for name in devices()}}
    return st.selectbox("Device", list(named), format_func=named.__getitem__, key="new: device", width=180)


def start(
    workspace: Workspace, models: Models, task: Understood, suites: list[str], how: How, wrong: list[str]
) -> None:
    """Ask for a name, and start the comparison once nothing is missing."""
    show(
        heading(6, "Start", "It runs in the background: you may close this page, and find it again under Comparisons.")
    )
    wish = _wish(models, task)
    name = st.text_input(
        "Name of the comparison", value=workspace.free_name(wish), key=f"name|{wish}", width=460, max_chars=100
    ).strip()
    missing = list(dict.fromkeys([*models.missing, *task.missing, *wrong]))
    try:
        workspace.check_name(name)
    except FlipscopeError as error:
        show(problem(error))
        missing.append("Choose another name")
    spec = task.spec if task.preview and not missing else None
    wanted = st.button(
        "Start the comparison", type="primary", disabled=spec is None, key=ALWAYS_THERE, icon=":material/play_arrow:"
    )
    if wanted and spec:
        _submit(workspace, name, spec.model_copy(update={"suites": tuple(suites)}).model_dump(), how)
    if missing:
        show(tag("p", "Before it can start: ", ". ".join(missing), ".", class_="fs-say"))


def _wish(models: Models, task: Understood) -> str:
    """Suggest a name that tells what is compared."""
    names = [card.name for card in models.cards]
    if len(names) < 2:
        return "comparison"
    others = names[1] if len(names) == 2 else f"{len(names) - 1} candidates"
    # Uploads may both be called alike.
    about = "old to new" if names[0] == others else f"{names[0]} to {others}"
    name = task.spec.name if task.spec else ""
    return about if name.lower() in about.lower() else f"{name} {about}"


def _submit(workspace: Workspace, name: str, task: dict[str, object], how: How) -> None:
    request = Request(
        name=name,
        tasks=[{key: value for key, value in task.items() if value not in (None, (), {})}],
        device=how.device,
        precision=how.precision,
        use_cache=how.use_cache,
        max_length=how.limits.max_length,
        limit=how.limits.limit,
        allow_torch_weights=how.limits.allow_torch_weights,
    )
    try:
        job = submit(workspace, request)
    except FlipscopeError as error:  # the name was taken a moment ago
        show(problem(error))
        return
    ask_for("new", {"job": job.id})
    st.rerun()
