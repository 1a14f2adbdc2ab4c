"""Which files a visitor may name: those below the workspace and the roots, and nothing else."""

from __future__ import annotations

import pytest

from flipscope.errors import FlipscopeError
from flipscope_app.paths import allowed_path
from flipscope_app.settings import Settings


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """A workspace (where the server runs), a root, and a folder that is neither."""
    for name in ("workspace", "models", "secret"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "v1").mkdir()
        (tmp_path / name / "dev.csv").write_text("text,label\n")
    (tmp_path / "workspace" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "workspace" / "link.csv").symlink_to(tmp_path / "secret" / "dev.csv")
    (tmp_path / "workspace" / "inside").symlink_to(tmp_path / "models" / "v1")
    monkeypatch.chdir(tmp_path / "workspace")
    settings = Settings(tmp_path / "workspace", (tmp_path / "models",))
    monkeypatch.setattr("flipscope_app.settings._settings", settings)
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("{disk}/models/v1", "{disk}/models/v1"),
        ("{disk}/models", "{disk}/models"),
        ("  {disk}/models/v1/ ", "{disk}/models/v1"),
        ("v1", "{disk}/workspace/v1"),
        ("./dev.csv", "{disk}/workspace/dev.csv"),
        ("../models/dev.csv", "{disk}/models/dev.csv"),
        ("inside", "{disk}/models/v1"),
        ("absent.csv", "{disk}/workspace/absent.csv"),  # whoever opens it says that there is none
        ("{disk}/models/v1:train", "{disk}/models/v1:train"),
        ("ensemble:v1+ {disk}/models/v1", "ensemble:{disk}/workspace/v1+{disk}/models/v1"),
        ("vote:v1+ {disk}/models/v1", "vote:{disk}/workspace/v1+{disk}/models/v1"),
    ],
)
def test_paths_below_the_roots_are_resolved(disk, typed, given):
    assert allowed_path(typed.format(disk=disk)) == given.format(disk=disk)


@pytest.mark.parametrize(
    "typed",
    [
        "distilbert-base-uncased",
        "org/name",
        "org/name@main",
        "org/name@refs/pr/1",
        "glue:sst2:validation",
        "org/data:test",
        "imdb:train[:100]",
        "builtin:sentiment",
        "auto",
        "ensemble:org/a+org/b@v2",
        "vote:org/a+org/b@v2",
    ],
)
def test_names_on_the_hub_and_built_in_suites_pass(disk, typed):
    assert allowed_path(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        "{disk}/secret/v1",
        "{disk}/secret/dev.csv",
        "{disk}/secret/no-such-file.csv",
        "{disk}/secret/v1:train",
        "{disk}",
        "/",
        "/etc/passwd",
        "..",
        "../secret/dev.csv",
        "../absent",
        "../org:train",
        "{disk}/models/../secret/dev.csv",
        "{disk}/models-2/v1",
        "link",
        "link/v1",
        "link/absent",
        "link:train",
        "link/v1@main",
        "link/v1:config:train",
        "link.csv",
        "ensemble:v1+../secret/v1",
        "vote:v1+../secret/v1",
        "ensemble:{disk}/secret/v1",
        "a\0b",
    ],
)
def test_everything_else_is_refused_and_says_what_to_do(disk, typed):
    with pytest.raises(FlipscopeError) as caught:
        allowed_path(typed.format(disk=disk))
    assert "--root" in caught.value.do
    assert f"{disk}/workspace, {disk}/models." in caught.value.do


@pytest.mark.parametrize("typed", ["https://example.org/a.csv", "s3://bucket/a.csv", "~root/.ssh/id_rsa"])
def test_addresses_and_homes_mean_nothing_special(disk, typed):
    assert allowed_path(typed).startswith(f"{disk}/workspace/")


def test_whether_a_file_outside_exists_is_not_told(disk):
    messages = set()
    for name in ("dev.csv", "absent.csv"):
        with pytest.raises(FlipscopeError) as caught:
            allowed_path(f"{disk}/secret/{name}")
        messages.add((caught.value.what, caught.value.do))
    assert len(messages) == 1


def test_a_name_that_is_a_folder_here_is_no_name_on_the_hub(disk):
    """Libraries would open the folder, wherever it leads."""
    assert allowed_path("v1") == str(disk / "workspace" / "v1")
    with pytest.raises(FlipscopeError):
        allowed_path("link")


@pytest.mark.parametrize("typed", ["", "   ", "ensemble:", "ensemble:v1+", "vote:", "vote:v1+"])
def test_nothing_is_refused(disk, typed):
    with pytest.raises(FlipscopeError, match="nothing is named"):
        allowed_path(typed)
