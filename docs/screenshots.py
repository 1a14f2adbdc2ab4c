"""Take the pictures of the dashboard that README.md and docs/dashboard.md show.

python docs/screenshots.py COMPARISON    writes docs/overview.png and docs/examples.png
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "tests"))

from e2e.driving import idle, open_browser, serve  # noqa: E402

_PICTURES = (
    ("overview.png", "", ".scatterlayer .point"),
    ("examples.png", "examples", ".fs-example"),
)


def main(comparison: Path) -> None:
    """Open each page in the browser and photograph its window."""
    with tempfile.TemporaryDirectory() as log, serve(comparison, Path(log) / "log") as url, open_browser() as browser:
        for name, path, ready in _PICTURES:
            page = browser.new_page(
                viewport={"width": 1280, "height": 900},
                device_scale_factor=1.5,
                reduced_motion="reduce",
            )
            page.goto(f"{url}/{path}")
            page.locator(ready).first.wait_for(state="attached")
            page.wait_for_load_state("networkidle")
            idle(page)
            page.screenshot(path=DOCS / name)
            page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
