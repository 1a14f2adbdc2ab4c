"""New comparison: what is chosen, found out, refused and started, without a browser."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pandas as pd
import pytest

from builders import build_comparison
from fake_checkpoint import TENSORS, make_checkpoint
from flipscope.errors import FlipscopeError
from flipscope.jobs.request import Request
from flipscope.pipeline import compare_spec
from flipscope_app.new.models import link_query

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://outside.invalid/b.png) $latex$"


@pytest.fixture
def folder(tmp_path):
    """A workspace with two checkpoints that look real, and data."""
    root = tmp_path / "workspace"
    make_checkpoint(root / "v1")
    make_checkpoint(root / "v2", id2label={"0": "positive", "1": "negative"})
    rows = {"sentence": ["it is fine", "it is dull", "so so"], "label": ["positive", "negative", "negative"]}
    pd.DataFrame(rows).to_csv(root / "reviews.csv", index=False)
    return root


@pytest.fixture
def started(monkeypatch):
    """The requests that were submitted; nothing is run."""
    found: list[Request] = []

    def submit(workspace, request):
        request.spec()
        found.append(request)
        return SimpleNamespace(id="20260101T000000000000-abcdef")

    monkeypatch.setattr("flipscope_app.new.run.submit", submit)
    return found


def fill(page, **fields):
    for key, value in fields.items():
        page.test.text_input(key=key).input(str(value))
    return page.run()


def pair(page, folder, **fields):
    return fill(page, old=folder / "v1", new1=folder / "v2", **fields)


def button(page, label):
    return next(each for each in page.test.button if each.label == label)


def field(page, label):
    boxes = [*page.test.text_input, *page.test.selectbox, *page.test.multiselect, *page.test.number_input]
    return next(each for each in boxes if each.label == label)


def ready(page):
    return not button(page, "Start the comparison").disabled


def start(page, started):
    button(page, "Start the comparison").click()
    page.run()
    assert "20260101T000000000000-abcdef" in page.test.query_params["job"]
    return started[-1]


def test_an_empty_form_says_what_is_missing(visit, folder):
    page = visit(folder, "new")
    assert not ready(page)
    assert "Name the old model. Name the new model. Name the evaluation data." in page.text


def test_a_single_comparison_has_no_such_page(visit, tmp_path):
    with pytest.raises(ValueError, match="app_pages/new"):
        visit(build_comparison(tmp_path / "one"), "new")


@pytest.mark.parametrize("sample", ["Sentiment", "Paraphrase", "Entailment"])
def test_sample_checkpoints_fill_everything(visit, folder, started, sample):
    page = visit(folder, "new")
    button(page, sample).click()
    page.run()
    assert ready(page)
    assert "BertForSequenceClassification" in page.text
    request = start(page, started)
    task = request.tasks[0]
    assert (task["name"], request.name) == (sample.lower(), f"{sample.lower()} old to new")
    assert len(task["suites"]) == 1


def test_what_is_submitted_for_the_sample_is_what_the_demo_finds(visit, folder, started, tmp_path):
    page = visit(folder, "new")
    button(page, "Two files of predictions").click()
    page.run()
    assert "files of predictions" in page.text or "file of predictions" in page.text
    assert "No model is run" in page.text
    comparison = compare_spec(start(page, started).spec(), tmp_path / "out")
    found = comparison.result()
    assert (found.n, found.negative_flip, found.positive_flip) == (1270, 71, 113)


def test_the_sample_checkpoints_run_as_submitted(visit, folder, started, tmp_path):
    page = visit(folder, "new")
    button(page, "Entailment").click()
    page.run()
    field(page, "Only the first rows").set_value(5)
    page.run()
    assert "5 examples" in page.text
    request = start(page, started)
    assert request.limit == 5
    comparison = compare_spec(request.spec(), tmp_path / "out", limit=2, settings=request.settings())
    assert comparison.result().n == 2
    assert comparison.candidate("new").behaviors


def test_models_are_laid_side_by_side_before_data_are_named(visit, folder):
    make_checkpoint(folder / "v3", TENSORS, max_position_embeddings=32)
    page = fill(visit(folder, "new"), old=folder / "v1", new1=folder / "v3")
    assert "the candidate sees less of long texts" in page.text
    page = fill(page, new1=folder / "v2")
    assert "in another order: matched by name" in page.text
    page = fill(page, new1=folder / "v1")
    assert "the same files on both sides: nothing can flip" in page.text


def test_task_and_columns_are_found_and_can_be_corrected(visit, folder, started):
    rows = {"sentence": ["a b", "c d"], "other": ["e f", "g h"], "label": ["positive", "negative"], "mine": [1, 0]}
    pd.DataFrame(rows).to_csv(folder / "reviews.csv", index=False)
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    assert "sst2" in field(page, "Task").value
    assert field(page, "Text").value == "sentence"
    assert page.test.dataframe[0].value.columns[0] == "sentence → text"
    assert page.test.dataframe[0].value["sentence → text"].tolist() == ["a b", "c d"]
    field(page, "Task").input("mails")
    page.run()
    field(page, "Text").select("other")
    field(page, "Gold label").select("mine")
    page.run()
    assert page.test.dataframe[0].value.columns[0] == "other → text"
    # Numbers, and models that number their labels otherwise: which is which must be said.
    assert not ready(page)
    assert "“Label names”" in page.text
    assert "--labels" not in page.text
    field(page, "Label names").input("negative, positive")
    page.run()
    assert ready(page)
    task = start(page, started).tasks[0]
    assert (task["name"], task["text"], task["label"]) == ("mails", "other", "mine")
    assert tuple(task["labels"]) == ("negative", "positive")


def test_a_second_text_and_ids_that_were_found_can_be_left_out(visit, folder, started):
    rows = {"text": ["a b", "c d"], "answer": ["e f", "g h"], "label": ["positive", "negative"], "id": [7, 8]}
    pd.DataFrame(rows).to_csv(folder / "reviews.csv", index=False)
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    assert "2 examples, pairs of texts" in page.text
    field(page, "Second text").select_index(0)
    field(page, "Id").select_index(0)
    page.run()
    assert "2 examples, single texts" in page.text
    task = start(page, started).tasks[0]
    assert (task["text"], task["id"]) == ("text", "none")
    assert "text_b" not in task


def test_other_names_of_labels(visit, folder, started):
    make_checkpoint(folder / "v2", id2label={"0": "bad", "1": "good"})
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    assert "the labels differ" in page.text
    assert not ready(page)
    field(page, "Other names of labels").input("bad=negative, good=positive")
    page.run()
    assert ready(page)
    assert start(page, started).tasks[0]["alias"] == {"bad": "negative", "good": "positive"}


def test_suites_that_do_not_fit_are_greyed_with_a_reason(visit, folder, started):
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    boxes = {box.label: box for box in page.test.checkbox}
    assert (boxes["Sentiment"].value, boxes["Sentiment"].disabled) == (True, False)
    assert boxes["Paraphrase"].disabled
    assert "does not fit: the suite has pairs of texts, and the task single texts" in page.text
    boxes["Sentiment"].uncheck()
    page.run()
    assert "suites" not in start(page, started).tasks[0]


def test_a_suite_of_ones_own(visit, folder, started, sample_data):
    own = shutil.copy(sample_data / "sentiment" / "suite.toml", folder / "suite.toml")
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    page = fill(page, suite_file=own)
    assert ready(page)
    (folder / "wrong.toml").write_text("nothing = 1")
    page = fill(page, suite_file=folder / "wrong.toml")
    assert not ready(page)
    assert "Choose a suite that fits, or none" in page.text
    fill(page, suite_file=own)
    assert str(own) in start(page, started).tasks[0]["suites"]


def test_several_candidates_with_names(visit, folder, started):
    make_checkpoint(folder / "v3")
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    button(page, "Add another candidate").click()
    page.run()
    assert ready(page)  # an empty place is no candidate
    page = fill(page, new2=folder / "v3")
    assert field(page, "Name of candidate 2").value == "new-2"
    field(page, "Name of candidate 2").input("new")
    page.run()
    assert "two candidates are called 'new'" in page.text
    assert not ready(page)
    field(page, "Name of candidate 2").input("old")
    page.run()
    assert not ready(page)
    field(page, "Name of candidate 2").input("small")
    page.run()
    request = start(page, started)
    assert request.tasks[0]["candidates"] == {"new": str(folder / "v2"), "small": str(folder / "v3")}


def test_a_candidate_can_be_removed_again(visit, folder):
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    button(page, "Add another candidate").click()
    page.run()
    button(page, "Remove candidate 2").click()
    page.run()
    assert ready(page)


@pytest.mark.parametrize("place", ["/etc/passwd", "../outside/v9", "v1/../../outside", "~root"])
def test_what_is_outside_may_not_be_named(visit, folder, place):
    make_checkpoint(folder.parent / "outside")
    page = fill(visit(folder, "new"), old=folder / place if place.startswith("v1") else place)
    assert "this is not in a folder that this dashboard may read" in page.text
    assert "/bin/" not in page.text
    page = fill(visit(folder, "new"), old=folder / "v1", new1=folder / "v2", data="/etc/passwd")
    assert "may read" in page.text
    assert not ready(page)


def test_a_link_to_the_hub_downloads_nothing_before_it_is_asked_to(visit, folder, monkeypatch):
    asked = []

    def inspect(source, *_, **__):
        asked.append(source)
        raise FlipscopeError("the hub can't be reached", where=source)

    monkeypatch.setattr("flipscope_app.new.look.inspect_model", inspect)
    monkeypatch.setattr("flipscope_app.new.look.suggest", inspect)
    page = visit(folder, "new", old="anyone/500GB", data="anyone/data:train")
    assert asked == []
    assert "Fetch the models from the hub" in page.text
    for number in (1, 2):  # a failure is not remembered
        page.test.button(key="fetch old").click()
        page.run()
        assert "the hub can't be reached" in page.text
        assert asked == ["anyone/500GB"] * number
    page.test.button(key="fetch data").click()
    page.run()
    assert asked[2:] == ["anyone/data:train"]


def test_uploads_are_called_by_their_names(visit, folder):
    place = folder / ".flipscope" / "uploads" / "edb0ee" / "sst2.zip"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"PK")
    page = fill(visit(folder, "new"), old=place)
    assert "uploaded: sst2.zip " in page.text  # below the field
    assert "uploaded: sst2.zip:" in page.text
    assert "edb0ee" not in page.text


def test_a_link_out_of_the_workspace_is_not_followed(visit, folder):
    make_checkpoint(folder.parent / "outside")
    (folder / "inside").symlink_to(folder.parent / "outside")
    page = fill(visit(folder, "new"), old=folder / "inside")
    assert "may read" in page.text


def test_what_is_not_there_or_damaged_says_so(visit, folder):
    page = fill(visit(folder, "new"), old=folder / "v9", new1=folder / "v2")
    assert "no such file" in page.text
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    page = fill(page, old=folder / "broken.zip")
    assert "the archive is damaged or incomplete" in page.text
    weights = folder / "v1" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-2])
    page = fill(page, old=folder / "v1")
    assert "the file is truncated" in page.text
    assert "Choose models that can be opened" in page.text
    assert not ready(page)


def test_a_model_that_was_mended_is_looked_at_again(visit, folder):
    (folder / "v1" / "config.json").rename(folder / "kept.json")
    page = pair(visit(folder, "new"), folder)
    assert "there is no config.json" in page.text
    (folder / "kept.json").rename(folder / "v1" / "config.json")
    assert "there is no config.json" not in page.run().text


def test_data_that_do_not_fit_say_so_and_keep_start_disabled(visit, folder):
    pd.DataFrame({"sentence": ["a"], "label": ["joy"]}).to_csv(folder / "other.csv", index=False)
    page = pair(visit(folder, "new"), folder, data=folder / "other.csv")
    assert "joy" in page.text
    assert "Correct what does not fit under Task" in page.text
    assert not ready(page)
    (folder / "empty.csv").write_text("")
    assert "the file is empty" in fill(page, data=folder / "empty.csv").text
    pd.DataFrame({"sentence": ["a", "b"]}).to_csv(folder / "bare.csv", index=False)
    page = fill(page, data=folder / "bare.csv")
    assert "no row has a gold label" in page.text
    assert not ready(page)


def test_columns_of_predictions_can_be_named(visit, folder, started):
    for name in ("one", "two"):
        rows = {"nr": [1, 2], "guess": ["yes", "no"], "truth": ["yes", "yes"]}
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    page = fill(visit(folder, "new"), old=folder / "one.csv", new1=folder / "two.csv")
    assert "“Predictions”" in page.text
    assert not ready(page)
    field(page, "Predictions").select("guess")
    field(page, "Id").select("nr")
    field(page, "Gold label").select("truth")
    page.run()
    assert "2 examples" in page.text
    assert ready(page)
    task = start(page, started).tasks[0]
    assert (task["pred"], task["id"], task["label"]) == ("guess", "nr", "truth")
    assert "data" not in task


def test_files_of_predictions_without_texts_are_asked_nothing_about_texts_or_weights(visit, folder):
    for name in ("one", "two"):
        rows = {"id": [1, 2], "pred": ["yes", "no"], "label": ["yes", "yes"]}
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    page = fill(visit(folder, "new"), old=folder / "one.csv", new1=folder / "two.csv")
    assert ready(page)
    assert "2 examples" in page.text
    assert "single texts" not in page.text
    assert not any("PyTorch" in box.label for box in page.test.checkbox)


def test_a_name_that_is_taken_or_none_is_refused(visit, folder):
    build_comparison(folder / "taken")
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    assert field(page, "Name of the comparison").value == "sst2 v1 to v2"
    for name in ("taken", "", "../x", ".hidden", "v1"):
        field(page, "Name of the comparison").input(name)
        page.run()
        assert not ready(page), name
    field(page, "Name of the comparison").input("free")
    assert ready(page.run())


def test_a_link_fills_the_form(visit, folder, started):
    given = {"old": str(folder / "v1"), "new": [str(folder / "v2"), str(folder / "v1")]}
    page = visit(folder, "new", **given, data=str(folder / "reviews.csv"), task="mine")
    assert field(page, "Task").value == "mine"
    assert ready(page)
    assert list(start(page, started).tasks[0]["candidates"].values()) == given["new"]


def test_a_link_says_which_columns_and_labels_are_meant(visit, folder, started):
    rows = {"sentence": ["a", "b"], "other": ["c", "d"], "label": ["x", "y"], "mine": [1, 0], "id": [1, 2]}
    pd.DataFrame(rows).to_csv(folder / "reviews.csv", index=False)
    given = {"text": "other", "label": "mine", "id": "none", "labels": ["negative", "positive"], "task": "mails"}
    models = {"old": str(folder / "v1"), "new": [str(folder / "v2"), ""]}
    page = visit(folder, "new", **models, **given, data=str(folder / "reviews.csv"))
    assert ready(page)
    button(page, "Remove candidate 2").click()
    page.run()
    task = start(page, started).tasks[0]
    assert (task["text"], task["label"], task["id"]) == ("other", "mine", "none")
    assert tuple(task["labels"]) == ("negative", "positive")
    button(visit(folder, "new", **models, **given), "Sentiment")  # and a link without data is one too


def test_links_followed_one_after_another_fill_the_form_each(visit, folder, started):
    """The session goes on, and the page is opened anew."""
    make_checkpoint(folder / "v3")
    told = {"old": str(folder / "v1"), "data": str(folder / "reviews.csv")}
    page = visit(folder, "new")
    for told_task, candidates in (
        ("mine", {"small": str(folder / "v2"), "large": str(folder / "v3")}),
        ("yours", {"new": str(folder / "v3")}),
    ):
        page.test.switch_page("app_pages/home.py")
        page.run()
        page.test.switch_page("app_pages/new.py")
        for name, value in link_query(told | {"task": told_task}, candidates, room=1).items():
            page.test.query_params[name] = value
        page.run()
        assert f"Candidate {len(candidates) + 1}" in [box.label for box in page.test.text_input]
        assert f"Candidate {len(candidates) + 2}" not in [box.label for box in page.test.text_input]
        assert ready(page)
        task = start(page, started).tasks[0]
        assert (task["name"], task["candidates"]) == (told_task, candidates)
        page.test.query_params.clear()


def test_the_only_candidate_may_have_a_name(visit, folder, started):
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    assert field(page, "Name of the candidate").value == "new"
    field(page, "Name of the candidate").input("distilled")
    page.run()
    assert start(page, started).tasks[0]["candidates"] == {"distilled": str(folder / "v2")}


def test_an_unknown_job_says_so(visit, folder):
    assert "there is no such job" in visit(folder, "new", job="../../etc").text


def test_hostile_texts_stay_text(visit, folder):
    rows = {f"{HOSTILE} text": [HOSTILE, "fine text"], HOSTILE: ["<b>a</b>", "b"]}
    pd.DataFrame(rows).to_csv(folder / "reviews.csv", index=False)
    for name in ("v1", "v2"):
        make_checkpoint(folder / name, id2label={"0": "<b>a</b>", "1": "b"})
    page = pair(visit(folder, "new"), folder, data=folder / "reviews.csv")
    assert field(page, "Gold label").value == HOSTILE
    assert ready(page)
    assert "<b>a</b>" in page.text
    assert "<b>a" not in page.markup
    assert "<img" not in page.markup
    assert not any(HOSTILE in str(each.value) for each in (*page.test.markdown, *page.test.caption))
    labels = [each.label for kind in ("text_input", "selectbox", "checkbox", "button") for each in page.test.get(kind)]
    assert not any("img" in label for label in labels)
    assert "img" in fill(page, old=HOSTILE).text
    assert "<img" not in page.markup
