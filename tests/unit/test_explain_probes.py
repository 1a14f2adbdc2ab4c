"""Probes: what is left of a text, what models answer then, and the fewest words that undo a flip."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope import FlipscopeError
from flipscope.explain import probes
from flipscope.explain.probes import probe, without
from flipscope.explain.subject import Subject, words_of

CLASSES = ("negative", "positive")


@pytest.mark.parametrize(
    ("text", "dropped", "left"),
    [
        ("a good film", [1], "a film"),
        ("a good film", [0], "good film"),
        ("a good film", [2], "a good"),
        ("a good film", [0, 2], "good"),
        ("a good film", [0, 1, 2], ""),
        ("good, not bad.", [1], "good not bad."),
        ("not (so) bad", [1], "not so) bad"),
        ("not (so) bad", [2], "not () bad"),
        ("x  (y", [1], "x  y"),
        ("  a  b  c  ", [1], "  a  c  "),
        ("  a  b  ", [0], "b  "),
    ],
)
def test_spaces_close_behind_a_word(text, dropped, left):
    words = words_of(text, None)
    assert without(text, [words[i] for i in dropped]) == left


@given(st.lists(st.sampled_from(["good", "bad", "film", "isn't", "very"]), min_size=1, max_size=8), st.data())
def test_what_is_left_are_the_other_words(words, data):
    text = "  ".join(words)
    gone = data.draw(st.sets(st.integers(0, len(words) - 1)))
    left = without(text, [word for i, word in enumerate(words_of(text, None)) if i in gone])
    assert left.split() == [word for i, word in enumerate(words) if i not in gone]


class Counted:
    """Answers by the sum of what its words count for, as a sigmoid; counts the texts that it is asked about."""

    def __init__(self, **weights):
        self.weights, self.asked = weights, []

    def probabilities(self, texts_a, texts_b, classes):
        assert tuple(classes) == CLASSES
        texts = texts_a if texts_b is None else [f"{a} {b}" for a, b in zip(texts_a, texts_b, strict=True)]
        self.asked += texts
        odds = np.array([sum(self.weights.get(word, 0.0) for word in text.split()) - 0.5 for text in texts])
        positive = 1 / (1 + np.exp(-odds))
        return np.column_stack([1 - positive, positive])


def ask(monkeypatch, text, old, new, text_b=None):
    """Probe an example that was compared with two models of this kind."""
    whole = [text if text_b is None else f"{text} {text_b}"]
    preds = [CLASSES[int(model.probabilities(whole, None, CLASSES)[0, 1] > 0.5)] for model in (old, new)]
    old.asked, new.asked = [], []
    subject = Subject(0, "e", "mine", "new", text, text_b, "positive", *preds, "whatever")
    monkeypatch.setattr(probes, "read_subject", lambda *_: subject)
    monkeypatch.setattr(probes, "load_models", lambda *_: (old, new))
    info = SimpleNamespace(label_names=list(CLASSES))
    return probe(SimpleNamespace(task_info=lambda task: info), 0)


def dropped_words(found):
    return [[found.words[i].text for i in edit.dropped] for edit in found.edits]


def test_single_words_that_undo_the_flip(monkeypatch):
    found = ask(monkeypatch, "a good but slow film", Counted(good=2), Counted(good=2, slow=-3, film=-1.2))
    assert (found.whole.old.pred, found.whole.new.pred, found.goal) == ("positive", "negative", "positive")
    assert dropped_words(found) == [["slow"]]
    (edit,) = found.edits
    assert (edit.text_a, edit.text_b) == ("a good but film", None)
    assert edit.new.pred == "positive"
    assert edit.old.pred == "positive"
    assert edit.new.probabilities == pytest.approx([1 / (1 + np.exp(0.3)), 1 / (1 + np.exp(-0.3))])


def test_every_word_is_dropped_once_and_both_are_asked(monkeypatch):
    old, new = Counted(good=2), Counted(good=2, slow=-3)
    found = ask(monkeypatch, "a good slow film", old, new)
    assert [each.dropped for each in found.drops] == [(0,), (1,), (2,), (3,)]
    assert [each.text_a for each in found.drops] == ["good slow film", "a slow film", "a good film", "a good slow"]
    assert [each.old.pred for each in found.drops] == ["positive", "negative", "positive", "positive"]
    assert [each.new.pred for each in found.drops] == ["negative", "negative", "positive", "negative"]
    assert found.asked == len(set(new.asked)) == len(new.asked) == 5
    assert sorted(set(old.asked)) == sorted(old.asked)
    assert found.untried == 0


def test_the_surest_come_first(monkeypatch):
    found = ask(monkeypatch, "good dull slow film", Counted(good=2), Counted(good=2, dull=-1.2, slow=-1.4))
    assert dropped_words(found) == [["slow"], ["dull"]]


def test_pairs_where_no_word_alone_does(monkeypatch):
    found = ask(monkeypatch, "good dull slow film", Counted(good=3), Counted(good=1, dull=-2, slow=-2))
    assert dropped_words(found) == [["dull", "slow"]]


def test_threes_where_no_pair_does(monkeypatch):
    new = Counted(good=1, dull=-2, slow=-2, long=-2)
    found = ask(monkeypatch, "good dull slow long film", Counted(good=9), new)
    assert dropped_words(found) == [["dull", "slow", "long"]]
    assert found.asked == len(new.asked)


def test_where_nothing_does_there_is_no_edit_and_the_search_ends(monkeypatch):
    text = " ".join(f"w{i}" for i in range(100))
    new = Counted(**{f"w{i}": -2 for i in range(100)})
    found = ask(monkeypatch, text, Counted(w0=5), new)
    assert found.edits == ()
    assert found.asked <= 1 + 100 + 66 + 144


def test_of_long_texts_the_first_words_are_tried(monkeypatch):
    text = " ".join(f"w{i}" for i in range(probes.MOST_DROPPED + 7))
    found = ask(monkeypatch, text, Counted(w3=5), Counted(w3=5, w4=-9))
    assert found.untried == 7
    assert len(found.drops) == probes.MOST_DROPPED
    assert dropped_words(found) == [["w4"]]


def test_each_text_keeps_a_word(monkeypatch):
    found = ask(monkeypatch, "slow", Counted(good=9), Counted(good=1, slow=-3), text_b="good film")
    assert [[found.words[i].text for i in each.dropped] for each in found.drops] == [["good"], ["film"]]
    assert found.edits == ()
    assert found.untried == 1
    assert all(each.text_a == "slow" for each in found.drops)


def test_a_text_of_one_word_can_not_be_probed_further(monkeypatch):
    found = ask(monkeypatch, "slow", Counted(slow=1), Counted(slow=-1))
    assert (found.drops, found.edits, found.untried, found.asked) == ((), (), 1, 1)


def test_of_a_shared_answer_any_other_counts(monkeypatch):
    found = ask(monkeypatch, "a good film", Counted(good=3), Counted(good=2))
    assert found.goal is None
    assert dropped_words(found) == [["good"]]
    assert found.edits[0].new.pred == "negative"


def test_a_tie_that_went_the_other_way_needs_no_edit(monkeypatch):
    old, new = Counted(good=3), Counted(good=2)
    subject = Subject(0, "e", "mine", "new", "good film", None, "positive", "positive", "negative", "negative_flip")
    monkeypatch.setattr(probes, "read_subject", lambda *_: subject)
    monkeypatch.setattr(probes, "load_models", lambda *_: (old, new))
    found = probe(SimpleNamespace(task_info=lambda task: SimpleNamespace(label_names=list(CLASSES))), 0)
    assert found.whole.new.pred == "positive"
    assert found.edits == ()


def test_examples_without_texts_are_refused(tmp_path):
    import pandas as pd

    import flipscope

    rows = pd.DataFrame({"id": ["a", "b"], "label": ["negative", "positive"], "pred": ["negative", "positive"]})
    for name in ("old", "new"):
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
    comparison = flipscope.compare(tmp_path / "old.csv", tmp_path / "new.csv", task="mine", id="id")
    with pytest.raises(FlipscopeError, match="have no texts"):
        probe(comparison, 0)
