"""Panels of an example: why it flipped, probes, close calls, judgements; data in, markup out, and on the page."""

from __future__ import annotations

import re
import shutil
from html import unescape

import numpy as np
import pyarrow as pa
import pytest

from flipscope.comparison import Comparison
from flipscope.explain.attribution import Attribution, ModelAttribution
from flipscope.explain.probes import Answer, Probe, Probes
from flipscope.explain.severity import split
from flipscope.explain.subject import Subject
from flipscope.store.embeddings import AboutEmbeddings, write_embeddings
from flipscope.store.triage import Triage
from flipscope_app.examples.example_list import severity_counts, severity_mark
from flipscope_app.examples.why import attribution_view, probes_view

CLASSES = ("bad", "good")


def subject(text="not bad , really", second=None, label="good", old="good", new="bad"):
    return Subject(7, "id-7", "mood", "new", text, second, label, old, new, "negative_flip")


def side(scores, *, read=None, gap=0.001, value=1.0, steps=32):
    scores = np.array(scores, float)
    baseline = None if gap is None else 0.0
    seen = np.ones(len(scores), bool) if read is None else np.array(read)
    return ModelAttribution(scores, seen, 0.0, value, baseline, steps, gap, np.array([0.5, 0.5]))


def attribution(of, old, new, method="integrated_gradients", answer="bad", against="good"):
    return Attribution(of, of.words, method, answer, against, CLASSES, old, new)


def text_of(markup):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", str(markup))).split())


def marked(markup, section=0):
    """Words of a section with their kind and strength."""
    part = re.findall(r"<section>.*?</section>", markup)[section]
    return {unescape(word): (kind, float(strength)) for kind, strength, word in
            re.findall(r'<span class="fs-w fs-w-(\w+)" style="--s:([\d.]+)"[^>]*>([^<]*)</span>', part)}  # fmt: skip


def test_words_are_marked_by_what_changed_and_then_by_each_model():
    found = attribution(subject(), side([0.0, 1.0, 0.0, 0.0]), side([2.0, 0.0, 0.0, 0.01]))
    markup = attribution_view(found)
    # not: +2 in the candidate; bad: 1 less than in the old model. The strongest of each scale has strength 1.
    assert marked(markup) == {"not": ("wrong", 1.0), "bad": ("right", 0.5)}
    assert marked(markup, 1) == {"bad": ("wrong", 0.5)}
    assert marked(markup, 2) == {"not": ("wrong", 1.0)}


def test_red_leads_to_the_wrong_answer_whichever_model_gives_it():
    mended = subject(label="bad", old="good", new="bad")
    markup = attribution_view(attribution(mended, side([0.0] * 4), side([1.0, -1.0, 0.0, 0.0])))
    assert marked(markup) == {"not": ("right", 1.0), "bad": ("wrong", 1.0)}
    assert "speaks for bad , the gold label" in text_of(markup)


def test_the_texts_stay_whole_with_their_spaces():
    of = subject("  two\n lines ", "and  <b>a</b> second")
    count = len(of.words)
    markup = attribution_view(attribution(of, side([0.5] * count), side([1.0] * count)))
    quotes = re.findall(r'<blockquote dir="auto">(.*?)</blockquote>', markup, re.DOTALL)
    assert [unescape(re.sub(r"<[^>]*>", "", quote)) for quote in quotes] == [of.text_a, of.text_b] * 3
    assert "<b>a</b>" not in markup


def test_numbers_are_in_a_table_in_the_order_of_change():
    markup = attribution_view(attribution(subject(), side([0.0, 1.0, 0.0, 0.2]), side([0.5, -1.0, 0.0, 0.2])))
    rows = [text_of(row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", markup)]
    assert rows[0] == "bad +1.00 −1.00 −2.00"
    assert rows[1] == "not +0.00 +0.50 +0.50"


@pytest.mark.parametrize(
    ("old", "new", "method", "told"),
    [
        (0.005, 0.001, "integrated_gradients", "add up to what they explain within 1%"),
        (0.005, 0.2, "integrated_gradients", "miss what they explain by 0.5% and 20.0%"),
        (None, None, "gradient_x_input", "one pass, a sketch"),
    ],
)
def test_it_is_told_how_complete_the_scores_are(old, new, method, told):
    markup = attribution_view(attribution(subject(), side([1.0] * 4, gap=old), side([1.0] * 4, gap=new), method))
    assert told in text_of(markup)


def test_words_that_were_not_read_are_said_so():
    cut = side([1.0, 0.0, 0.0, 0.0], read=[True, True, True, False])
    markup = attribution_view(attribution(subject(), cut, side([1.0] * 4)))
    assert 'class="fs-unread" title="not read">really<' in markup
    assert "did not read the grey words" in text_of(markup)
    assert "did not read" not in text_of(attribution_view(attribution(subject(), side([1.0] * 4), side([1.0] * 4))))


def test_an_example_without_words_and_scores_of_nothing_are_shown():
    for of in (subject(""), subject("word")):
        scores = side([0.0] * len(of.words))
        assert marked(attribution_view(attribution(of, scores, scores))) == {}


def answer(good):
    return Answer("good" if good > 0.5 else "bad", np.array([1 - good, good]))


def drop(of, place, old, new):
    left = " ".join(word.text for at, word in enumerate(of.words) if at not in place)
    return Probe(place, left, None, answer(old), answer(new))


def probes(edits=(), goal="good", untried=0, of=None):
    of = of or subject()
    drops = tuple(drop(of, (place,), 0.9, good) for place, good in enumerate((0.8, 0.1, 0.3, 0.25)))
    return Probes(of, of.words, CLASSES, drop(of, (), 0.9, 0.25), drops, untried, goal, edits, 14)


def test_edits_that_undo_the_flip_strike_their_words_out():
    markup = probes_view(probes((drop(subject(), (0, 1), 0.7, 0.82),)))
    assert "<del>not</del> <del>bad</del> , really" in markup
    assert "Without 2 words the candidate answers differently" in text_of(markup)
    assert "candidate: good 82% · old model: good" in text_of(markup)


def test_each_word_left_out_is_told_the_most_helpful_first():
    markup = probes_view(probes(untried=3))
    rows = [text_of(row) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", markup)]
    assert rows == ["not good 80.0% +55.0 good", ", bad 30.0% +5.0 good", "really bad 25.0% +0.0 good", "bad bad 10.0% −15.0 good"]  # fmt: skip
    assert "3 words of this long text were not tried" in text_of(markup)


def test_no_edit_is_said():
    assert "No edit of up to three words was found that makes the candidate answer good" in text_of(
        probes_view(probes())
    )
    assert "answer anything else" in text_of(probes_view(probes(goal=None)))


def test_hostile_words_stay_words():
    of = subject("<img src=x onerror=alert(1)>")
    count = len(of.words)
    edited = Probe((0,), "", None, answer(0.9), answer(0.9))
    found = Probes(of, of.words, CLASSES, edited, (edited,), 0, "good", (edited,), 1)
    for markup in (attribution_view(attribution(of, side([1.0] * count), side([2.0] * count))), probes_view(found)):
        assert "<img" not in markup


@pytest.mark.parametrize(
    ("outcome", "fell", "told"),
    [
        ("negative_flip", 0.01, "close call"),
        ("positive_flip", -0.01, "close call"),
        ("negative_flip", 0.9, "large drop"),
        ("positive_flip", -0.9, ""),
        ("negative_flip", 0.2, ""),
        ("both_wrong", 0.01, ""),
        ("negative_flip", float("nan"), ""),
    ],
)
def test_close_calls_and_large_drops_are_marked(outcome, fell, told):
    assert text_of(severity_mark({"outcome": outcome, "drop": fell})).removeprefix("≈ ") == told


def test_severities_are_counted_apart_with_links_to_just_those(visit, three_tasks):
    page = visit(three_tasks, "examples")
    counted = split(three_tasks, "sentiment", "new")
    assert f"{counted['confident'].n} with a large drop" in page.text
    markup = severity_counts(counted, {"task": "sentiment"})
    where = {part.where for part in (counted["confident"], counted["tiny"]) if part.n}
    assert markup.count("<a ") == len(where) > 0
    for part in (counted["confident"], counted["tiny"]):
        assert visit(three_tasks, "examples", where=part.where).total == part.n
    assert "large drop," not in visit(three_tasks, "examples", outcome="All").text


def open_panel(page, label):
    """Open an expander, which AppTest can't do with a click."""
    page.test.session_state[{"Why": "why", "Similar": "similar"}[label]] = True
    return page.run()


def test_without_models_the_panel_says_so_quietly(visit, three_tasks):
    page = open_panel(visit(three_tasks, "examples"), "Why")
    assert 'fs-note fs-error"' not in page.markup
    told = re.findall(r'<p class="fs-muted">([^<]*)</p>', page.markup)
    assert any("there are only predictions" in each for each in told), told
    assert not [each for each in page.test.get("button_group") if each.label == "Method"]  # nothing to choose


def test_similar_examples_say_how_many_flipped_too(visit, three_tasks):
    page = open_panel(visit(three_tasks, "examples"), "Similar")
    assert re.search(r"\d of the 8 nearest are negative flips too; [\d.]+% of all are", page.text)
    assert "By the words they share" in page.text


@pytest.fixture
def served(tmp_path, three_tasks):
    shutil.copytree(three_tasks.path, tmp_path / "served" / "three")
    return tmp_path / "served"


def press(page, label):
    next(each for each in page.test.button if each.label == label).click()
    return page.run()


def keep_embeddings(folder, rows):
    """Keep vectors of chance for some examples, as `flipscope embed` keeps those of an encoder."""
    comparison = Comparison(folder)
    vectors = np.random.default_rng(0).standard_normal((len(rows), 8)).astype(np.float16)
    table = pa.table({
        "row_id": pa.array(rows, pa.int64()), "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), 8),
        "embedding_cluster": pa.array([0] * len(rows), pa.int32()),
    })  # fmt: skip
    about = AboutEmbeddings(labels=["all"], examples=300, notes=[])
    write_embeddings(folder, comparison.manifest, "new", "sentiment", table, about)


def test_embeddings_that_come_later_are_used_at_once(visit, served, three_tasks):
    rows = [int(row) for row in three_tasks.examples(task="sentiment", limit=None)["row_id"]]
    page = open_panel(visit(served, "examples"), "Similar")
    assert "By the candidate's own embedding" not in page.text
    keep_embeddings(served / "three", sorted(rows))
    assert "By the candidate's own embedding" in page.run().text
    assert "By the words they share" in page.text


def test_an_example_that_is_not_embedded_is_told_and_compared_by_words(visit, served, three_tasks):
    rows = [int(row) for row in three_tasks.examples(task="sentiment", limit=None)["row_id"]]
    keep_embeddings(served / "three", sorted(rows[1:]))
    page = open_panel(visit(served, "examples", row=str(rows[0])), "Similar")
    assert "By the candidate's own embedding: this example is not among those that are embedded." in page.text
    assert "By the words they share" in page.text
    assert "embed" not in [each.key for each in page.test.button]


def test_examples_are_read_where_judgements_can_not_be(visit, served):
    (served / "three" / "triage.sqlite").write_bytes(b"no database" * 100)
    page = visit(served, "examples")
    assert len(page.listed) > 10
    assert page.opened == page.listed[0]
    assert "this is no readable file of judgements" in page.text
    assert str(served) not in page.text
    assert "Ambiguous" not in [each.label for each in page.test.button]


def test_an_example_is_judged_where_it_is_read(visit, served):
    page = visit(served, "examples")
    first = page.opened
    press(page, "Wrong gold label")
    assert page.opened == first
    assert f"row={first}" in page.list_markup
    assert page.list_markup.count("fs-judged-wrong-gold-label") == 1
    table = Triage(Comparison(served / "three")).table("sentiment", "new")
    assert list(table["row_id"]) == [first]
    press(page, "Undo")
    assert Triage(Comparison(served / "three")).table("sentiment", "new").empty


def test_what_is_no_regression_can_only_be_judged_as_an_example(visit, served):
    labels = [each.label for each in visit(served, "examples", outcome="Both wrong").test.button]
    assert {"Wrong gold label", "Ambiguous"} < set(labels)
    assert not {"Real regression", "Acceptable"} & set(labels)


def test_where_nothing_can_be_judged_the_judgement_is_still_shown(visit, served):
    comparison = Comparison(served / "three")
    row = int(comparison.examples("negative_flip", task="sentiment", limit=1)["row_id"][0])
    Triage(comparison).mark([row], "ambiguous", candidate="new", author="Ann", note="both fit")
    page = visit(comparison, "examples")
    assert "? Ambiguous by Ann , just now" in page.text
    assert "both fit" in page.text
    assert "Undo" not in [each.label for each in page.test.button]
