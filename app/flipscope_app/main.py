"""The dashboard's frame: navigation, looks, and which comparison is open."""

import logging
from pathlib import Path

import streamlit as st

from flipscope.errors import FlipscopeError
from flipscope_app.login import require_login
from flipscope_app.settings import settings
from flipscope_app.state import choose_comparison, follow, stop

HERE = Path(__file__).parent
MISTAKE = "This page could not be made: a mistake in flipscope"

# File, title, icon, what it is for. Those of the second list are about one comparison.
_WORKSPACE = (
    ("home", "Comparisons", "folder_open", "All comparisons in this folder."),
    ("new", "New comparison", "add_circle", "Compare two checkpoints, or two files of predictions."),
)
_COMPARISON = (
    ("overview", "Overview", "dashboard", "What each candidate broke and mended, by task."),
    ("grid", "Flip grid", "grid_view", "One task or slice: the four outcomes, and which labels turned into which."),
    ("behaviors", "Behaviors", "fact_check", "Capabilities, behavior tests and their cases."),
    ("slices", "Slices", "troubleshoot", "Where regressions concentrate: slices found and saved, families of flips."),
    ("candidates", "Candidates", "balance", "Ways to reduce regressions, and the seeds of each."),
    ("examples", "Examples", "list_alt", "The examples behind the figures: filter them, and open one side by side."),
    ("triage", "Triage", "rule", "Say what each flip is: a real regression, a wrong gold label, or else."),
    ("report", "Report", "description", "Hand the results on: choose sections, look, download."),
)


@st.cache_resource
def _styles() -> str:
    """Read all style sheets; the base comes first."""
    sheets = sorted((HERE / "styles").glob("*.css"), key=lambda path: (path.stem != "base", path.name))
    return "\n".join(sheet.read_text("utf-8") for sheet in sheets)


st.set_page_config(page_title="flipscope", page_icon=HERE / "static" / "favicon.png", layout="wide")
st.html(f"<style>{_styles()}</style>")
st.logo(HERE / "static" / "logo.svg", size="medium")
require_login()

try:
    shown = (() if settings().workspace is None else _WORKSPACE) + _COMPARISON
    pages = {
        name: st.Page(
            f"app_pages/{name}.py", title=title, icon=f":material/{icon}:", help=told, default=name == shown[0][0]
        )
        for name, title, icon, told in shown
    }
    page = st.navigation(list(pages.values()), position="top")
    follow()
    if page in [pages[name] for name, *_ in _COMPARISON]:
        choose_comparison()
    page.run()
except FlipscopeError as error:  # a folder that was damaged or took too long to read
    stop(error)
except Exception:
    logging.getLogger(__name__).exception("a page could not be made")
    stop(FlipscopeError(MISTAKE, do="Reload the page; if that does not help, please report what the terminal says"))
