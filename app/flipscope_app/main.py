"""The dashboard's frame: navigation, looks, and which comparison is open."""

from pathlib import Path

import streamlit as st

from flipscope.errors import FlipscopeError
from flipscope_app.state import served, stop, warn_of_unknown

HERE = Path(__file__).parent

st.set_page_config(page_title="flipscope", page_icon=HERE / "static" / "favicon.png", layout="wide")
st.html(HERE / "style.css")
st.logo(HERE / "static" / "logo.svg", size="medium")


def _leave_row() -> None:
    """Forget the open example: it is another one in another comparison."""
    st.query_params.pop("row", None)


comparisons = list(served())
pages = [
    st.Page(
        "app_pages/overview.py",
        title="Overview",
        icon=":material/grid_view:",
        default=len(comparisons) == 1,
        help="What each candidate broke and mended, by task.",
    ),
    st.Page(
        "app_pages/examples.py",
        title="Examples",
        icon=":material/list_alt:",
        help="The examples behind the figures: filter them, and open one side by side.",
    ),
]
if len(comparisons) > 1:
    home = st.Page("app_pages/home.py", title="Comparisons", icon=":material/folder_open:", default=True,
                   help="All comparisons in this folder.")  # fmt: skip
    pages.insert(0, home)
page = st.navigation(pages, position="top")

if len(comparisons) > 1 and page.title != "Comparisons":
    warn_of_unknown("comparison", comparisons, "a comparison")
    if st.query_params.get("comparison") not in comparisons and not st.session_state.get("comparison"):
        st.session_state["comparison"] = comparisons[0]
    st.selectbox(
        "Comparison",
        comparisons,
        index=None,  # no default, so that the address always names the comparison: the first may be another tomorrow
        required=True,
        key="comparison",
        bind="query-params",
        on_change=_leave_row,
        width=340,
        label_visibility="collapsed",
    )

try:
    page.run()
except FlipscopeError as error:  # a folder that was damaged or took too long to read
    stop(error)
