"""Attribution: the right word gets the weight, scores add up, and an independent computation agrees."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

import flipscope
from flipscope import FlipscopeError, Settings
from flipscope.explain import gradients
from flipscope.explain.attribution import attribute
from flipscope.explain.gradients import Scorer, gradient_x_input, integrated_gradients
from flipscope.explain.models import LoadedModel
from flipscope.explain.words_of_tokens import place_tokens
from flipscope.predict.model import load_model
from flipscope.predict.tokens import load_tokenizer
from tiny_models import make_checkpoint, make_tokenizer

TEXTS = [f"the {noun} was {word}" for noun in ("plot", "cast", "score", "end") for word in ("fine", "dull", "bad")]


class Bag(torch.nn.Module):
    """Adds up what each word counts for: good 2, bad -3, padding 0.5, all else 0, and 1 for the class anyway."""

    def __init__(self, vocabulary):
        super().__init__()
        self.words = torch.nn.Embedding(len(vocabulary), 1)
        values = {"good": 2.0, "bad": -3.0, "[PAD]": 0.5}
        self.words.weight.data[:, 0] = torch.tensor([values.get(word, 0.0) for word in vocabulary])
        self.config = SimpleNamespace(pad_token_id=0)

    def get_input_embeddings(self):
        return self.words

    def forward(self, input_ids):
        total = self.words(input_ids).sum(dim=(1, 2)) + 1
        return SimpleNamespace(logits=torch.stack([torch.zeros_like(total), total], dim=1))


@pytest.fixture(scope="module")
def bag(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bag")
    make_tokenizer(folder, ["good bad film"])
    tokenizer = load_tokenizer(SimpleNamespace(path=folder))
    vocabulary = (folder / "vocab.txt").read_text().splitlines()
    model = Bag(vocabulary).eval().requires_grad_(False)
    return LoadedModel("toy", SimpleNamespace(model_type="toy"), model, tokenizer, "cpu", ("neg", "pos"), 32)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # Each token against the padding token that stands in its place: 2 - 0.5 and -3 - 0.5.
        (integrated_gradients, [0, 1.5, -3.5, -0.5, 0]),
        (gradient_x_input, [0, 2, -3, 0, 0]),
    ],
)
def test_the_right_words_get_the_weight(bag, method, expected):
    tokens = place_tokens(bag.tokenizer, "good bad film", None, 32)
    with Scorer(bag, tokens, ("pos", "neg")) as scorer:
        found = method(scorer)
    assert found.scores == pytest.approx(np.array(expected), abs=1e-6)
    assert found.value == pytest.approx(2 - 3 + 1)
    assert found.baseline == (None if method is gradient_x_input else pytest.approx(3 * 0.5 + 1))


def test_the_other_way_round_all_signs_change(bag):
    tokens = place_tokens(bag.tokenizer, "good bad film", None, 32)
    with Scorer(bag, tokens, ("neg", "pos")) as scorer:
        assert integrated_gradients(scorer).scores == pytest.approx(np.array([0, -1.5, 3.5, 0.5, 0]), abs=1e-6)


def loaded(folder, **config):
    checkpoint = make_checkpoint(folder, TEXTS, seed=3, **config)
    model = load_model(checkpoint, "cpu", "fp32").requires_grad_(False)
    return LoadedModel("old", checkpoint, model, load_tokenizer(checkpoint), "cpu", checkpoint.label_names, 64)


@pytest.mark.parametrize("family", ["bert", "distilbert", "roberta", "gpt2"])
def test_scores_add_up_in_every_family(tmp_path, family):
    model = loaded(tmp_path / family, family=family)
    with torch.no_grad():  # random models as large as these are too jagged for any sum
        for weights in model.model.parameters():
            weights.mul_(0.5 if weights.dim() > 1 else 1)
    if family in ("distilbert", "gpt2"):
        model.tokenizer.model_input_names = ["input_ids", "attention_mask"]
    tokens = place_tokens(model.tokenizer, "the plot was dull", "the cast was fine", 64)
    with Scorer(model, tokens, ("positive", "negative")) as scorer:
        found = integrated_gradients(scorer)
    change = found.value - found.baseline
    assert abs(found.scores.sum() - change) <= 0.01 * abs(change)
    given = model.tokenizer("the plot was dull", "the cast was fine", return_tensors="pt")
    with torch.no_grad():
        logits = model.model(**given).logits[0]
    assert found.value == pytest.approx(float(logits[1] - logits[0]), abs=1e-4)
    assert not found.scores[tokens.field < 0].any()  # special tokens are the same at both ends of the path


def test_a_riemann_sum_agrees(tmp_path):
    model = loaded(tmp_path / "bert")
    tokens = place_tokens(model.tokenizer, "the plot was dull", None, 64)
    with Scorer(model, tokens, ("positive", "negative")) as scorer:
        found = integrated_gradients(scorer)

    words = model.model.bert.embeddings.word_embeddings.weight
    ids = torch.tensor(model.tokenizer("the plot was dull")["input_ids"])
    padded = ids.clone()
    padded[1:-1] = model.tokenizer.pad_token_id
    start, end = words[padded], words[ids]
    points = ((torch.arange(2000) + 0.5) / 2000)[:, None, None]
    path = (start + points * (end - start)).requires_grad_()
    logits = model.model(inputs_embeds=path).logits
    gradient = torch.autograd.grad((logits[:, 1] - logits[:, 0]).sum(), path)[0].mean(dim=0)
    expected = ((end - start) * gradient).sum(dim=1).numpy()
    assert found.scores == pytest.approx(expected, abs=0.02 * float(np.abs(expected).max()))


def test_what_is_left_open_is_told(tmp_path, monkeypatch):
    model = loaded(tmp_path / "bert")
    monkeypatch.setattr(gradients, "_FIRST_STEPS", 2)
    monkeypatch.setattr(gradients, "_MOST_STEPS", 2)
    tokens = place_tokens(model.tokenizer, "the plot was dull", None, 64)
    with Scorer(model, tokens, ("positive", "negative")) as scorer:
        found = integrated_gradients(scorer)
    assert found.steps == 2
    change = found.value - found.baseline
    assert abs(found.scores.sum() - change) > 0.01 * abs(change)


def test_models_that_read_words_in_several_places_are_refused(tmp_path):
    model = loaded(tmp_path / "bart", family="bart", eos_token_id=3)
    tokens = place_tokens(model.tokenizer, "the plot was dull", None, 64)
    with (
        pytest.raises(FlipscopeError, match="bart don't read their word embeddings in one place"),
        Scorer(model, tokens, ("positive", "negative")) as scorer,
    ):
        integrated_gradients(scorer)


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    """A comparison of two tiny models that have different tokenizers and orders of labels."""
    folder = tmp_path_factory.mktemp("attribution")
    make_checkpoint(folder / "v1", TEXTS, seed=1, dropout=0.5)
    make_checkpoint(folder / "v2", ["the was"], ("positive", "negative"), seed=2)
    rows = pd.DataFrame({"text": TEXTS, "label": ["negative", "positive"] * 6, "id": [f"e{i}" for i in range(12)]})
    return flipscope.compare(
        folder / "v1", folder / "v2", rows, "mine", out=folder / "c", settings=Settings(use_cache=False), id="id"
    )


def test_both_models_are_asked_the_same_of_the_same_words(comparison):
    flips = comparison.examples(["negative_flip", "positive_flip"])
    assert len(flips)
    row = flips.iloc[0]
    found = attribute(comparison, int(row["row_id"]))
    assert (found.answer, found.against) == (row["new_pred"], row["old_pred"])
    assert [word.text for word in found.words] == row["text_a"].split()
    stored = comparison.probabilities(int(row["row_id"])).pivot(index="model", columns="label", values="probability")
    for name, side in (("old", found.old), ("new", found.new)):
        assert side.complete
        assert side.scores.shape == side.read.shape == (len(found.words),)
        assert side.scores.sum() + side.rest == pytest.approx(side.value - side.baseline, abs=1.001 * side.gap + 1e-9)
        odds = np.log(stored.loc[name, found.answer] / stored.loc[name, found.against])
        assert side.value == pytest.approx(odds, abs=1e-4)
        assert side.probabilities == pytest.approx([stored.loc[name, label] for label in found.classes], abs=1e-5)
    assert found.difference == pytest.approx(found.new.scores - found.old.scores)
    assert found.old.value < 0 < found.new.value


def test_the_same_question_gets_the_same_answer(comparison):
    first, second = attribute(comparison, 0), attribute(comparison, 0)
    assert first.old.scores.tolist() == second.old.scores.tolist()
    assert first.new.scores.tolist() == second.new.scores.tolist()


def test_several_may_ask_at_once(comparison):
    alone = [attribute(comparison, row_id).difference.tolist() for row_id in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert [found.difference.tolist() for found in pool.map(lambda i: attribute(comparison, i), range(6))] == alone


def test_a_model_compared_with_itself_changes_nothing(comparison, tmp_path):
    source = comparison.manifest.tasks[0].models["old"].source
    rows = pd.DataFrame({"text": TEXTS, "label": ["negative", "positive"] * 6})
    same = flipscope.compare(source, source, rows, "mine", out=tmp_path / "c", settings=Settings(use_cache=False))
    found = attribute(same, 0)
    assert found.old.scores.any()
    assert not found.difference.any()


def test_of_a_shared_answer_the_runner_up_is_the_other_side(comparison):
    same = comparison.examples(["both_correct", "both_wrong"]).iloc[0]
    found = attribute(comparison, int(same["row_id"]), method="gradient_x_input")
    assert {found.answer, found.against} == {"negative", "positive"}
    assert found.answer == same["new_pred"]
    assert found.new.value > 0
    assert (found.new.steps, found.new.gap, found.new.error, found.new.complete) == (None, None, None, False)


def test_bad_questions_are_refused(comparison):
    with pytest.raises(FlipscopeError, match="no method 'lime'"):
        attribute(comparison, 0, method="lime")
    with pytest.raises(FlipscopeError, match="no example with the number 99"):
        attribute(comparison, 99)
    with pytest.raises(FlipscopeError, match="no candidate 'newer'"):
        attribute(comparison, 0, candidate="newer")


def test_without_captum_it_says_what_to_install(comparison, monkeypatch):
    monkeypatch.setattr("flipscope.explain.attribution.find_spec", lambda name: None)
    with pytest.raises(FlipscopeError, match=r"pip install 'flipscope\[explain\]'"):
        attribute(comparison, 0)
