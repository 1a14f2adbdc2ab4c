import pytest

from flipscope.errors import FlipscopeError
from flipscope.spec import make_spec, read_spec


def _write(folder, text):
    path = folder / "spec.toml"
    path.write_text(text)
    return path


def test_paths_are_relative_to_the_file_and_hub_ids_stay(tmp_path):
    (tmp_path / "models" / "v1").mkdir(parents=True)
    path = _write(
        tmp_path,
        """
        old = "models/v1"
        [[task]]
        name = "sst2"
        data = "dev.csv"
        new = "org/model@main"
        [[task]]
        name = "mine"
        data = "glue:sst2:validation"
        new = "ensemble:models/v1+org/other"
        labels = ["bad", "good"]
        alias = { NEG = "bad" }
        """,
    )
    spec = read_spec(path)
    first, second = spec.tasks
    assert first.old == str(tmp_path / "models/v1")
    assert first.data == str(tmp_path / "dev.csv")
    assert first.candidates == {"new": "org/model@main"}
    assert second.data == "glue:sst2:validation"
    assert second.candidates == {"new": f"ensemble:{tmp_path / 'models/v1'}+org/other"}
    assert second.labels == ("bad", "good")
    assert second.alias == {"NEG": "bad"}


def test_splits_and_members_beside_the_file_are_found(tmp_path):
    (tmp_path / "saved").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).touch()
    text = 'old="ensemble:a.csv + b.csv"\nnew="vote:a.csv+b.csv+org/c"\n[[task]]\nname="t"\ndata="saved:validation"\n'
    task = read_spec(_write(tmp_path, text)).tasks[0]
    assert task.data == f"{tmp_path / 'saved'}:validation"
    assert task.old == f"ensemble:{tmp_path / 'a.csv'}+{tmp_path / 'b.csv'}"
    assert task.candidates["new"] == f"vote:{tmp_path / 'a.csv'}+{tmp_path / 'b.csv'}+org/c"


def test_several_candidates_shared_by_all_tasks(tmp_path):
    path = _write(tmp_path, 'old="a"\ncandidates={ base="b", large="c" }\n[[task]]\nname="t"\n[[task]]\nname="u"\n')
    spec = read_spec(path)
    assert spec.candidates == ["base", "large"]
    assert [task.candidates for task in spec.tasks] == [{"base": "b", "large": "c"}] * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"no \[\[task\]\]"),
        ("task = []", r"no \[\[task\]\]"),
        ("task = 3", r"no \[\[task\]\]"),
        ("[[task]", "not a readable TOML file"),
        ("a = " + "[" * 5000 + "]" * 5000, "not a readable TOML file .nested too deeply"),
        ("a = " + "1" * 5000, "not a readable TOML file"),
        ('[[task]]\nname="t"\nold="a"', "candidates"),
        ('[[task]]\nname="t"\nnew="a"', "old"),
        ('[[task]]\nname="t"\nold="a"\nnew="b"\ntypo=1', "task 1: unknown key 'typo'. A task has name, .*, new$"),
        ('typo=1\n[[task]]\nname="t"\nold="a"\nnew="b"', "typo"),
        ('[[task]]\nname="t"\nold="a"\nnew="b"\n' * 2, "two tasks are called 't'"),
        ('old="a"\nnew="b"\n[[task]]\nname="sst2"\n[[task]]\nname="SST-2"', "two tasks are called 'sst2'"),
        ('[[task]]\nname="../t"\nold="a"\nnew="b"', "pattern"),
        ('[[task]]\nname="t"\nold="a"\ncandidates={old="b"}', "'old' can't be"),
        ('[[task]]\nname="t"\nold="a"\ncandidates={"../x"="b"}', "can't be a candidate's name"),
        ('old="a"\n[[task]]\nname="t"\nnew="b"\n[[task]]\nname="u"\ncandidates={x="b"}', "same candidates"),
        ('[[task]]\nname="t"\nold=7\nnew="b"', "old"),
    ],
)
def test_what_is_wrong_in_a_spec_is_said_with_its_place(tmp_path, text, message):
    path = _write(tmp_path, text)
    with pytest.raises(FlipscopeError, match=message) as error:
        read_spec(path)
    assert str(path) in str(error.value)


def test_a_missing_spec(tmp_path):
    with pytest.raises(FlipscopeError, match="no such file"):
        read_spec(tmp_path / "none.toml")


def test_errors_from_options_name_no_file():
    with pytest.raises(FlipscopeError, match="candidates"):
        make_spec([{"name": "t", "old": "a", "candidates": {}}])
