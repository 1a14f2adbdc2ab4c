"""Comparisons in the background: real processes on files of predictions; small checkpoints where no process is needed."""

from __future__ import annotations

import errno
import itertools
import json
import os
import shutil
import signal
import sys
import time
from contextlib import ExitStack, contextmanager
from threading import Thread

import pandas as pd
import pytest
from filelock import FileLock

import flipscope
from flipscope.errors import FlipscopeError
from flipscope.files import written_whole
from flipscope.jobs import status as status_module
from flipscope.jobs.job import Job, forget_jobs, job_of, jobs, live_job, open_job, submit
from flipscope.jobs.report import JobProgress, Pace
from flipscope.jobs.request import Request
from flipscope.jobs.status import Problem, Status, is_alive, life, read_status, write_status
from flipscope.jobs.worker import Cancelled, _compare, _problem, _target
from flipscope.progress import SilentProgress
from flipscope.workspace import Workspace
from tiny_models import make_checkpoint

PATIENCE_S = 90
TEXTS = [f"the {noun} was {word} {i}" for i in range(40) for noun in ("plot", "cast") for word in ("fine", "dull")]


def until(true, what):
    """Look again and again until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.02)
    return found


def ended(job):
    until(lambda: not job.status().is_live, "the end")
    until(lambda: not is_alive(job.folder), "the end of the process")
    return job.status()


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Files of predictions: the quickest comparison there is."""
    folder = tmp_path_factory.mktemp("files")
    for name, answers in (("old", "abab"), ("new", "aabb")):
        rows = {"id": range(4), "text": ["w", "x", "y", "z"], "label": list("abba"), "prediction": list(answers)}
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    return {"name": "mine", "old": str(folder / "old.csv"), "candidates": {"new": str(folder / "new.csv")}}


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Two checkpoints and data."""
    folder = tmp_path_factory.mktemp("models")
    for seed, name in enumerate(("v1", "v2")):
        make_checkpoint(folder / name, TEXTS, seed=seed)
    labels = [("negative", "positive")[i % 2] for i in range(len(TEXTS))]
    pd.DataFrame({"text": TEXTS, "label": labels}).to_csv(folder / "data.csv", index=False)
    return {
        "name": "mine", "old": str(folder / "v1"), "candidates": {"new": str(folder / "v2")},
        "data": str(folder / "data.csv"),
    }  # fmt: skip


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "workspace").mkdir()
    workspace = Workspace(tmp_path / "workspace")
    yield workspace
    for job in jobs(workspace):
        if (pid := job.status().pid) and is_alive(job.folder):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def full(workspace):
    """Both places to run are taken: what is submitted waits until they are left."""
    workspace.jobs.mkdir(parents=True)
    with ExitStack() as places:
        for i in range(2):
            places.enter_context(FileLock(workspace.jobs / f"place-{i}.lock"))
        yield places


@pytest.fixture
def made_job(workspace):
    """What is known of a job, made without a process."""

    def make(name, status=None, **more):
        folder = workspace.jobs / f"20261122T1645{len(jobs(workspace)):08d}-abcdef"
        folder.mkdir(parents=True)
        (folder / "request.json").write_text(json.dumps({"name": name, "tasks": []} | more))
        if status:
            write_status(folder, status)
        return Job(folder)

    return make


class Stuck:
    """An evaluation set that a job waits for in the middle of its work: a pipe that nobody writes to, until `go`."""

    def __init__(self, path):
        self.path = path
        os.mkfifo(path)

    def wait(self):
        """Wait until the job waits."""
        self.end = until(self._open, "somebody who reads")

    def _open(self):
        try:
            return os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            return None

    def go(self):
        """From here on there is a file to read."""
        self.path.unlink()
        self.path.write_text("id,text,label\n0,w,a\n1,x,b\n2,y,b\n3,z,a\n")


@pytest.fixture
def stuck(tmp_path):
    return Stuck(tmp_path / "data.csv")


def test_a_job_makes_the_comparison_that_the_library_makes(workspace, files, tmp_path):
    job = submit(workspace, Request(name="old new", tasks=[files], limit=3))
    status = ended(job)
    assert (status.state, status.error) == ("finished", None)
    made = flipscope.open_comparison(job.target)
    again = flipscope.compare(files["old"], files["candidates"]["new"], task="mine", limit=3, out=tmp_path / "again")
    assert made.results == again.results
    assert made.result().n == 3
    assert "old.csv" in job.log()
    assert status.created < status.started < status.ended
    assert not list(workspace.root.rglob("*.part"))
    for found in (open_job(workspace, job.id), job_of(workspace, "old new"), *jobs(workspace)):
        assert (found.id, found.request, found.status()) == (job.id, job.request, status)


def test_jobs_are_listed_newest_first(workspace, files, full):
    ids = [submit(workspace, Request(name=name, tasks=[files])).id for name in ("one", "two")]
    assert [job.id for job in jobs(workspace)] == ids[::-1]


def test_a_job_that_fails_tells_what_where_and_what_to_do_and_can_be_started_again(workspace, files, tmp_path):
    odd = tmp_path / "odd.csv"
    shutil.copy(files["old"], odd)
    task = files | {"old": str(odd), "candidates": {"new": str(odd)}, "pred": "verdict"}
    job = submit(workspace, Request(name="bad", tasks=[task]))
    status = ended(job)
    assert status.state == "failed"
    assert "verdict" in status.error.what
    assert status.error.where == str(odd)
    assert status.error.do
    assert not job.target.exists()
    odd.write_text(odd.read_text().replace("prediction", "verdict"))
    job.start()
    assert ended(job).state == "finished"


def test_an_unexpected_error_is_told_without_its_traceback(tmp_path):
    problem = _problem(KeyError("x"), tmp_path)
    assert "unexpected KeyError" in problem.what
    assert "traceback.txt" in problem.do
    assert "KeyError" in (tmp_path / "traceback.txt").read_text()


def test_an_unexpected_error_is_told_on_a_full_disk_too(tmp_path):
    problem = _problem(KeyError("x"), tmp_path / "gone")
    assert "unexpected KeyError" in problem.what
    assert "traceback.txt" not in problem.do


@pytest.fixture
def fill_disk(monkeypatch):
    """Let writings of the status fail from here on: the first few, or all."""

    def fill(failures=None):
        left = iter(range(failures)) if failures else itertools.count()

        @contextmanager
        def fail(path):
            if next(left, None) is None:
                with written_whole(path) as part:
                    yield part
            else:
                raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(status_module, "written_whole", fail)
        monkeypatch.setattr(status_module, "_AGAIN_S", 0)

    return fill


@pytest.mark.parametrize("failures", [3, None])
def test_how_a_job_ended_is_told_on_a_full_disk_too(tmp_path, fill_disk, failures):
    with JobProgress(tmp_path, Status(state="running", message="x" * 200, created="2026-01-01")) as progress:
        fill_disk(failures)
        progress.end("failed", "Failed", Problem(what="no space left on the disk", do="Free some, then go on"))
    status = read_status(tmp_path)
    assert (status.state, status.message, status.error.what) == ("failed", "Failed", "no space left on the disk")


def test_a_job_is_cancelled_on_a_full_disk_too(workspace, files, full):
    job = submit(workspace, Request(name="third", tasks=[files]))
    (job.folder / "stop").symlink_to("/nowhere/at all")  # can't be written
    job.cancel()
    assert ended(job).state == "cancelled"


def test_a_killed_job_that_cannot_be_marked_as_cancelled_says_so(made_job, fill_disk):
    job = made_job("killed", Status(state="running", created="2026-01-01"))
    fill_disk()
    with pytest.raises(FlipscopeError, match="No space left"):
        job.cancel()


def test_a_job_that_cannot_be_written_is_refused_in_words(workspace, files):
    workspace.jobs.parent.mkdir()
    workspace.jobs.write_text("in the way")
    with pytest.raises(FlipscopeError, match="can't be written"):
        submit(workspace, Request(name="new", tasks=[files]))


def test_a_job_whose_process_cannot_be_started_is_told_of(workspace, files, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(FlipscopeError, match="could not be started"):
        submit(workspace, Request(name="new", tasks=[files]))


def test_the_worker_is_in_a_session_of_its_own(workspace, files, full):
    job = submit(workspace, Request(name="own", tasks=[files]))
    pid = until(lambda: job.status().pid, "its process")
    assert os.getsid(pid) == pid


def test_at_most_two_run_and_the_others_wait_for_their_turn(workspace, files, full):
    nothing = files | {"old": "/nowhere.csv"}  # the sooner they end
    waiting = [submit(workspace, Request(name=name, tasks=[nothing])) for name in ("third", "fourth")]
    for job in waiting:
        until(lambda job=job: "Waiting for its turn" in job.log(), "a word")
        assert job.status().state == "waiting"
    full.close()
    third, fourth = (ended(job) for job in waiting)
    assert third.error.where == fourth.error.where == "/nowhere.csv"
    assert third.started < fourth.started


def test_a_waiting_job_can_be_cancelled(workspace, files, full):
    job = submit(workspace, Request(name="third", tasks=[files]))
    job.cancel()
    assert ended(job).state == "cancelled"
    assert not (workspace.root / "third").exists()
    job.cancel()  # nothing to do, and no error
    assert job.status().state == "cancelled"


@pytest.mark.parametrize(("state", "left"), [("cancelled", []), ("interrupted", [".unfinished"])])
def test_a_job_that_was_stopped_at_work_goes_on(workspace, files, stuck, state, left):
    job = submit(workspace, Request(name="stopped", tasks=[files | {"data": str(stuck.path)}]))
    stuck.wait()
    if state == "cancelled":
        job.cancel()
    else:
        os.kill(job.status().pid, signal.SIGKILL)
    assert ended(job).state == state
    assert [path.name for path in job.target.glob("*")] == left
    stuck.go()
    again = open_job(workspace, job.id)  # as a server does that was started anew
    again.start()
    assert ended(again).state == "finished"
    assert flipscope.open_comparison(job.target).result().n == 4
    assert not (job.target / ".unfinished").exists()


class CancelledAt(SilentProgress):
    """Stops the work at the first report of a step, and keeps what was said."""

    def __init__(self, step=None):
        self.stop, self.said = step, []

    def say(self, message):
        self.said.append(message)

    @contextmanager
    def step(self, name, total, unit="rows", done=0):
        if name == self.stop:
            raise Cancelled
        with super().step(name, total, unit, done) as step:
            yield step


@pytest.mark.parametrize(("cache", "place"), [(True, "the cache"), (False, "the interrupted run")])
def test_what_was_predicted_before_a_job_was_cancelled_is_not_predicted_again(
    workspace, models, monkeypatch, cache, place
):
    monkeypatch.setattr(sys, "argv", [])
    folder = workspace.jobs / "id"
    request = Request(name="stopped", tasks=[models], use_cache=cache)
    with pytest.raises(Cancelled):
        _compare(folder, request, CancelledAt("new: predicting"))
    target = workspace.root / "stopped"
    assert [path.name for path in target.glob("*")] == ([] if cache else [".unfinished"])
    second = CancelledAt()
    _compare(folder, request, second)
    assert f"old: {len(TEXTS)} predictions from {place}" in second.said
    assert flipscope.open_comparison(target).result().n == len(TEXTS)


def test_a_killed_job_can_be_cancelled_for_good(workspace, files, full):
    job = submit(workspace, Request(name="killed", tasks=[files]))
    os.kill(until(lambda: job.status().pid, "its process"), signal.SIGKILL)
    until(lambda: not is_alive(job.folder), "the end of the process")
    job.cancel()
    assert job.status().state == "cancelled"


def test_a_job_is_not_started_twice(workspace, files, full):
    job = submit(workspace, Request(name="once", tasks=[files]))
    with pytest.raises(FlipscopeError, match="already"):
        job.start()
    with pytest.raises(FlipscopeError, match="Cancel it first"):
        job.remove()
    job.cancel()
    ended(job)
    job.target.mkdir()
    (job.target / "comparison.json").write_text("{}")
    with pytest.raises(FlipscopeError, match="by now"):
        job.start()


def test_names_that_are_taken_are_refused(workspace, files, full):
    (workspace.root / "notes").mkdir()
    submit(workspace, Request(name="here", tasks=[files]))
    for name in ("here", "notes"):
        with pytest.raises(FlipscopeError, match="taken"):
            submit(workspace, Request(name=name, tasks=[files]))
    for change in (lambda: workspace.rename("here", "there"), lambda: workspace.delete("here")):
        with pytest.raises(FlipscopeError):
            change()


@pytest.mark.parametrize("name", ["", ".hidden", "../up", "a/b", "a\nb", "end.", "end ", "x" * 200, "-dash", "a\x00b"])
def test_names_that_are_none_are_refused(workspace, files, name):
    with pytest.raises(FlipscopeError, match="name of a comparison"):
        submit(workspace, Request(name=name, tasks=[files]))
    assert not jobs(workspace)


def test_a_bad_task_is_refused_before_a_job_is_made(workspace):
    with pytest.raises(FlipscopeError, match="missing"):
        submit(workspace, Request(name="fine", tasks=[{"name": "mine"}]))
    assert not jobs(workspace)


def test_removing_a_job_takes_what_it_left(workspace, files, stuck):
    job = submit(workspace, Request(name="left", tasks=[files | {"data": str(stuck.path)}]))
    stuck.wait()
    os.kill(job.status().pid, signal.SIGKILL)
    until(lambda: not is_alive(job.folder), "the end of the process")
    assert "left" in workspace.unfinished()
    job.remove()
    assert not job.target.exists()
    assert not jobs(workspace)


@pytest.mark.parametrize("place", ["thesis.txt", ".unfinished/hours of predictions"])
def test_a_folder_of_others_is_left_alone(workspace, files, full, place):
    job = submit(workspace, Request(name="theirs", tasks=[files]))
    (job.target / place).parent.mkdir(parents=True)
    (job.target / place).write_text("years of work")
    full.close()
    assert ended(job).state == "failed"
    job.remove()
    assert (job.target / place).read_text() == "years of work"
    assert not jobs(workspace)


def test_a_job_is_not_found_by_any_other_text(workspace):
    for wrong in ("", "..", "../..", "20261122T164501123456-abcdef", "x"):
        with pytest.raises(FlipscopeError, match="no such job"):
            open_job(workspace, wrong)


def test_a_damaged_request_does_not_hide_the_others(workspace, made_job):
    damaged, whole = (made_job(name) for name in ("damaged", "whole"))
    (damaged.folder / "request.json").write_text("{")
    assert [each.id for each in jobs(workspace)] == [whole.id]


def test_a_status_that_is_not_there_or_damaged_is_told_of(tmp_path):
    assert read_status(tmp_path).state == "interrupted"
    (tmp_path / "status.json").write_text("{")
    assert read_status(tmp_path).state == "interrupted"


def test_who_claims_to_run_must_live(tmp_path):
    write_status(tmp_path, Status(state="running", created="2026-01-01"))
    assert read_status(tmp_path).state == "interrupted"
    with life(tmp_path):
        assert read_status(tmp_path).state == "running"


def test_any_number_may_ask_at_once_whether_a_job_lives(tmp_path):
    answers = set()
    with life(tmp_path):
        assert is_alive(tmp_path)
    askers = [Thread(target=lambda: answers.update([is_alive(tmp_path) for _ in range(300)])) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert answers == {False}


def test_a_job_that_has_said_how_it_ended_is_not_live(workspace, made_job):
    job = made_job("ended", Status(state="failed", created="2026-01-01"))
    with life(job.folder):  # its process is about to end
        assert live_job(workspace, "ended") is None
        workspace.check_name("ended")
        forget_jobs(workspace, "ended")
    assert not jobs(workspace)


def test_the_rate_is_that_of_the_last_seconds():
    moments = iter((0.0, 0.5, 2.0, 20.0, 22.0, 40.0))
    pace = Pace(lambda: next(moments))
    assert pace.rate(100) is None  # done earlier
    assert pace.rate(110) is None  # too soon to tell
    assert pace.rate(120) == 10
    assert pace.rate(1000) is None  # all before is too long ago
    assert pace.rate(1050) == 25
    assert pace.rate(1050) is None  # stands still


def test_progress_is_told_to_the_folder(tmp_path):
    with JobProgress(tmp_path, Status(state="running", created="2026-01-01")) as progress:
        progress.say("two\nlines")
        with progress.step("old: predicting", 10, done=4) as step:
            step.advance(6)
        progress.end("finished", "Finished")
    status = Status.model_validate_json((tmp_path / "status.json").read_bytes())
    assert (status.message, status.state, status.done, status.step) == ("Finished", "finished", 10, None)
    log = (tmp_path / "log.txt").read_text().splitlines()
    assert [line.split("  ", 1)[1].split(" in ")[0] for line in log] == [
        "two lines",
        "old: predicting: 6 rows",
        "Finished",
    ]


def test_the_log_is_given_by_its_last_lines(tmp_path):
    folder = tmp_path / "20261122T164501123456-abcdef"
    folder.mkdir()
    (folder / "request.json").write_text(json.dumps({"name": "x", "tasks": []}))
    (folder / "log.txt").write_text("".join(f"{i}\n" for i in range(1000)))
    assert Job(folder).log(2) == "998\n999"


@pytest.mark.parametrize("error", [Cancelled, ValueError])
def test_an_end_while_writing_leaves_only_what_a_second_start_needs(tmp_path, error):
    target = tmp_path / "mine"

    def write():
        with _target(target, "job"):
            for place in (".part", ".unfinished/answers", "predictions"):
                (target / place).mkdir(parents=True)
            (target / "facts.parquet").write_text("half of it")
            raise error

    with pytest.raises(error):
        write()
    assert [path.name for path in target.iterdir()] == [".unfinished"]
    assert {path.name for path in (target / ".unfinished").iterdir()} == {"answers", "job"}


def test_an_end_before_anything_is_written_leaves_nothing(tmp_path):
    with pytest.raises(Cancelled), _target(tmp_path / "mine", "job"):
        raise Cancelled
    assert not list(tmp_path.iterdir())


def test_what_was_finished_is_not_taken_away(tmp_path):
    with _target(tmp_path / "mine", "job") as target:
        shutil.rmtree(target / ".unfinished")
        for name in ("comparison.json", "facts.parquet"):
            (target / name).write_text("whole")
        raise Cancelled  # comes too late
    assert len(list(target.iterdir())) == 2
    with pytest.raises(FlipscopeError, match="by now"), _target(target, "job"):
        pass
    assert len(list(target.iterdir())) == 2
