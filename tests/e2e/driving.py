"""The real dashboard in a real browser: how tests and the screenshot script start and drive them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: What data may hold, and the page must show as it is.
HOSTILE = "<img src=http://outside.invalid/a.png onerror=alert(1)> ![x](http://outside.invalid/b.png) $latex$"

_SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
_MAIN = "from flipscope.cli import main; main()"


def find_browser() -> str | None:
    """Find a Chromium that is installed on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start the browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=_SWITCHES)
        yield browser
        browser.close()


@contextmanager
def serve(path: Path, log: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run ``flipscope dashboard`` on a free port and give its address; `env` is added to the environment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with log.open("wb") as out:
        command = [sys.executable, "-c", _MAIN, "dashboard", str(path), "--port", str(port), *options]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the dashboard stopped: {log.read_text()}")
        with suppress(OSError):
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"the dashboard did not start: {log.read_text()}")


def idle(page: Page) -> None:
    """Wait until the page has been made; a rerun needs a moment to begin."""
    page.wait_for_timeout(200)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(state="attached")
