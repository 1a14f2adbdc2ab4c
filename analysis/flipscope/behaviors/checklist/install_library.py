"""Install the CheckList library, which a plain ``pip install`` can't do.

    pip install 'flipscope[checklist]'
    python -m flipscope.behaviors.checklist.install_library

`checklist` 0.0.11 comes as a source archive only. Its build script has pip install jupyter, then asks `notebook` to
register extensions, with functions that version 7 no longer has; and it names about 170 packages, few of which it
needs. So the build sees stand-ins for both, nothing but the library itself is installed, and
`flipscope.behaviors.checklist.library.prepare` stands in for the rest when it is imported.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from flipscope.errors import FlipscopeError

VERSION = "0.0.11"
# The build script is run, so it has to be the one that is known.
_SHA256 = "427cf87dbf47ce9f9ab059a9bbf393d9ebf967e266f8fca377420bd6995a95ac"

_NOTEBOOK = """\
class nbextensions:
    install_nbextension_python = enable_nbextension_python = staticmethod(lambda *args, **options: None)
"""
_JUPYTER = "Metadata-Version: 2.1\nName: jupyter\nVersion: 0\n"


def install() -> None:
    """Install the library into the environment this runs in, and nothing else.

    Raises
    ------
    FlipscopeError
        When something it needs is missing, or pip fails.
    """
    missing = [name for name in ("pip", "setuptools", "numpy", "dill", "munch") if find_spec(name) is None]
    if missing:
        raise FlipscopeError(
            f"the CheckList library needs {', '.join(missing)}", do="pip install pip 'flipscope[checklist]'"
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_stand_ins(folder)
        requirements = folder / "requirements.txt"
        requirements.write_text(f"checklist=={VERSION} --hash=sha256:{_SHA256}\n")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--no-cache-dir", "--no-build-isolation", "--no-deps", "-r", str(requirements)]
        # Variables, since pip is called once more from within the build.
        path = os.pathsep.join(filter(None, (name, os.environ.get("PYTHONPATH"))))
        done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path, "PIP_NO_DEPS": "1"}, check=False)
    if done.returncode:
        raise FlipscopeError("pip could not install the CheckList library", do="Its own message stands above")


def _write_stand_ins(folder: Path) -> None:
    for name, content in {"notebook/__init__.py": _NOTEBOOK, "jupyter-0.dist-info/METADATA": _JUPYTER}.items():
        file = folder / name
        file.parent.mkdir()
        file.write_text(content)


if __name__ == "__main__":
    try:
        install()
    except FlipscopeError as error:
        sys.exit(f"error: {error}")
