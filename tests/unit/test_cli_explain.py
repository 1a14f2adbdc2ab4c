"""``flipscope explain``: what it prints and refuses."""

import json
import subprocess
import sys

import pandas as pd
import pytest

import flipscope
from commands import error, run
from flipscope import Settings
from flipscope.explain.contracts import ExplanationJson
from tiny_models import make_checkpoint

TEXTS = [f"the {noun} was {word}" for noun in ("plot", "cast", "score") for word in ("fine", "dull", "bad", "so-so")]


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    """Two tasks that share ids, one of them on pairs; the ids of the first also have one of their own."""
    folder = tmp_path_factory.mktemp("explain")
    make_checkpoint(folder / "v1", TEXTS, seed=1)
    make_checkpoint(folder / "v2", TEXTS, ("positive", "negative"), seed=2)
    ids = [f"e{i}" for i in range(len(TEXTS))]
    labels = ["negative", "positive"] * 6
    pd.DataFrame({"id": ["[b]0[/b]", *ids[1:]], "text": TEXTS, "label": labels}).to_csv(folder / "one.csv", index=False)
    pairs = pd.DataFrame({"id": ids, "text": TEXTS, "text_b": TEXTS[::-1], "label": labels})
    pairs.to_csv(folder / "two.csv", index=False)
    (folder / "spec.toml").write_text(
        "".join(
            f'[[task]]\nname = "{name}"\ndata = "{name}.csv"\nold = "v1"\nnew = "v2"\nid = "id"\ntext = "text"\n'
            + ('text_b = "text_b"\n' if name == "two" else "")
            for name in ("one", "two")
        )
    )
    spec = flipscope.read_spec(folder / "spec.toml")
    return flipscope.compare_spec(spec, folder / "c", settings=Settings(use_cache=False))


def flip(comparison, task):
    return comparison.examples(["negative_flip", "positive_flip"], task=task, sort="id").iloc[0]


def test_it_prints_words_probes_and_neighbours(comparison):
    row = flip(comparison, "two")
    shown = run("explain", comparison.path, row["example_id"], "--task", "two")
    assert shown.exit_code == 0, shown.exception
    text = " ".join(shown.output.split())
    assert f"{row['outcome'].replace('_', ' ')} two {row['example_id']} gold {row['label']}" in text
    assert f"Which words speak for {row['new_pred']} (+) or for {row['old_pred']} (−)" in text
    assert "complete within 1% in both models" in text
    assert f"answers {row['old_pred']} again" in text
    assert "The nearest examples, by the words they share" in text


def test_its_numbers_are_signed_and_fit_80_columns(comparison):
    row = flip(comparison, "one")
    found = flipscope.explain_example(comparison, row["example_id"], task="one")
    from flipscope.terminal_explain import print_explanation

    pieces = []

    class Narrow:
        def isatty(self):
            return False

        def write(self, text):
            pieces.append(text)
            return len(text)

        def flush(self):
            pass

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        patch.setattr(sys, "stdout", Narrow())
        print_explanation(found)
    lines = "".join(pieces).splitlines()
    assert max(map(len, lines[1:])) <= 80
    difference = found.attribution.difference
    place = int(abs(difference).argmax())
    change = f"{difference[place]:+z.2f}".replace("-", "−")
    assert any(
        line.split()[:1] == [found.attribution.words[place].text] and line.split()[-1] == change for line in lines
    )


def test_json_holds_all_of_it(comparison):
    row = flip(comparison, "two")
    shown = run("explain", comparison.path, row["example_id"], "--task", "two", "--neighbours", "2", "--json")
    found = ExplanationJson.model_validate_json(shown.output)
    assert (found.schema_version, found.task, found.candidate) == (1, "two", "new")
    assert (found.text_a, found.text_b) == (row["text_a"], row["text_b"])
    words = [(found.text_a if word.field == "a" else found.text_b)[word.start : word.end] for word in found.words]
    assert words == [word.text for word in found.words]
    sides = found.attribution.old, found.attribution.new
    for side in sides:
        assert side.complete
        assert sum(side.scores) + side.rest == pytest.approx(side.value - side.baseline, rel=0.01)
        assert len(side.scores) == len(side.read) == len(words)
    expected = [new - old for old, new in zip(sides[0].scores, sides[1].scores, strict=True)]
    assert found.attribution.difference == pytest.approx(expected)
    assert found.probes.goal == row["old_pred"]
    assert [probe.dropped for probe in found.probes.drops] == [[i] for i in range(len(words))]
    assert all(edit.new.pred == found.probes.goal for edit in found.probes.edits)
    assert len(found.neighbours.examples) == 2


def test_the_text_as_it_is_can_not_be_read_as_the_word_nothing(comparison):
    """Probes come first, as the docs say to read them."""
    shown = run("explain", comparison.path, flip(comparison, "two")["example_id"], "--task", "two").output
    assert "(nothing left out)" in shown
    assert shown.index("texts tried") < shown.index("Which words speak for")


def test_parts_can_be_left_out(comparison):
    row = flip(comparison, "two")
    asked = ("explain", comparison.path, row["example_id"], "--task", "two", "--neighbours", "0")
    found = json.loads(run(*asked, "--method", "none", "--json").output)
    assert (found["attribution"], found["neighbours"]) == (None, None)
    assert found["probes"]["asked"] >= 1
    found = json.loads(run(*asked, "--no-probes", "--method", "gradient-x-input", "--json").output)
    assert found["probes"] is None
    assert found["attribution"]["method"] == "gradient_x_input"
    assert found["attribution"]["new"]["error"] is None
    shown = run(*asked, "--no-probes", "--method", "gradient-x-input").output
    assert "is a sketch" in shown
    assert "Without" not in shown


def test_wrong_questions_are_told(comparison):
    assert "2 tasks have an example 'e3'" in error("explain", comparison.path, "e3")
    assert "--task: one, two" in error("explain", comparison.path, "e3")
    assert "no example 'e99'" in error("explain", comparison.path, "e99")
    assert "no example 'e0' in one" in error("explain", comparison.path, "e0", "--task", "one")
    assert "no task 'three'" in error("explain", comparison.path, "e3", "--task", "three")
    assert "no candidate 'x'" in error("explain", comparison.path, "e3", "--task", "one", "--candidate", "x")
    assert "no device 'tpu'" in error("explain", comparison.path, "e3", "--task", "one", "--device", "tpu")
    moved = error("explain", comparison.path, "e3", "--task", "one", "--new", "nowhere/v2")
    assert "nowhere/v2: the model 'new' can't be had: no such file" in moved
    assert "--new SRC" in moved


def test_ids_and_names_are_printed_as_they_are(comparison):
    shown = run("explain", comparison.path, "[b]0[/b]", "--method", "gradient-x-input", "--no-probes")
    assert "one [b]0[/b]" in shown.output


def test_help_needs_no_torch():
    code = (
        "import sys; from flipscope import cli; from typer.testing import CliRunner; "
        "r = CliRunner().invoke(cli.app, ['explain', '--help']); assert r.exit_code == 0, r.output; "
        "print([m for m in ('torch', 'transformers', 'captum', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
