"""Why the real SST-2 models disagree: attributions that add up, and words without which a flip is undone."""

import numpy as np
import pytest

import flipscope
from flipscope.explain.attribution import attribute
from flipscope.explain.probes import probe


@pytest.fixture(scope="module")
def comparison(real_data, tmp_path_factory):
    checkpoints = real_data / "checkpoints"
    folder = tmp_path_factory.mktemp("explain")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIPSCOPE_CACHE", str(folder / "cache"))
        return flipscope.compare(
            checkpoints / "sst2-old", checkpoints / "sst2-new", real_data / "glue" / "SST-2" / "dev.csv", "sst2",
            out=folder / "c",
        )  # fmt: skip


@pytest.mark.slow
def test_integrated_gradients_are_complete(comparison):
    for row_id in comparison.examples("negative_flip", limit=5)["row_id"].tolist():
        found = attribute(comparison, row_id)
        for side in (found.old, found.new):
            assert side.complete, (found.subject.example_id, side.error)
            assert side.scores.sum() + side.rest == pytest.approx(side.value - side.baseline, rel=0.0101)
            assert side.read.all()
        assert found.old.value < 0 < found.new.value


def test_negation_is_what_the_new_model_misreads(comparison):
    row = comparison.examples("negative_flip", where="text_a LIKE 'a full world has been presented onscreen%'").iloc[0]
    found = attribute(comparison, int(row["row_id"]))
    assert found.words[int(np.argmax(found.difference))].text == "not"
    undone = probe(comparison, int(row["row_id"]))
    assert [[undone.words[i].text for i in edit.dropped] for edit in undone.edits] == [["not"]]


@pytest.mark.slow
def test_most_flips_hang_on_one_word(comparison):
    sizes = []
    for row_id in comparison.examples("negative_flip", limit=10)["row_id"].tolist():
        found = probe(comparison, row_id)
        assert found.whole.new.pred == found.subject.new_pred
        assert all(edit.new.pred == found.goal for edit in found.edits)
        sizes.append(len(found.edits[0].dropped) if found.edits else 0)
    assert sizes.count(1) >= 8
