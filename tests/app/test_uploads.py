"""Uploads: what the route takes, and what it refuses without leaving anything behind."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from flipscope.workspace import Workspace
from flipscope_app.settings import Settings
from flipscope_app.uploads import route as uploads
from flipscope_app.uploads.route import ROUTES, new_batch, safe_name, sweep

HEADER = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
CHECKPOINT = len(HEADER).to_bytes(8, "little") + HEADER + bytes(8)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    (tmp_path / "served").mkdir()
    return Workspace(tmp_path / "served")


@pytest.fixture
def server():
    return TestClient(Starlette(routes=ROUTES), base_url="http://127.0.0.1")


def batch_of(workspace, kind="data", *, most_bytes=1000, several=False):
    return new_batch(workspace, kind, most_bytes=most_bytes, several=several)


def put(server, ticket, name, content=b"text,label\na,1\n", headers=None, folder=""):
    address = f"/api/upload/{ticket}?name={quote(name)}&folder={quote(folder)}"
    return server.put(address, content=content, headers=headers)


def files_of(workspace) -> list[str]:
    return sorted(path.name for path in workspace.inbox.rglob("*") if path.is_file())


def test_a_file_arrives_as_it_was_sent(server, workspace):
    batch, content = batch_of(workspace, most_bytes=10**7), os.urandom(3_000_000)
    answer = put(server, batch.ticket, "dev.csv", content)
    assert answer.status_code == 200
    assert answer.json() == {"name": "dev.csv", "bytes": 3_000_000, "ticket": None}
    assert batch.path.read_bytes() == content
    assert batch.path.name == "dev.csv"
    assert batch.path.is_relative_to(workspace.inbox)
    assert files_of(workspace) == ["dev.csv"]


def test_a_ticket_is_good_for_one_file(server, workspace):
    ticket = batch_of(workspace).ticket  # the batch itself is gone already
    assert put(server, ticket, "dev.csv").status_code == 403
    batch = batch_of(workspace)
    ticket = batch.ticket
    assert put(server, ticket, "dev.csv").status_code == 200
    again = put(server, ticket, "other.csv")
    assert again.status_code == 403
    assert "Reload" in again.json()["error"]
    assert files_of(workspace) == ["dev.csv"]
    assert put(server, "made-up", "dev.csv").status_code == 403


def test_tickets_end_with_their_session(server, workspace):
    session = {"place": batch_of(workspace)}
    ticket = session["place"].ticket
    session.clear()
    gc.collect()
    assert put(server, ticket, "dev.csv").status_code == 403
    assert files_of(workspace) == []


def test_the_files_of_a_checkpoint_come_into_one_folder(server, workspace):
    batch = batch_of(workspace, "model", several=True)
    first = put(server, batch.ticket, "model.safetensors", CHECKPOINT, folder="distil v2")
    second = put(server, first.json()["ticket"], "config.json", b"{}", folder="elsewhere")
    assert second.status_code == 200
    assert batch.path.name == "distil v2"
    assert sorted(path.name for path in batch.path.iterdir()) == ["config.json", "model.safetensors"]


@pytest.mark.parametrize(("name", "alone"), [("old.zip", True), ("old.csv", True), ("model.safetensors", False)])
def test_an_archive_or_a_table_stays_a_file(server, workspace, name, alone):
    batch = batch_of(workspace, "model", several=True)
    put(server, batch.ticket, name, CHECKPOINT)
    assert batch.path.is_file() == alone


def test_two_files_of_one_name_are_refused(server, workspace):
    batch = batch_of(workspace, "model", several=True)
    first = put(server, batch.ticket, "Vocab.txt", b"a")
    second = put(server, first.json()["ticket"], "vocab.TXT", b"b")
    assert second.status_code == 409
    assert files_of(workspace) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("data", "data.exe"),
        ("data", "model.safetensors"),
        ("data", "suite.pkl"),
        ("model", "pytorch_model.bin"),
        ("model", "model.py"),
        ("suite", "suite.py"),
        ("data", ".csv"),
        ("data", ""),
        ("data", "dev.csv/"),
        ("data", "dev.csv\0.exe"),
    ],
)
def test_other_kinds_of_files_are_refused(server, workspace, kind, name):
    batch = batch_of(workspace, kind)
    answer = put(server, batch.ticket, name)
    assert answer.status_code == 415
    assert "names may end in" in answer.json()["error"]
    assert batch.ticket is None
    assert files_of(workspace) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("data", "dev.csv.gz"),
        ("data", "DEV.TSV"),
        ("data", "dev.parquet"),
        ("model", "old.tgz"),
        ("model", "spiece.model"),
        ("suite", "suite.toml"),
        ("suite", "sentiment.pkl"),
        ("suite", "suite.json.gz"),
    ],
)
def test_the_kinds_that_flipscope_reads_are_taken(server, workspace, kind, name):
    batch = batch_of(workspace, kind)
    assert put(server, batch.ticket, name).status_code == 200
    assert files_of(workspace) == [name]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("/abs/x.csv", "x.csv"),
        ("C:\\temp\\x.csv", "x.csv"),
        ("C:x.csv", "C_x.csv"),
        ("naïve café 日本.csv", "naïve café 日本.csv"),
        ("cafe\u0301.csv", "café.csv"),
        ("a\0b\n.csv", "a_b_.csv"),
        ("\u202egnp.csv", "_gnp.csv"),
        ("CON.csv", "_CON.csv"),
        ("Lpt1", "_Lpt1"),
        ("console.csv", "console.csv"),
        ("..", ""),
        (" .hidden.csv. ", "hidden.csv"),
        ("a+b:c@d.json", "a_b_c@d.json"),
        ("\udc80.csv", "_.csv"),
        ("é" * 200 + ".csv.gz", "é" * 71 + ".csv.gz"),
        ("x" * 300, "x" * 150),
        ("x." + "y" * 300, "x." + "y" * 148),
    ],
)
def test_names_are_made_safe(name, safe):
    assert safe_name(name) == safe


def test_a_hostile_name_stays_in_the_inbox(server, workspace):
    batch = batch_of(workspace, "model", several=True)
    assert put(server, batch.ticket, "../../../x.txt", b"x", folder="../..").status_code == 200
    assert batch.files == [batch.folder / "upload" / "x.txt"]


def test_too_large_a_file_is_refused_before_it_is_sent(server, workspace):
    batch = batch_of(workspace, most_bytes=1000)
    assert put(server, batch.ticket, "dev.csv", b"x" * 1001).status_code == 413
    assert files_of(workspace) == []
    batch = batch_of(workspace, most_bytes=1000)
    assert put(server, batch.ticket, "dev.csv", b"x" * 1000).status_code == 200


def test_a_full_disk_is_told(server, workspace, monkeypatch):
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda path: SimpleNamespace(free=500 * 10**6 + 10))
    batch = batch_of(workspace)
    answer = put(server, batch.ticket, "dev.csv", b"x" * 11)
    assert (answer.status_code, answer.json()["error"]) == (507, "The server's disk has no room for this file")
    batch = batch_of(workspace)
    assert put(server, batch.ticket, "dev.csv", b"x" * 10).status_code == 200


def test_a_body_of_unknown_size_is_refused(server, workspace):
    batch = batch_of(workspace)
    answer = server.put(f"/api/upload/{batch.ticket}?name=dev.csv", content=iter([b"a", b"b"]))
    assert answer.status_code == 411


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
    ],
)
def test_other_sites_may_not_upload(server, workspace, headers):
    batch = batch_of(workspace)
    assert put(server, batch.ticket, "dev.csv", headers=headers).status_code == 403
    assert batch.ticket is not None  # it was not spent
    same = {"sec-fetch-site": "same-origin", "origin": "https://127.0.0.1"}  # TLS may end at a proxy
    assert put(server, batch.ticket, "dev.csv", headers=same).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\n", id="git lfs pointer"),
        pytest.param((10**12).to_bytes(8, "little") + HEADER, id="header longer than the file"),
        pytest.param(CHECKPOINT[:-1], id="truncated"),
        pytest.param(CHECKPOINT + b"more", id="more than the tensors"),
        pytest.param(CHECKPOINT.replace(b"[2]", b"[9]"), id="lying shape"),
        pytest.param(CHECKPOINT.replace(b"F32", b"???"), id="unknown dtype"),
    ],
)
def test_lying_safetensors_are_refused_on_arrival(server, workspace, content):
    batch = batch_of(workspace, "model", several=True)
    first = put(server, batch.ticket, "config.json", b"{}")
    answer = put(server, first.json()["ticket"], "model.safetensors", content)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("model.safetensors: ")
    assert str(workspace.root) not in answer.json()["error"]
    assert files_of(workspace) == []


def send_raw(ticket: str, messages: list[dict], size: int) -> tuple[list[dict], int]:
    """Call the route as a server would; returns what it sent and how many messages it asked for."""
    sent, left = [], list(messages)

    async def receive():
        return left.pop(0)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "PUT", "path": f"/api/upload/{ticket}", "query_string": b"name=dev.csv",
        "headers": [(b"content-length", str(size).encode())], "root_path": "",
    }  # fmt: skip
    with ThreadPoolExecutor(1) as pool:  # a browser test of the same process may have a loop running in this thread
        pool.submit(asyncio.run, Starlette(routes=ROUTES)(scope, receive, send)).result()
    return sent, len(messages) - len(left)


def body(content: bytes, more: bool) -> dict:
    return {"type": "http.request", "body": content, "more_body": more}


def test_a_broken_connection_leaves_nothing(workspace):
    batch = batch_of(workspace, most_bytes=10**8)
    messages = [body(bytes(2_000_000), True), body(bytes(10), True), {"type": "http.disconnect"}]
    sent, asked = send_raw(batch.ticket, messages, 3_000_000)
    assert asked == 3
    assert sent[0]["status"] == 400
    assert list(workspace.inbox.iterdir()) == []
    assert batch.ticket is None


@pytest.mark.parametrize(("size", "sent_bytes"), [(10, 9), (10, 11)])
def test_a_body_of_another_size_than_declared_is_refused(workspace, size, sent_bytes):
    batch = batch_of(workspace)
    sent, _ = send_raw(batch.ticket, [body(bytes(sent_bytes), False)], size)
    assert sent[0]["status"] == 400
    assert list(workspace.inbox.iterdir()) == []


def test_what_is_too_large_is_not_even_read(workspace):
    batch = batch_of(workspace, most_bytes=1000)
    sent, asked = send_raw(batch.ticket, [body(bytes(2000), False)], 2000)
    assert (sent[0]["status"], asked) == (413, 0)


def test_only_old_uploads_that_nobody_names_are_swept(workspace):
    week_ago = time.time() - 8 * 24 * 3600
    folders = {name: workspace.inbox / name for name in ("unused", "compared", "in-a-job", "new")}
    for name, folder in folders.items():
        folder.mkdir(parents=True)
        (folder / "old.zip").write_bytes(b"")
        if name != "new":
            os.utime(folder, (week_ago, week_ago))
    (workspace.root / "v1-v2").mkdir()
    (workspace.root / "v1-v2" / "comparison.json").write_text(json.dumps({"source": str(folders["compared"])}))
    (workspace.jobs / "1").mkdir(parents=True)
    (workspace.jobs / "1" / "request.json").write_text(json.dumps({"old": str(folders["in-a-job"])}))
    sweep(workspace)
    assert sorted(path.name for path in workspace.inbox.iterdir()) == ["compared", "in-a-job", "new"]


@pytest.mark.parametrize("odd", ["a manifest that is a folder", "a link that leads nowhere"])
def test_odd_things_in_a_workspace_do_not_stop_the_sweep(workspace, odd):
    (workspace.inbox / "old").mkdir(parents=True)
    os.utime(workspace.inbox / "old", (0, 0))
    if odd == "a link that leads nowhere":
        (workspace.inbox / "link").symlink_to(workspace.root / "nowhere")
    else:
        (workspace.root / "bad" / "comparison.json").mkdir(parents=True)
    sweep(workspace)
    assert (workspace.inbox / "old").exists() == (odd == "a manifest that is a folder")


def test_the_disk_is_looked_at_again_while_a_file_comes(workspace, monkeypatch):
    """Several files that fit one by one do not fit together."""
    batch = batch_of(workspace, most_bytes=10**9)
    monkeypatch.setattr(uploads, "_CHUNK", 4)
    left = iter([100, 0])
    monkeypatch.setattr(uploads, "free_bytes", lambda folder: next(left))
    sent, _ = send_raw(batch.ticket, [body(b"12345", True), body(b"67890", False)], 10)
    assert sent[0]["status"] == 507
    assert files_of(workspace) == []


def test_sweeping_an_untouched_workspace_makes_nothing(workspace):
    sweep(workspace)
    assert list(workspace.root.iterdir()) == []


# The widget


def page_with_two() -> None:
    import streamlit as st

    from flipscope_app.uploads.widget import upload

    st.session_state["paths"] = [
        upload("The **old** one", "old", kinds="model", multiple=True),
        upload("Data", "data", kinds="data"),
    ]


@pytest.fixture
def page(workspace, monkeypatch) -> AppTest:
    monkeypatch.setattr("flipscope_app.settings._settings", Settings(workspace.root, max_upload_bytes=5000))
    return AppTest.from_function(page_with_two, default_timeout=30)


def data_of(page: AppTest) -> list[dict]:
    page.run()
    assert not page.exception
    return [json.loads(element.proto.json) for element in page.get("bidi_component")]


def test_every_uploader_has_a_ticket_of_its_own_that_stays_until_it_is_used(page, server, workspace):
    first, second = data_of(page)
    assert (first["label"], first["several"], first["most"]) == ("The **old** one", True, 5000)
    assert first["ticket"] != second["ticket"]
    assert [each["ticket"] for each in data_of(page)] == [first["ticket"], second["ticket"]]

    assert put(server, second["ticket"], "dev.csv").status_code == 200
    fresh = data_of(page)
    assert fresh[0]["ticket"] == first["ticket"]
    assert fresh[1]["ticket"] != second["ticket"]
    assert put(server, fresh[1]["ticket"], "dev.csv").status_code == 200


def test_a_rerun_while_files_are_coming_does_not_disturb_them(page, server, workspace):
    first, _ = data_of(page)
    answer = put(server, first["ticket"], "model.safetensors", CHECKPOINT)
    assert data_of(page)[0]["batch"] != first["batch"]
    assert put(server, answer.json()["ticket"], "config.json", b"{}").status_code == 200
    assert sorted(path.name for path in (workspace.inbox / first["batch"]).rglob("*.*")) == [
        "config.json",
        "model.safetensors",
    ]


def test_nothing_is_there_before_anything_was_uploaded(page):
    assert [each["uploaded"] for each in data_of(page)] == [None, None]
    assert page.session_state["paths"] == [None, None]


@pytest.fixture
def tell(page, monkeypatch):
    """Report an event of the first uploader, as the page does, and make the page again."""
    events = []

    def component(key, data, **callbacks):
        if key == "old" and events:
            event, value = events.pop()
            st.session_state[key] = {event: value}
            callbacks[f"on_{event}_change"]()
        shown[key] = data

    def report(event, value):
        events.append((event, value))
        for _ in "12":  # callbacks come before a run; here they come at its end
            page.run()
            assert not page.exception
        return shown["old"], page.session_state["paths"][0]

    shown = {}
    monkeypatch.setattr("flipscope_app.uploads.widget._component", lambda: component)
    page.run()
    report.first = shown["old"]
    return report


def send_checkpoint(server, data) -> None:
    first = put(server, data["ticket"], "model.safetensors", CHECKPOINT, folder="v2")
    assert put(server, first.json()["ticket"], "config.json", b"{}", folder="v2").status_code == 200


def test_what_was_uploaded_is_given_when_the_page_says_it_is_whole(page, server, workspace, tell):
    send_checkpoint(server, tell.first)
    page.run()
    assert page.session_state["paths"] == [None, None]
    data, path = tell("done", tell.first["batch"])
    assert path == workspace.inbox / tell.first["batch"] / "v2"
    assert data["uploaded"] == {"name": "v2, 2 files", "bytes": len(CHECKPOINT) + 2}
    assert data["batch"] != tell.first["batch"]
    page.run()
    assert page.session_state["paths"] == [path, None]


def test_a_cancelled_upload_leaves_nothing_and_what_was_there_before_stays(server, workspace, tell):
    send_checkpoint(server, tell.first)
    data, before = tell("done", tell.first["batch"])
    put(server, data["ticket"], "model.safetensors", CHECKPOINT)
    fresh, path = tell("ended", data["batch"])
    assert path == before
    assert not (workspace.inbox / data["batch"]).exists()
    assert fresh["ticket"] not in (None, data["ticket"])


def test_an_upload_can_be_taken_back(server, tell):
    send_checkpoint(server, tell.first)
    tell("done", tell.first["batch"])
    data, path = tell("removed", 1)
    assert (data["uploaded"], path) == (None, None)


@pytest.mark.parametrize("event", ["done", "ended"])
@pytest.mark.parametrize("value", ["../../..", None, {"a": 1}])
def test_a_page_that_makes_batches_up_gets_nothing(workspace, tell, event, value):
    data, path = tell(event, value)
    assert (data["uploaded"], path) == (None, None)
    assert workspace.root.is_dir()


def test_an_upload_that_was_deleted_meanwhile_is_not_given(page, server, workspace, tell):
    send_checkpoint(server, tell.first)
    _, path = tell("done", tell.first["batch"])
    shutil.rmtree(path)
    page.run()
    assert page.session_state["paths"] == [None, None]
