"""How the dashboard is served: refusals before anything starts, and a policy that lets nothing in or out."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from flipscope.errors import FlipscopeError
from flipscope_app import server


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FlipscopeError, match="no such folder"):
        server.serve(tmp_path / "absent", 8501)


def test_a_taken_port_is_refused(three_tasks):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(FlipscopeError, match=f"port {port} is taken") as caught:
            server.serve(three_tasks.path, port)
    assert "--port" in str(caught.value)


def test_only_this_machine_is_served():
    settings = server.settings(8600)
    assert settings["server.address"] == "127.0.0.1"
    assert settings["server.allowedHosts"] == ["localhost", "127.0.0.1"]
    assert settings["browser.gatherUsageStats"] is False
    assert settings["client.showErrorDetails"] == "none"
    assert settings["server.port"] == 8600


def test_every_setting_is_one_that_streamlit_knows():
    from streamlit import config

    known = config.get_config_options()
    assert [name for name in server.settings(8600) if name not in known] == []


def test_the_policy_allows_nothing_from_outside():
    policy = dict(part.strip().split(" ", 1) for part in server.content_policy().split(";"))
    assert policy["default-src"] == "'self'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert not any("http" in sources or "*" in sources for sources in policy.values())
    assert policy["frame-ancestors"] == "'none'"


def test_every_response_carries_the_headers():
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"hello"})

    async def send(message):
        sent.append(message)

    with ThreadPoolExecutor(1) as pool:  # a browser test of the same process may have a loop running in this thread
        pool.submit(asyncio.run, server.SecurityHeaders(app)({"type": "http"}, None, send)).result()
    headers = dict(sent[0]["headers"])
    assert headers[b"content-type"] == b"text/html"
    assert headers[b"x-frame-options"] == b"DENY"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert sent[1]["body"] == b"hello"
