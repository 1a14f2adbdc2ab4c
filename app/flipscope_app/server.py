"""How the dashboard is served: to this machine only, and with no way out of it."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import sys
from pathlib import Path
from typing import Any

from flipscope.errors import FlipscopeError

HOST = "127.0.0.1"


def serve(path: Path, port: int = 8501) -> None:
    """Serve the dashboard until it is stopped.

    Parameters
    ----------
    path : Path
        A comparison folder, or a folder of comparison folders.
    port : int
        A free port of this machine.

    Raises
    ------
    FlipscopeError
        When there is no comparison in `path`, or the port is taken.
    """
    from flipscope_app.settings import Settings, use

    dashboard = Settings(path.resolve())
    dashboard.workspace  # noqa: B018 (refuses what is neither a comparison nor a folder)
    _check_port(port)

    import streamlit as st
    from starlette.middleware import Middleware

    use(dashboard)
    app = st.App(Path(__file__).with_name("main.py").resolve(), middleware=[Middleware(SecurityHeaders)])
    print(f"Dashboard on http://{HOST}:{port} (stop it with Ctrl+C)", file=sys.stderr, flush=True)
    app.run(config=settings(port))


def settings(port: int) -> dict[str, Any]:
    """Get Streamlit's settings; passed in code, because files are looked up in the working directory."""
    from flipscope_app.theme import THEME

    return {
        "server.address": HOST,
        "server.port": port,
        "server.allowedHosts": ["localhost", HOST],  # against DNS rebinding
        "server.headless": True,
        "server.showEmailPrompt": False,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "global.disableWidgetStateDuplicationWarning": True,  # filters are set by links too, on purpose
        "logger.hideWelcomeMessage": True,
        **THEME,
    }


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


def _check_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just given up is free
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = "is taken" if isinstance(error, OSError) and error.errno != 13 else "needs more rights"
            raise FlipscopeError(f"port {port} {reason}", where=HOST, do="Choose another with --port") from error
