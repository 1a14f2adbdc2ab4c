"""How the dashboard is served: to this machine only unless told otherwise, and with no way out of it."""

from __future__ import annotations

import base64
import errno
import hashlib
import ipaddress
import re
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flipscope.errors import FlipscopeError
from flipscope_app.settings import GB, Login, Settings, SettingsFile, read_settings, use

HOST = "127.0.0.1"
_EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True)
class Address:
    """Where the dashboard listens, and what for.

    Attributes
    ----------
    host : str
        A name or an address of this machine; ``0.0.0.0`` for all of them.
    port : int
        A free port.
    page : str
        The page and query that is told to people; "" for the first.
    """

    host: str = HOST
    port: int = 8501
    page: str = ""

    @property
    def url(self) -> str:
        """The address for a browser."""
        name = socket.gethostname() if self.host in _EVERYWHERE else self.host
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}/{self.page}".removesuffix("/")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:  # another name, wherever that may lead
            return False


def serve(
    path: Path,
    address: Address = Address(),
    *,
    roots: Sequence[Path] = (),
    settings_file: Path | None = None,
    allow_unauthenticated: bool = False,
    max_upload_gb: float | None = None,
) -> None:
    """Serve the dashboard until it is stopped.

    Parameters
    ----------
    path : Path
        A comparison folder, or a folder of comparison folders.
    address : Address
        Where to listen.
    roots : sequence of Path
        Folders below which visitors may name files, beside the workspace, the current folder and the sample data.
    settings_file : Path, optional
        More settings, and login; see docs/serving.md.
    allow_unauthenticated : bool
        Let everybody in who can reach a host other than loopback.
    max_upload_gb : float, optional
        The largest file that is taken, in 10^9 bytes; by default what the settings file says, else 20.

    Raises
    ------
    FlipscopeError
        When there is no comparison or folder at `path`, a setting is wrong, the host is open to others and nobody
        said who may come in, or the port is taken.
    """
    given = SettingsFile() if settings_file is None else read_settings(settings_file)
    dashboard = Settings(  # refuses what is neither a comparison nor a folder
        path.resolve(),
        _checked_roots([*roots, *given.dashboard.roots]),
        int(GB * (max_upload_gb or given.dashboard.max_upload_gb)),
        tuple(given.dashboard.people),
    )
    _check_open_to(address, given.auth, allow_unauthenticated)
    _check_port(address)

    import streamlit as st
    from starlette.middleware import Middleware

    from flipscope_app.uploads.route import ROUTES, sweep

    use(dashboard)
    if dashboard.workspace is not None:
        sweep(dashboard.workspace)
    app = st.App(
        Path(__file__).with_name("main.py").resolve(),
        routes=ROUTES,
        middleware=[Middleware(SecurityHeaders), Middleware(NoOtherUploads)],
        secrets={"auth": given.auth.model_dump()} if given.auth else None,
    )
    print(f"Dashboard on {address.url} (stop it with Ctrl+C)", file=sys.stderr, flush=True)
    app.run(config=settings(address, allowed_hosts(address, given)))


def settings(address: Address, hosts: Sequence[str]) -> dict[str, Any]:
    """Get Streamlit's settings; passed in code, because files are looked up in the working directory."""
    from flipscope_app.theme import THEME

    return {
        "server.address": address.host,
        "server.port": address.port,
        "server.allowedHosts": list(hosts),  # against DNS rebinding
        "server.headless": True,
        "server.showEmailPrompt": False,
        "server.fileWatcherType": "none",
        "server.maxUploadSize": 1,  # MB, of Streamlit's own uploads, which are not used
        "server.enableAgentApi": False,
        "runner.magicEnabled": False,  # else the source of every page is rewritten, to show stray expressions
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "global.disableWidgetStateDuplicationWarning": True,  # filters are set by links too, on purpose
        "logger.hideWelcomeMessage": True,
        **THEME,
    }


def allowed_hosts(address: Address, given: SettingsFile) -> list[str]:
    """List the names under which browsers may ask for the dashboard."""
    names = ["localhost", HOST]
    names.append(socket.gethostname() if address.host in _EVERYWHERE else address.host)
    if given.auth:
        names.append(urlsplit(given.auth.redirect_uri).hostname or "")
    return list(dict.fromkeys([*names, *given.dashboard.allowed_hosts]))


def content_policy() -> str:
    """Write the content security policy: the page may load nothing from outside and run no foreign script."""
    import streamlit as st

    index = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    inline = re.findall(r"<script>(.*?)</script>", index, re.DOTALL)  # Streamlit's own
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in inline]
    return (
        f"default-src 'self'; script-src 'self' blob: {' '.join(hashes)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


class SecurityHeaders:
    """ASGI middleware that adds the headers Streamlit does not send."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._extra = [
            (b"content-security-policy", content_policy().encode()),
            (b"x-frame-options", b"DENY"),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
        ]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything on, with the headers added to each response."""

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._extra]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class NoOtherUploads:
    """ASGI middleware that closes Streamlit's own upload route.

    It keeps files in memory and takes them from anybody who has opened a websocket, before login too.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on all but uploads."""
        if scope["type"] == "http" and "_stcore/upload_file" in scope["path"]:
            from starlette.responses import PlainTextResponse

            await PlainTextResponse("Not found", 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _checked_roots(given: Sequence[Path]) -> tuple[Path, ...]:
    for root in given:
        if not root.is_dir():
            raise FlipscopeError("there is no such folder", where=root, do="Check --root and the settings file")
    return tuple(root.resolve() for root in (Path.cwd(), *_samples(), *given))


def _samples() -> list[Path]:
    from flipscope.samples import sample_folder

    try:
        return [sample_folder()]
    except FlipscopeError:  # an installation without
        return []


def _check_open_to(address: Address, login: Login | None, allow_unauthenticated: bool) -> None:
    """Refuse to let others in without being told who may."""
    if not address.is_loopback and login is None and not allow_unauthenticated:
        raise FlipscopeError(
            "others could reach this dashboard, and nobody has to log in", where=f"--host {address.host}",
            do="Configure [auth] in a file for --settings (docs/serving.md), or pass --allow-unauthenticated "
            "to let in whoever can reach it",
        )  # fmt: skip
    if login is not None:
        from streamlit.auth_util import is_authlib_installed

        if not is_authlib_installed():
            raise FlipscopeError("login needs Authlib, which is not installed", do="pip install 'flipscope[auth]'")


def _check_port(address: Address) -> None:
    host, port = address.host, address.port
    try:
        family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise FlipscopeError("there is no such host", where=f"--host {host}", do="Name one of this machine") from error
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just given up is free
        try:
            probe.bind(place)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise FlipscopeError("this machine has no such address", where=f"--host {host}") from error
            reason = "needs more rights" if error.errno == errno.EACCES else "is taken"
            raise FlipscopeError(f"port {port} {reason}", where=host, do="Choose another with --port") from error
