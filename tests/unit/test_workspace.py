"""A folder of comparisons: what is in it, names, renaming and deleting."""

from __future__ import annotations

import shutil
from threading import Event, Thread

import pytest

import flipscope
from builders import build_comparison, simulated_task
from flipscope.errors import FlipscopeError
from flipscope.output import Output
from flipscope.predict.runner import Settings
from flipscope.progress import SilentProgress
from flipscope.workspace import Workspace
from studies import study_comparison
from suites import make_suite, make_test


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    task = simulated_task("intent", 50, ("ask", "tell"), candidates=("small", "large"))
    return build_comparison(tmp_path_factory.mktemp("made") / "made", [task])


@pytest.fixture
def workspace(made, tmp_path):
    root = tmp_path / "workspace"
    for name in ("monday", "tuesday"):
        shutil.copytree(made.path, root / name)
    return Workspace(root)


def states(workspace):
    return {entry.name: entry.state for entry in workspace.entries()}


def test_entries_tell_the_first_figures_of_every_candidate(workspace, made):
    entry = workspace.entries()[0]
    assert (entry.name, entry.state, entry.tasks) == ("monday", "finished", ("intent",))
    assert entry.created == made.manifest.created
    assert entry.sources == {"old": ("old.csv",), "small": ("small.csv",), "large": ("large.csv",)}
    for headline in entry.headlines:
        result = made.result("intent", headline.candidate)
        assert (headline.counted, headline.cases) == (50, False)
        assert (headline.broke, headline.mended) == (result.negative_flip, result.positive_flip)
        assert headline.changes == {"intent": result.accuracy_delta.value}


@pytest.fixture
def study(workspace, tmp_path):
    """A study in the workspace, with its trained models beside the comparison."""
    folder = workspace.root / "sst2-study"
    study_comparison(folder / "comparison", n=60, seeds=2, suites=False)
    (folder / "models").mkdir()
    return folder


def test_a_study_is_listed_under_its_own_name(workspace, study):
    assert list(workspace.comparisons()) == ["monday", "sst2-study", "tuesday"]
    assert states(workspace)["sst2-study"] == "finished"


def test_a_study_is_renamed_as_a_whole_and_never_deleted(workspace, study):
    workspace.rename("sst2-study", "august")
    assert (workspace.root / "august" / "models").is_dir()
    assert list(workspace.comparisons()) == ["august", "monday", "tuesday"]
    with pytest.raises(FlipscopeError, match="trained models would go"):
        workspace.delete("august")
    assert (workspace.root / "august" / "models").is_dir()


def test_what_a_killed_study_left_is_not_deleted(workspace):
    left = workspace.root / "left"
    (left / ".unfinished").mkdir(parents=True)
    (left / "models").mkdir()
    with pytest.raises(FlipscopeError, match="trained models would go"):
        workspace.delete("left")


def test_a_comparison_that_is_written_anew_is_read_anew(workspace):
    assert workspace.entries()[0].tasks == ("intent",)
    build_comparison(workspace.root / "monday", [simulated_task("mood", 30, ("a", "b"))])
    assert workspace.entries()[0].tasks == ("mood",)


def test_whatever_else_is_in_the_folder_is_no_entry(workspace, tmp_path):
    root = workspace.root
    (root / "checkpoint").mkdir()
    (root / "notes.txt").write_text("x")
    (root / "nowhere").symlink_to(tmp_path / "gone")
    (root / "loop").symlink_to(root / "loop")
    shutil.copytree(root / "monday", root / ".hidden")
    shutil.copytree(root / "monday", root / "line\nbreak")
    (root / "begun" / ".unfinished").mkdir(parents=True)
    (root / "stopped" / ".part").mkdir(parents=True)
    (root / "tuesday" / "comparison.json").write_text("{")
    assert states(workspace) == {
        "begun": "unfinished", "monday": "finished", "stopped": "unfinished", "tuesday": "damaged",
    }  # fmt: skip
    damaged = next(entry for entry in workspace.entries() if entry.state == "damaged")
    assert "comparison.json" in damaged.problem


def test_a_comparison_gets_another_name(workspace):
    workspace.rename("monday", "before the holidays")
    assert list(states(workspace)) == ["before the holidays", "tuesday"]


@pytest.mark.parametrize("new", ["tuesday", "checkpoint", "../outside", ".hidden", "", "a/b"])
def test_a_name_that_is_taken_or_none_is_refused(workspace, new):
    (workspace.root / "checkpoint").mkdir()
    with pytest.raises(FlipscopeError):
        workspace.rename("monday", new)
    assert list(states(workspace)) == ["monday", "tuesday"]


@pytest.mark.parametrize("name", ["gone", "checkpoint", "..", ".", "", ".flipscope", "../workspace/monday"])
def test_only_comparisons_are_renamed_or_deleted(workspace, name):
    (workspace.root / "checkpoint").mkdir()
    for change in (lambda: workspace.rename(name, "new"), lambda: workspace.delete(name)):
        with pytest.raises(FlipscopeError, match="no comparison of this name any more"):
            change()
    assert (workspace.root / "checkpoint").is_dir()
    assert list(states(workspace)) == ["monday", "tuesday"]


def test_a_deleted_comparison_is_gone_for_good(workspace):
    workspace.delete("monday")
    assert list(states(workspace)) == ["tuesday"]
    assert not list(workspace.root.rglob("*/monday"))
    assert not list((workspace.root / ".flipscope" / "trash").iterdir())


def test_of_a_link_only_the_link_is_deleted(workspace, made):
    (workspace.root / "linked").symlink_to(made.path)
    assert states(workspace)["linked"] == "finished"
    workspace.delete("linked")
    assert "linked" not in states(workspace)
    assert (made.path / "comparison.json").is_file()


def test_unfinished_and_damaged_ones_can_be_deleted(workspace):
    (workspace.root / "begun" / ".unfinished").mkdir(parents=True)
    (workspace.root / "tuesday" / "comparison.json").write_text("{")
    workspace.delete("begun")
    workspace.delete("tuesday")
    assert list(states(workspace)) == ["monday"]


@pytest.fixture
def compare_at_work():
    """Let another thread be at work on a comparison folder, as `flipscope compare` is."""
    begun, stop = Event(), Event()
    threads = []

    def work(folder):
        with Output(folder) as output:
            output.begin(Settings(), SilentProgress())
            begun.set()
            stop.wait()

    def start(folder):
        threads.append(Thread(target=work, args=(folder,)))
        threads[0].start()
        begun.wait()

    def end():
        stop.set()
        for thread in threads:
            thread.join()

    start.end = end
    yield start
    end()


@pytest.mark.parametrize("name", ["monday", "new"])
def test_what_is_being_written_is_neither_renamed_nor_deleted_nor_written_twice(workspace, compare_at_work, name):
    before = {path.name for path in workspace.root.glob(f"{name}/*")}
    compare_at_work(workspace.root / name)
    for change in (lambda: workspace.rename(name, "other"), lambda: workspace.delete(name)):
        with pytest.raises(FlipscopeError, match="is being made"):
            change()
    with Output(workspace.root / name) as second, pytest.raises(FlipscopeError, match="is being made already"):
        second.begin(Settings(), SilentProgress())
    with pytest.raises(FlipscopeError, match="taken"):
        workspace.check_name(name)
    compare_at_work.end()
    assert {path.name for path in workspace.root.glob(f"{name}/*")} == before
    assert ("new" in states(workspace)) is False


class Deletes(SilentProgress):
    """Tries to delete the comparison that is being made, when its figures are worked out."""

    def __init__(self, workspace, name):
        self.workspace, self.name, self.refused = workspace, name, False

    def say(self, message):
        if "figures" in message:
            with pytest.raises(FlipscopeError, match="is being made"):
                self.workspace.delete(self.name)
            self.refused = True


def compare_files(folder, **options):
    rows = "id,text,label,prediction\n0,w,a,a\n1,x,b,b\n"
    for name in ("old.csv", "new.csv"):
        (folder / name).write_text(rows)
    flipscope.compare(folder / "old.csv", folder / "new.csv", **options)


def compare_answers(folder, **options):
    suite = make_suite(make_test({"kind": "equals", "value": "positive"}, [[{"text": "fine"}]]))
    for name in ("old.txt", "new.txt"):
        (folder / name).write_text("1 0.1 0.9\n")
    flipscope.compare_behaviors(folder / "old.txt", folder / "new.txt", suite, **options)


@pytest.mark.parametrize("compare", [compare_files, compare_answers])
@pytest.mark.parametrize("name", ["monday", "new"])
def test_no_command_loses_what_it_is_writing(workspace, tmp_path, compare, name):
    at_work = Deletes(workspace, name)
    compare(tmp_path, out=workspace.root / name, progress=at_work)
    assert at_work.refused
    assert states(workspace)[name] == "finished"
    assert not (workspace.root / name / ".unfinished").exists()


def test_what_a_killed_compare_left_can_be_deleted(workspace):
    (workspace.root / "begun" / ".unfinished").mkdir(parents=True)
    (workspace.root / "begun" / ".unfinished" / "writing.lock").touch()  # nobody holds it
    workspace.delete("begun")
    assert "begun" not in states(workspace)


def test_a_free_name_is_like_the_wish(workspace):
    assert workspace.free_name("v1 → v2") == "v1 v2"
    assert workspace.free_name("monday") == "monday 2"
    assert workspace.free_name("../..") == "comparison"
    assert workspace.free_name("ä" * 300).startswith("ää")
    for wish in ("v1/v2", "x" * 500, "", ".hidden", "a\x00b", "name. "):
        workspace.check_name(workspace.free_name(wish))


def test_a_workspace_is_a_folder(tmp_path):
    with pytest.raises(FlipscopeError, match="no such folder"):
        Workspace(tmp_path / "gone")
