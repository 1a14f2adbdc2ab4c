"""What stands in for the packages that the CheckList library names; the library here is a fake with the same imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flipscope.behaviors.checklist import install_library, library
from flipscope.errors import FlipscopeError

EDITOR = """
import pattern
from pattern.en import tenses, wordnet, pluralize
from iso639 import languages
from checklist.viewer.template_editor import TemplateEditor
from checklist.viewer.test_summarizer import TestSummarizer
from checklist.viewer.suite_summarizer import SuiteSummarizer
"""


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """A library whose widgets can't be imported outside of old notebooks."""
    files = {"__init__.py": "", "editor.py": EDITOR, "viewer/__init__.py": ""}
    for name in ("test_summarizer", "suite_summarizer", "template_editor"):
        files[f"viewer/{name}.py"] = "raise Exception('This module must be run in IPython.')"
    for name, content in files.items():
        file = tmp_path / "checklist" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return tmp_path


def _python(folder: Path, code: str) -> str:
    """Run code in a process of its own, since what is imported stays imported."""
    code = "from flipscope.behaviors.checklist.library import prepare\n" + code
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_library_imports(fake: Path) -> None:
    code = "prepare(); import checklist.editor as e; print(e.__file__, e.languages.name['German'].part1)"
    assert _python(fake, code) == f"{fake / 'checklist' / 'editor.py'} de"


def test_again_changes_nothing(fake: Path) -> None:
    code = "import sys; prepare(); first = dict(sys.modules); prepare(); print(first == dict(sys.modules))"
    assert _python(fake, code) == "True"


def test_what_is_installed_stays(fake: Path) -> None:
    (fake / "iso639.py").write_text("languages = 'the real one'")
    (fake / "checklist" / "viewer" / "template_editor.py").write_text("TemplateEditor = 'the real one'")
    code = "prepare(); import checklist.editor as e; print(e.languages, '/', e.TemplateEditor)"
    assert _python(fake, code) == "the real one / the real one"


@pytest.mark.parametrize("call", ["e.tenses('goes')", "e.wordnet.synsets('good')", "e.TestSummarizer()"])
def test_a_stand_in_says_what_is_missing(fake: Path, call: str) -> None:
    code = f"""
from flipscope.errors import FlipscopeError
prepare()
import checklist.editor as e
try:
    {call}
except FlipscopeError as error:
    print(error)
"""
    assert "needs" in _python(fake, code)


def test_others_can_still_ask_what_is_installed(fake: Path) -> None:
    assert (
        _python(fake, "prepare(); from importlib.util import find_spec; print(find_spec('pattern').name)") == "pattern"
    )


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "find_spec", lambda name: None)
    with pytest.raises(FlipscopeError, match=r"not installed.*install_library.*make checklist"):
        library.prepare()


def test_installing_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install_library, "find_spec", lambda name: None if name == "munch" else object())
    with pytest.raises(FlipscopeError, match=r"needs munch.*flipscope\[checklist\]"):
        install_library.install()


def test_installing_lets_the_build_see_stand_ins_only(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def run(command: list[str], *, env: dict[str, str], check: bool) -> subprocess.CompletedProcess:
        folder = Path(env["PYTHONPATH"].split(os.pathsep)[0])
        calls.append((command, env["PIP_NO_DEPS"], (folder / "requirements.txt").read_text()))
        code = (
            "import notebook, importlib.metadata as m;"
            "notebook.nbextensions.install_nbextension_python('checklist', sys_prefix=True);"
            "print(notebook.nbextensions.enable_nbextension_python('checklist'), m.version('jupyter'))"
        )
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["None", "0"]
        return subprocess.CompletedProcess(command, len(calls) - 1)

    real_run = subprocess.run
    monkeypatch.setattr(install_library, "find_spec", lambda name: object())
    monkeypatch.setattr(
        install_library.subprocess, "run", lambda *a, **k: (run if "pip" in a[0] else real_run)(*a, **k)
    )
    install_library.install()
    command, no_deps, requirements = calls[0]
    assert {"--no-deps", "--no-build-isolation"} <= set(command)
    assert no_deps == "1"
    assert requirements.startswith("checklist==0.0.11 --hash=sha256:")
    with pytest.raises(FlipscopeError, match="pip could not install"):
        install_library.install()


def test_others_can_still_look_at_all_modules(fake: Path) -> None:
    code = "import sys; prepare(); print([m for m in list(sys.modules.values()) if getattr(m, '__file__', '') == 'x'])"
    assert _python(fake, code) == "[]"
