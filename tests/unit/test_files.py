"""Files and folders that appear whole or not at all, and files that are read up to a limit."""

import os
import stat

import pytest

from flipscope.errors import FlipscopeError
from flipscope.files import check_target_file, folder_written_whole, read_toml, write_whole, written_whole


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_keeps_its_mode_when_it_is_replaced(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("old")
    file.chmod(0o640)
    write_whole(file, b"new")
    assert (file.read_bytes(), mode(file)) == (b"new", 0o640)


def test_a_new_file_has_the_mode_that_all_new_files_have(tmp_path):
    (tmp_path / "usual").write_text("")
    write_whole(tmp_path / "new", b"")
    assert mode(tmp_path / "new") == mode(tmp_path / "usual")


def test_a_link_stays_a_link_to_the_new_content(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(ZeroDivisionError), written_whole(tmp_path / "a") as part:
        part.write_text(f"{1 / 0}")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a", "old")]


def test_a_folder_takes_the_place_of_another_when_all_went_well(tmp_path):
    folder = tmp_path / "deep" / "model"
    for name in ("first", "second"):
        with folder_written_whole(folder) as part:
            assert not (part / "left").exists()
            (part / name).write_text("")
            assert sorted(file.name for file in folder.glob("*")) == ([] if name == "first" else ["first"])
        (folder.parent / "model.part").mkdir()
        (folder.parent / "model.part" / "left").write_text("by a run that was killed")
    assert [file.name for file in folder.iterdir()] == ["second"]


def test_what_goes_wrong_leaves_the_old_folder_and_nothing_else(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").write_text("")
    with pytest.raises(ZeroDivisionError), folder_written_whole(tmp_path / "model") as part:
        (part / "new").write_text(f"{1 / 0}")
    assert [str(file.relative_to(tmp_path)) for file in sorted(tmp_path.rglob("*"))] == ["model", "model/old"]


def test_a_folder_that_can_not_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    told = pytest.raises(FlipscopeError, match="can't be kept: Not a directory")
    with told as raised, folder_written_whole(tmp_path / "file" / "model"):
        raise AssertionError("nothing to write to")
    assert isinstance(raised.value.__cause__, OSError)


def test_only_files_are_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "link"):
        with pytest.raises(FlipscopeError, match="this is a pipe or a device, not a file"):
            write_whole(tmp_path / name, b"new")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    for path, told in (("/dev/null", "device"), (tmp_path, "folder"), (tmp_path / "no" / "x", "no such folder")):
        with pytest.raises(FlipscopeError, match=told):
            check_target_file(type(tmp_path)(path))


def test_toml_is_read_with_the_mark_that_some_editors_write(tmp_path):
    (tmp_path / "a.toml").write_text("\ufeffa = 1\n", encoding="utf-8")
    assert read_toml(tmp_path / "a.toml", what="budget") == {"a": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"a =",
        b"a = '\xff'",
        b"a = " + b"[" * 5000 + b"]" * 5000,
        b"a = " + b"1" * 5000,
    ],
)
def test_what_is_no_toml_is_refused(tmp_path, content):
    (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(FlipscopeError, match="not a readable TOML file") as raised:
        read_toml(tmp_path / "a.toml", what="budget", do="See docs")
    assert len(str(raised.value)) < 300
    assert raised.value.do == "See docs"


def test_a_toml_file_is_not_read_beyond_a_limit(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(FlipscopeError, match="this budget is larger than 1 MiB"):
        read_toml(tmp_path / "a.toml", what="budget")
    with pytest.raises(FlipscopeError, match="no such file"):
        read_toml(tmp_path / "no.toml", what="budget")


def test_what_goes_wrong_is_told_of_the_file_and_not_of_its_temporary_name(tmp_path):
    path = tmp_path / "nowhere" / "a.csv"
    with pytest.raises(FileNotFoundError) as raised, written_whole(path) as part:
        part.write_bytes(b"a")
    assert raised.value.filename == str(path)
