"""What uploading two checkpoints costs the server in memory: through the route, and from a page in a browser.

python benchmarks/uploads.py [--megabytes 400]

Starts a real server on a workspace of its own, uploads two files at once by HTTP, then two from a page in Chromium
(where there is one), and prints the server's resident memory before, at its peak and after, and what was added as a
share of what was uploaded. The aim: two files of 400 MB add less than 200 MB. Exit code 1 when they add more.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

_AIM = 200  # MB
_PAGE = """
import streamlit as st
from flipscope_app.uploads.widget import upload
for side in ("Old", "New"):
    st.text(f"{side}: {upload(side, key=side, kinds='model', multiple=True)}")
"""
_SERVER = """
import sys
from pathlib import Path
import streamlit as st
from starlette.middleware import Middleware
from flipscope_app import server
from flipscope_app.uploads import route as uploads
from flipscope_app.settings import Settings, use

workspace, address = Path(sys.argv[1]), server.Address(port=int(sys.argv[2]))
use(Settings(workspace))
batches = [uploads.new_batch(Settings(workspace).workspace, "model", most_bytes=10**11, several=False) for _ in "12"]
(workspace / "tickets").write_text(" ".join(batch.ticket for batch in batches))
app = st.App(workspace / "page.py", routes=uploads.ROUTES, middleware=[Middleware(server.SecurityHeaders)])
app.run(config=server.settings(address, ["127.0.0.1"]))
"""


@dataclass(frozen=True)
class Server:
    """A running server: its port, its workspace and its process."""

    port: int
    workspace: Path
    pid: int

    def memory(self, name: str) -> float:
        """Read ``VmRSS`` (now) or ``VmHWM`` (the peak since it was forgotten), in MB."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6

    def forget_peak(self) -> None:
        """Let the peak begin anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=400, help="size of each file")
    megabytes = parser.parse_args().megabytes
    with tempfile.TemporaryDirectory() as folder:
        files = [_make_checkpoint(Path(folder) / f"{name}.safetensors", megabytes) for name in ("old", "new")]
        workspace = Path(folder) / "workspace"
        workspace.mkdir()
        with _started(workspace) as server:
            added = [_measured("route, both at once", server, 2 * megabytes, lambda: _by_route(server, files))]
            added.append(_from_page(server, files, 2 * megabytes))
        arrived = [path for path in workspace.rglob("*.safetensors") if path.stat().st_size == files[0].stat().st_size]
    print(f"{len(arrived)} files arrived whole; the most that was added: {max(added):.0f} MB (aim: under {_AIM})")
    sys.exit(max(added) >= _AIM)


def _make_checkpoint(path: Path, megabytes: int) -> Path:
    """Write a safetensors file of random values."""
    n = megabytes * 250_000
    header = json.dumps({"weight": {"dtype": "F32", "shape": [n], "data_offsets": [0, 4 * n]}}).encode()
    with path.open("wb") as out:
        out.write(len(header).to_bytes(8, "little") + header)
        for _ in range(megabytes):
            out.write(os.urandom(1_000_000))
    return path


@contextmanager
def _started(workspace: Path) -> Iterator[Server]:
    """Run a server with a page of two uploaders, and two tickets given out beforehand."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (workspace / "page.py").write_text(_PAGE)
    log = workspace / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-c", _SERVER, str(workspace), str(port)], stdout=out, stderr=out)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield Server(port, workspace, process.pid)
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    for _ in range(600):
        with suppress(OSError):
            urllib.request.urlopen(url, timeout=1).close()
            return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def _measured(name: str, server: Server, megabytes: int, upload: Callable[[], None]) -> float:
    """Upload, print what it took, and return what the server's memory had added at its peak, in MB."""
    server.forget_peak()
    before = server.memory("VmRSS")
    upload()
    peak, after = server.memory("VmHWM"), server.memory("VmRSS")
    print(
        f"{name}: {megabytes} MB uploaded; server {before:.0f} MB before, {peak:.0f} at its peak, {after:.0f} after: "
        f"adds {(peak - before) / megabytes:.3f} of what is uploaded, keeps {(after - before) / megabytes:.3f}"
    )
    return peak - before


def _by_route(server: Server, files: list[Path]) -> None:
    tickets = (server.workspace / "tickets").read_text().split()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda ticket, file: _put(server.port, ticket, file), tickets, files))


def _put(port: int, ticket: str, file: Path) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    with file.open("rb") as body:
        headers = {"Content-Length": str(file.stat().st_size)}
        connection.request("PUT", f"/api/upload/{ticket}?name={file.name}", body, headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"the upload failed: {answer.status} {answer.read().decode()}")


def _from_page(server: Server, files: list[Path], megabytes: int) -> float:
    from e2e.driving import find_browser, idle, open_browser

    if find_browser() is None:
        print("page: not measured, there is no Chromium on this machine")
        return 0
    with open_browser() as browser:
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.port}")
        page.get_by_label("New: choose files").wait_for(state="attached")
        idle(page)  # so that the session's own memory is in what was there before

        def upload() -> None:
            for side, file in zip(("Old", "New"), files, strict=True):
                page.get_by_label(f"{side}: choose files").set_input_files(file)
            for side in ("Old", "New"):
                page.get_by_text(f"{side}: /").wait_for(timeout=300_000)

        return _measured("page, both at once", server, megabytes, upload)


if __name__ == "__main__":
    main()
