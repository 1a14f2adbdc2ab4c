"""How the dashboard is served: refusals before anything starts, and a policy that lets nothing in or out."""

from __future__ import annotations

import asyncio
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from builders import build_comparison, simulated_task
from e2e.driving import serve
from flipscope import cli
from flipscope.errors import FlipscopeError
from flipscope_app import server
from flipscope_app import settings as settings_module
from flipscope_app.server import Address
from flipscope_app.settings import SettingsFile, read_settings

AUTH = """
[auth]
redirect_uri = "https://flips.example.com/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "id"
client_secret = "hush"
server_metadata_url = "https://login.example.com/.well-known/openid-configuration"
"""
PEOPLE = '[dashboard]\npeople = ["Ada@example.com", "*@lab.example.org"]\n'


@pytest.fixture
def written(tmp_path):
    """Write a settings file."""

    def write(text: str) -> Path:
        path = tmp_path / "serving.toml"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def started(monkeypatch):
    """Start everything but the server itself; gives what it would be started with."""
    import streamlit as st

    class App:
        def __init__(self, script, **options):
            found.update(options)

        def run(self, config):
            found["config"] = config

    found = {}
    monkeypatch.setattr(st, "App", App)
    monkeypatch.setattr(settings_module, "_settings", settings_module.Settings())
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FlipscopeError, match="no such folder"):
        server.serve(tmp_path / "absent")


def test_a_taken_port_is_refused(three_tasks):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(FlipscopeError, match=f"port {port} is taken") as caught:
            server.serve(three_tasks.path, Address(port=port))
    assert "--port" in str(caught.value)


@pytest.mark.parametrize(("host", "why"), [("192.0.2.1", "no such address"), ("no such host", "no such host")])
def test_a_host_that_is_not_this_machine_is_refused(tmp_path, host, why):
    with pytest.raises(FlipscopeError, match=why):
        server.serve(tmp_path, Address(host), allow_unauthenticated=True)


def test_only_this_machine_is_served(tmp_path, started):
    server.serve(tmp_path, Address(port=free_port()))
    config = started["config"]
    assert config["server.address"] == "127.0.0.1"
    assert config["server.allowedHosts"] == ["localhost", "127.0.0.1"]
    assert config["browser.gatherUsageStats"] is False
    assert config["client.showErrorDetails"] == "none"
    assert started["secrets"] is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "flips.example.com", "127.0.0.1.example.com"])
def test_other_machines_are_not_served_unless_somebody_says_who(tmp_path, started, capsys, monkeypatch, host):
    monkeypatch.setattr("sys.argv", ["flipscope", "dashboard", str(tmp_path), "--host", host])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert "--allow-unauthenticated" in told
    assert "[auth]" in told
    assert len(told.splitlines()) == 1
    assert started == {}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2", "::1"])
def test_every_loopback_address_needs_no_login(host):
    assert Address(host).is_loopback


def test_everybody_can_be_let_in(tmp_path, started):
    server.serve(tmp_path, Address("0.0.0.0", free_port()), allow_unauthenticated=True)
    assert started["config"]["server.address"] == "0.0.0.0"
    assert socket.gethostname() in started["config"]["server.allowedHosts"]
    assert "*" not in started["config"]["server.allowedHosts"]


def test_people_log_in(tmp_path, started, written, monkeypatch):
    monkeypatch.setattr("streamlit.auth_util.is_authlib_installed", lambda: True)
    server.serve(tmp_path, Address("0.0.0.0", free_port()), settings_file=written(PEOPLE + AUTH))
    assert settings_module.settings().people == ("ada@example.com", "*@lab.example.org")
    assert started["secrets"]["auth"]["client_secret"] == "hush"
    assert "flips.example.com" in started["config"]["server.allowedHosts"]


def test_login_without_authlib_says_what_to_install(tmp_path, started, written, monkeypatch):
    monkeypatch.setattr("streamlit.auth_util.is_authlib_installed", lambda: False)
    with pytest.raises(FlipscopeError, match="Authlib") as caught:
        server.serve(tmp_path, Address(port=free_port()), settings_file=written(PEOPLE + AUTH))
    assert "flipscope[auth]" in caught.value.do


def test_settings_come_from_the_file_and_from_options(tmp_path, started, written):
    for name in ("workspace", "models", "more"):
        (tmp_path / name).mkdir()
    file = written('[dashboard]\nroots = ["models"]\nallowed_hosts = ["flips.lan"]\nmax_upload_gb = 2\n')
    address = Address(port=free_port())
    server.serve(tmp_path / "workspace", address, roots=[tmp_path / "more"], settings_file=file)
    given = settings_module.settings()
    assert {tmp_path / "models", tmp_path / "more", Path.cwd()} <= set(given.roots)
    assert given.max_upload_bytes == 2 * 10**9
    assert started["config"]["server.allowedHosts"] == ["localhost", "127.0.0.1", "flips.lan"]
    server.serve(tmp_path / "workspace", address, settings_file=file, max_upload_gb=0.5)
    assert settings_module.settings().max_upload_bytes == 5 * 10**8


def test_a_root_that_is_not_there_is_refused(tmp_path, started):
    with pytest.raises(FlipscopeError, match="no such folder"):
        server.serve(tmp_path, roots=[tmp_path / "absent"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[dashboard", "not TOML"),
        ("[dashbord]", "unknown key 'dashbord'"),
        ("[dashboard]\nport = 1", "unknown key 'port' in [dashboard]"),
        ("[dashboard]\nmax_upload_gb = 0", "'max_upload_gb' in [dashboard]"),
        ("[dashboard]\nmax_upload_gb = inf", "'max_upload_gb' in [dashboard]"),
        ('[dashboard]\nallowed_hosts = ["*"]', "allowed_hosts"),
        ('[dashboard]\nallowed_hosts = ["http://flips.lan"]', "allowed_hosts"),
        ('[dashboard]\npeople = ["*"]', "people"),
        ('[dashboard]\npeople = ["example.com"]', "people"),
        ('[dashboard]\npeople = ["ada*@example.com"]', "people"),
        (PEOPLE, "there is no [auth]"),
        (AUTH, "does not say who may come in"),
        (PEOPLE + AUTH + 'provider = "x"', "unknown key 'provider' in [auth]"),
        (PEOPLE + AUTH.replace("client_id", "client"), "'client_id' is missing in [auth]"),
        (PEOPLE + AUTH.replace("0123456789abcdef", "short"), "'cookie_secret' in [auth]"),
        (PEOPLE + AUTH.replace("/oauth2callback", "/callback"), "'redirect_uri' in [auth]"),
    ],
)
def test_wrong_settings_are_refused_in_words(written, text, told):
    with pytest.raises(FlipscopeError) as caught:
        read_settings(written(text))
    assert told in str(caught.value)
    assert "hush" not in str(caught.value)
    assert "short" not in caught.value.what.replace("shorter", "")


def test_a_settings_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FlipscopeError, match="No such file"):
        read_settings(tmp_path / "absent.toml")


def test_the_demo_opens_in_the_folder_that_holds_it(tmp_path, started, capsys, monkeypatch):
    monkeypatch.setattr("flipscope.pipeline.compare_spec", lambda *args, **options: None)
    monkeypatch.setattr(cli, "print_results", lambda *args: None)
    port = free_port()
    monkeypatch.setattr("sys.argv", ["flipscope", "demo", "--out", str(tmp_path / "my demo"), "--port", str(port)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 0
    assert settings_module.settings().workspace.root == tmp_path
    assert f"http://127.0.0.1:{port}/overview?comparison=my+demo " in capsys.readouterr().err


def test_every_setting_is_one_that_streamlit_knows():
    from streamlit import config

    known = config.get_config_options()
    given = server.settings(Address(), server.allowed_hosts(Address(), SettingsFile()))
    assert [name for name in given if name not in known] == []


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (Address(), "http://127.0.0.1:8501"),
        (Address("::1", 80, "overview?comparison=demo"), "http://[::1]:80/overview?comparison=demo"),
        (Address("flips.lan", 8600), "http://flips.lan:8600"),
    ],
)
def test_the_address_is_one_that_a_browser_opens(address, url):
    assert address.url == url


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


def test_streamlits_own_upload_route_is_closed(tmp_path):
    """It would keep whatever anybody sends in memory."""
    log = tmp_path / "log"
    with serve(tmp_path, log) as url:
        sent = urllib.request.Request(f"{url}/_stcore/upload_file/session/file", data=b"x", method="PUT")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(sent, timeout=10)
        assert refused.value.code == 404
        foreign = urllib.request.Request(f"{url}/api/upload/ticket?name=a.csv", data=b"x", method="PUT")
        foreign.add_header("Origin", "http://elsewhere.example")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(foreign, timeout=10)
        assert refused.value.code == 403
        assert "Another site" in refused.value.read().decode()


def test_a_single_comparison_is_no_workspace_while_it_is_written_anew(tmp_path):
    build_comparison(tmp_path / "one", [simulated_task("t", 20, ("a", "b"))])
    served = settings_module.Settings(tmp_path / "one")
    (tmp_path / "one" / "comparison.json").unlink()
    assert served.workspace is None
