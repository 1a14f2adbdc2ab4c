"""New comparison, first section: the old model and the candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from flipscope.data import NEW
from flipscope.errors import FlipscopeError
from flipscope.inspection import ModelCard
from flipscope.samples import sample_folder
from flipscope.spec import check_candidate_names
from flipscope_app.markup import Query, show, tag
from flipscope_app.new.look import Look, fetch, look_at_model
from flipscope_app.new.markup import heading, models_table, problem
from flipscope_app.paths import shown_source
from flipscope_app.uploads.widget import Kind, upload

#: The fields that are in the address.
OLD_FIELD, DATA_FIELD = "old", "data"
NEW_FIELDS = ("new1", "new2", "new3", "new4")
NAME_FIELDS = ("name1", "name2", "name3", "name4")
#: Key of something on the page that no address changes: the button that starts.
ALWAYS_THERE = "start"
#: What a link or the sample data bring along about the task, by the names in the address.
TASK_ASKED = "new: task asked for"

_TASK_PARTS = ("task", "text", "text_b", "label", "id")
_COUNT = "new: candidates"
_READ = "new: link read"
_SAMPLES = {
    "Sentiment": ("sentiment", "sentiment/old", "sentiment/new", "sentiment/eval.csv"),
    "Paraphrase": ("paraphrase", "paraphrase/old", "paraphrase/new", "paraphrase/eval.csv"),
    "Entailment": ("entailment", "entailment/old", "entailment/new", "entailment/eval.csv"),
    "Two files of predictions": (
        "sentiment", "sentiment/predictions_old.csv", "sentiment/predictions_new.csv", "sentiment/eval.csv",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Models:
    """The models as chosen so far.

    Attributes
    ----------
    old : Look or None
        None where nothing is named yet.
    candidates : dict of str to Look
        Those that are named.
    missing : list of str
        What has to be done before they can be compared.
    """

    old: Look | None
    candidates: dict[str, Look]
    missing: list[str] = field(default_factory=list)

    @property
    def looks(self) -> list[Look]:
        """All that are named."""
        return [look for look in (self.old, *self.candidates.values()) if look]

    @property
    def cards(self) -> list[ModelCard]:
        """What is known of those that could be opened."""
        return [look.card for look in self.looks if look.card]


def link_query(told: Mapping[str, Query | None], candidates: Mapping[str, str], *, room: int = 0) -> dict[str, Query]:
    """Get the query of a link that fills in the form.

    A browser that follows a link within the dashboard takes the values of fields from the address, so a candidate
    and its name are in it under the names of their fields.

    Parameters
    ----------
    told : mapping of str to str or list of str
        ``old``, ``data`` and parts of the task, as in `flipscope.spec.TaskSpec`; what is empty is left out.
    candidates : mapping of str to str
        Their sources, by name; those that the form has no place for are left out.
    room : int
        How many places for further candidates to leave, where there are as many.
    """
    query = {name: value for name, value in told.items() if value}
    for number, (name, source) in enumerate(list(candidates.items())[: len(NEW_FIELDS)], 1):
        query[NEW_FIELDS[number - 1]] = source
        if name != _usual_name(number):
            query[NAME_FIELDS[number - 1]] = name
    return query | dict.fromkeys(NEW_FIELDS[len(candidates) : len(candidates) + room], "")


def read_link() -> None:
    """Take over what a link brings; ``new`` and ``labels`` may be there several times, ``task`` names the task.

    Once for each time that the page is opened: what is typed later is in fields that keep themselves in the address.
    """
    asked = _asked()
    is_open = ALWAYS_THERE in st.session_state  # Streamlit forgets it, but no bound field, with the page
    if is_open and st.session_state.get(_READ) == asked:
        return
    st.session_state[_READ] = asked
    parts, labels, candidates = asked
    st.session_state[TASK_ASKED] = {**parts, "labels": ", ".join(labels)}
    for name in (OLD_FIELD, DATA_FIELD, *NEW_FIELDS, *NAME_FIELDS):
        if name in st.query_params:
            st.session_state[name] = st.query_params[name]
        else:
            st.session_state.pop(name, None)
    for name, value in zip(NEW_FIELDS, candidates, strict=False):
        if name not in st.query_params:  # else it was changed since, and the page loaded again
            st.session_state[name] = value
    named = [number for number, name in enumerate(NEW_FIELDS, 1) if name in st.query_params]
    st.session_state[_COUNT] = max([1, len(candidates), *named])


def _asked() -> tuple[dict[str, str], list[str], list[str]]:
    """Read the parts of the address that no field is bound to."""
    parts = {name: st.query_params[name] for name in _TASK_PARTS if name in st.query_params}
    return parts, st.query_params.get_all("labels"), st.query_params.get_all("new")[: len(NEW_FIELDS)]


def choose_sample() -> None:
    """Offer to fill everything in with sample data."""
    try:
        folder = sample_folder()
    except FlipscopeError:  # an installation without them
        return

    def fill(task: str, *places: str) -> None:
        for name in NEW_FIELDS:
            st.session_state[name] = ""
        for number, name in enumerate(NAME_FIELDS, 1):
            st.session_state[name] = _usual_name(number)
        for name, place in zip((OLD_FIELD, NEW_FIELDS[0], DATA_FIELD), places, strict=True):
            st.session_state[name] = str(folder / place)
        st.session_state[TASK_ASKED] = {"task": task}
        st.session_state[_COUNT] = 1
        for name in (*_TASK_PARTS, "labels", "new"):
            st.query_params.pop(name, None)
        st.session_state[_READ] = _asked()

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="new-samples"):
        show(tag("p", "First time here? Use the sample data:", class_="fs-say"), width="content")
        for title, sample in _SAMPLES.items():
            st.button(title, key=f"sample {title}", on_click=fill, args=sample, type="secondary")


def choose_models(*, allow_torch_weights: bool) -> Models:
    """Let the visitor name the models, and lay them side by side."""
    show(
        heading(
            1,
            "Models",
            "A folder with a checkpoint, an archive of one, a name on the hub, or a file of predictions.",
        )
    )
    old, _ = _choose_model("Old model", OLD_FIELD, allow_torch_weights)
    count = st.session_state.get(_COUNT, 1)
    looks: dict[str, Look] = {}
    missing: list[str] = []
    for number, key in enumerate(NEW_FIELDS[:count], 1):
        look, place = _choose_model("New model" if count == 1 else f"Candidate {number}", key, allow_torch_weights)
        if look:  # a place that is left empty is no candidate
            with place:
                looks[_choose_name(number, count, looks, missing)] = look
    _change_count(count)
    if not looks:
        missing.insert(0, "Name the new model" if count == 1 else "Name a candidate")
    if not old:
        missing.insert(0, "Name the old model")
    cards = {name: look.card for name, look in looks.items() if look.card}
    if old and old.card and cards:
        show(models_table(old.card, cards))
    if any(look.card is None for look in (old, *looks.values()) if look):
        to_fetch = any(look.to_fetch and not look.problem for look in (old, *looks.values()) if look)
        missing.append("Fetch the models from the hub" if to_fetch else "Choose models that can be opened")
    return Models(old, looks, missing)


def choose_path(
    label: str, key: str, kinds: Kind, *, placeholder: str, told: str, multiple: bool = False
) -> tuple[str, DeltaGenerator]:
    """Show a field for a path, and a place for uploads beside it that fills the field.

    Returns
    -------
    str
        What is in the field.
    DeltaGenerator
        The place below it.
    """
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="top")
    with right:
        uploaded = upload(f"{label}: upload", f"upload {key}", kinds=kinds, multiple=multiple)
    known = f"new: uploaded {key}"
    if uploaded is not None and st.session_state.get(known) != str(uploaded):
        st.session_state[key] = st.session_state[known] = str(uploaded)
    with left:
        text = st.text_input(label, key=key, bind="query-params", placeholder=placeholder, help=told)
        if (name := shown_source(text)) != text:  # the path in the field says little
            show(tag("p", name, class_="fs-say fs-small"))
    return text.strip(), left


def _choose_model(label: str, key: str, allow_torch_weights: bool) -> tuple[Look | None, DeltaGenerator]:
    text, place = choose_path(
        label, key, "model", multiple=True,
        placeholder="models/v1  ·  model.zip  ·  org/name@revision  ·  predictions.csv",
        told="A path on the machine that runs the dashboard, or a name on the Hugging Face hub. "
        "`ensemble:A+B` averages models, `vote:A+B+C` has them vote.",
    )  # fmt: skip
    if not text:
        return None, place
    with place:
        look = look_at_model(text, allow_torch_weights=allow_torch_weights)
    if look.problem and not look.card:
        show(problem(look.problem))
    if look.to_fetch:
        with place:
            offer_to_fetch(look.source, key)
    return look, place


def offer_to_fetch(source: str, key: str) -> None:
    """Ask before anything is downloaded."""
    told = "This is a name on the Hugging Face hub. Fetching it may take a while, and room on this machine's disk."
    show(tag("p", told, class_="fs-say"))
    st.button("Fetch from the hub", icon=":material/download:", key=f"fetch {key}", on_click=fetch, args=(source,))


def _usual_name(number: int) -> str:
    return NEW if number == 1 else f"{NEW}-{number}"


def _choose_name(number: int, count: int, others: dict[str, Look], missing: list[str]) -> str:
    title = "Name of the candidate" if count == 1 else f"Name of candidate {number}"
    name = st.text_input(
        title, value=_usual_name(number), key=NAME_FIELDS[number - 1], bind="query-params", width=300, max_chars=40,
        help="What the comparison calls it; a word or two.",
    ).strip()  # fmt: skip
    try:
        if name in others:
            raise FlipscopeError(f"two candidates are called {name!r}", do="Give each its own name")
        check_candidate_names([name or "?"])
    except FlipscopeError as error:
        show(problem(error))
        missing.append("Give the candidate another name" if count == 1 else f"Give candidate {number} another name")
        return f"{number}" if name in others else name
    return name


def _change_count(count: int) -> None:
    def change(by: int) -> None:
        st.session_state[_COUNT] = count + by
        if by < 0:
            st.session_state[NEW_FIELDS[count - 1]] = ""

    with st.container(horizontal=True, gap="small"):
        if count < len(NEW_FIELDS):
            st.button("Add another candidate", icon=":material/add:", on_click=change, args=(1,), type="tertiary")
        if count > 1:
            st.button(
                f"Remove candidate {count}", icon=":material/remove:", on_click=change, args=(-1,), type="tertiary"
            )
