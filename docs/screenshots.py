"""Take the pictures of the dashboard's pages that README.md and the documentation show.

    python docs/screenshots.py                       compare the sample data, write docs/pictures/PAGE-{light,dark}.png
    python docs/screenshots.py --out DIR --wide      the same at 1920 x 1080, to look at

`make screenshots` does the first. Needs Chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "tests"))

from e2e.driving import idle, open_browser, serve  # noqa: E402
from flipscope.mitigate import mitigate  # noqa: E402
from flipscope.pipeline import compare_spec  # noqa: E402
from flipscope.samples import sample_spec  # noqa: E402

# Picture, address, what must be there before it is taken.
PAGES = (
    ("comparisons", "", "table a"),
    ("new", "new", "h1"),
    ("overview", "overview?comparison=demo&max_nfr_percent=7", ".fs-verdict"),
    ("grid", "grid?comparison=demo", ".fs-grid"),
    ("behaviors", "behaviors?comparison=demo", ".js-plotly-plot"),
    ("slices", "slices?comparison=demo", ".fs-headline"),
    ("candidates", "candidates?comparison=study", ".js-plotly-plot"),
    ("examples", "examples?comparison=demo", ".fs-example"),
    ("triage", "triage?comparison=demo", ".fs-example"),
    ("report", "report?comparison=demo", "iframe"),
)


def main(out: Path, size: tuple[int, int], names: list[str]) -> None:
    """Open each page in the browser, light and dark, and photograph its window."""
    out.mkdir(parents=True, exist_ok=True)
    with _sample_dashboard(not names or "candidates" in names) as url, open_browser() as browser:
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]}, color_scheme=theme, reduced_motion="reduce"
            )
            for name, path, ready in PAGES:
                if not names or name in names:
                    page = context.new_page()
                    page.goto(f"{url}/{path}")
                    page.locator(ready).first.wait_for(state="attached")
                    idle(page)
                    page.wait_for_function("document.fonts.status === 'loaded'")
                    page.screenshot(path=out / f"{name}-{theme}.png")
                    page.close()
                    print(out / f"{name}-{theme}.png")
            context.close()


@contextmanager
def _sample_dashboard(study: bool) -> Iterator[str]:
    """Compare the sample data in a new workspace, with a study if one is wanted, and serve it."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "comparisons"
        compare_spec(sample_spec(), workspace / "demo")
        if study:
            mitigate(DOCS.parent / "studies" / "sample_sentiment.toml", workspace / "study")
        with serve(workspace, Path(folder) / "log") as url:
            yield url


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", help=f"all by default: {', '.join(name for name, *_ in PAGES)}")
    parser.add_argument("--out", type=Path, default=DOCS / "pictures")
    parser.add_argument("--wide", action="store_true", help="1920 x 1080 instead of 1280 x 800")
    given = parser.parse_args()
    main(given.out, (1920, 1080) if given.wide else (1280, 800), given.pages)
