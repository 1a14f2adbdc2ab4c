import json
import os
import shutil
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from behavior_samples import behaviors_alone
from builders import build_comparison, examples, predictions
from flipscope.comparison import open_comparison
from flipscope.errors import FlipscopeError
from flipscope.store.tables import TaskData
from flipscope.store.triage import FILE, JUDGEMENTS, Triage
from flipscope.store.triage_log import Entry
from studies import study_comparison

LABELS = ("bad", "fine", "good")
#         text      gold    old     new
ROWS = {
    "a": ("rather", "good", "good", "bad"),
    "b": ("splendid", "good", "good", "fine"),
    "c": ("awful", "bad", "bad", "fine"),
    "d": ("so so", "fine", "bad", "fine"),
    "e": ("dull", "bad", "good", "good"),
    "f": ("great", "good", "good", "good"),
}


def compared(folder, rows=ROWS, *, texts=True, labels=LABELS, **more):
    """Make a comparison of rows by id: text, gold label, old answer, and the answers of `new` and of others."""
    table = [
        {"example_id": name, "text_a": row[0] if texts else None, "label": row[1], "source": "web"}
        for name, row in rows.items()
    ]
    answers = {"old": [row[2] for row in rows.values()], "new": [row[3] for row in rows.values()]}
    made = {name: predictions(name, list(rows), labels, given) for name, given in (answers | more).items()}
    return build_comparison(folder, [TaskData(examples("t", table, labels), made)])


def ids(comparison, *names):
    found = comparison.query("SELECT DISTINCT example_id, row_id FROM facts").set_index("example_id")["row_id"]
    return [int(found[name]) for name in names]


def judged(comparison, candidate=None):
    table = Triage(comparison).table(candidate=candidate)
    return dict(zip(table["example_id"], table["judgement"], strict=True))


@pytest.fixture
def comparison(tmp_path):
    return compared(tmp_path / "v1-v2")


@pytest.fixture
def triage(comparison):
    return Triage(comparison)


def test_nothing_is_judged_and_nothing_written_at_first(comparison, triage):
    assert triage.table().empty
    assert triage.summary().judgements == dict.fromkeys(JUDGEMENTS, 0)
    assert triage.summary().unjudged == 3
    assert not (comparison.path / FILE).exists()


def test_a_judgement_is_told_with_note_author_and_time(comparison, triage):
    assert triage.mark(ids(comparison, "b", "a"), "wrong_gold_label", note="not so", author="ann").changed == 2
    found = triage.of(ids(comparison, "c", "b", "a"))
    assert found["row_id"].tolist() == ids(comparison, "b", "a")
    assert found[["judgement", "note", "author", "carried_from"]].drop_duplicates().to_numpy().tolist() == [
        ["wrong_gold_label", "not so", "ann", ""]
    ]
    assert found["time"].str.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z").all()


def test_the_latest_judgement_counts_and_all_stay_in_the_history(comparison, triage):
    (a,) = ids(comparison, "a")
    triage.mark([a], "wrong_gold_label", note="hm", author="ann")
    triage.mark([a], "real_regression", author="ben")
    triage.mark([a], None, author="eve")
    assert triage.table().empty
    told = triage.history(a)[["judgement", "note", "author"]].to_numpy().tolist()
    # what takes the place of another judgement takes that back
    assert told == [
        [None, "", "eve"],
        ["real_regression", "", "ben"],
        [None, "", "ben"],
        ["wrong_gold_label", "hm", "ann"],
    ]


def test_to_judge_the_same_again_changes_nothing(comparison, triage):
    rows = ids(comparison, "a", "b")
    assert triage.mark(rows, "ambiguous", author="ann").changed == 2
    before = triage.version
    assert triage.mark(rows, "ambiguous", author="ann").changed == 0
    assert triage.version == before
    assert triage.mark(rows[:1], "ambiguous", note="why", author="ann").changed == 1
    assert triage.version != before


def test_a_note_stays_with_the_judgement_it_explains(comparison, triage):
    (a,) = ids(comparison, "a")
    triage.mark([a], "acceptable", note="praise", author="ann")
    assert triage.mark([a], "acceptable", author="ann").changed == 0
    triage.mark([a], "real_regression", author="ben")
    assert triage.of([a])[["judgement", "note"]].to_numpy().tolist() == [["real_regression", ""]]


def test_only_what_is_judged_as_expected_is_judged(comparison, triage):
    a, b, c = rows = ids(comparison, "a", "b", "c")
    triage.mark([a], "wrong_gold_label", note="praise", author="ann")
    marked = triage.mark(rows, "acceptable", author="bulk", expected={})
    assert (marked.changed, marked.left) == (2, (a,))
    assert judged(comparison) == {"a": "wrong_gold_label", "b": "acceptable", "c": "acceptable"}
    assert triage.of([a])["note"].tolist() == ["praise"]
    triage.mark([b], "ambiguous", author="ben")
    undone = triage.mark([b, c], None, author="bulk", expected=dict.fromkeys([b, c], marked.time))
    assert (undone.changed, undone.left) == (1, (b,))
    assert judged(comparison) == {"a": "wrong_gold_label", "b": "ambiguous"}
    seen = dict(triage.of(rows)[["row_id", "time"]].to_numpy().tolist())
    assert triage.mark(rows, "real_regression", expected=seen).left == ()
    assert triage.mark([a], "ambiguous", expected=seen).left == (a,)


def test_nobody_is_overruled_unseen_however_close_the_writing(comparison, triage):
    (a,) = ids(comparison, "a")
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda who: triage.mark([a], "ambiguous", author=who, expected={}), "abcdefgh"))
    assert sorted(each.changed for each in told) == [0] * 7 + [1]
    assert len(triage.history(a)) == 1


def test_a_judgement_of_the_label_is_shared_by_candidates_and_one_of_the_answer_only_with_the_same_answer(tmp_path):
    large = ["bad", "bad", "fine", "fine", "good", "good"]
    comparison = compared(tmp_path / "c", large=large)
    triage = Triage(comparison)
    triage.mark(ids(comparison, "a"), "acceptable", candidate="new")  # large says the same
    triage.mark(ids(comparison, "b"), "acceptable", candidate="new")  # large says bad, not fine
    triage.mark(ids(comparison, "c"), "wrong_gold_label", candidate="new")
    assert judged(comparison, "new") == {"a": "acceptable", "b": "acceptable", "c": "wrong_gold_label"}
    assert judged(comparison, "large") == {"a": "acceptable", "c": "wrong_gold_label"}
    triage.mark(ids(comparison, "b"), "real_regression", candidate="large")
    assert (judged(comparison, "new")["b"], judged(comparison, "large")["b"]) == ("acceptable", "real_regression")
    triage.mark(ids(comparison, "b"), "ambiguous", candidate="new")  # about the example: comes before both
    assert (judged(comparison, "new")["b"], judged(comparison, "large")["b"]) == ("ambiguous", "ambiguous")


def test_examples_with_the_same_content_are_judged_together(tmp_path):
    comparison = compared(tmp_path / "c", ROWS | {"a2": ROWS["a"]})
    assert Triage(comparison).mark(ids(comparison, "a"), "acceptable").changed == 1
    assert judged(comparison) == {"a": "acceptable", "a2": "acceptable"}


def test_a_copy_that_is_no_flip_is_judged_too_whatever_else_is_judged(tmp_path):
    comparison = compared(tmp_path / "c", ROWS | {"a2": ("rather", "good", "good", "good")})
    triage = Triage(comparison)
    triage.mark(ids(comparison, "a"), "wrong_gold_label")
    assert (judged(comparison), triage.summary().left_out) == (dict.fromkeys(("a", "a2"), "wrong_gold_label"), 2)
    triage.mark(ids(comparison, "e"), "ambiguous")
    assert triage.summary().left_out == 2


@pytest.mark.parametrize("row_id", [10**20, -1, 1.5, "x", None])
def test_a_row_id_that_is_none_is_told(triage, row_id):
    for call in (
        lambda: triage.mark([row_id], "ambiguous"),
        lambda: triage.of([row_id]),
        lambda: triage.history(row_id),
    ):
        with pytest.raises(FlipscopeError, match="no example with the number"):
            call()


def test_what_can_not_be_judged_is_refused_and_nothing_is_judged(comparison, triage):
    for rows, judgement, told in [
        (ids(comparison, "a", "f"), "acceptable", "answered right, such as f"),
        ([*ids(comparison, "a"), 99], "ambiguous", "no example with the number 99"),
        (ids(comparison, "a"), "nonsense", "there is no judgement 'nonsense'"),
    ]:
        with pytest.raises(FlipscopeError, match=told):
            triage.mark(rows, judgement)
    with pytest.raises(FlipscopeError, match="no candidate"):
        triage.mark(ids(comparison, "a"), "ambiguous", candidate="other")
    with pytest.raises(FlipscopeError, match="not valid Unicode"):
        triage.mark(ids(comparison, "a"), "ambiguous", note="\udc80")
    with pytest.raises(FlipscopeError, match="the name is longer than 200 characters"):
        triage.mark(ids(comparison, "a"), "ambiguous", author="x" * 201)
    assert triage.table().empty


def test_figures_without_wrong_gold_labels_worked_out_by_hand(comparison, triage):
    triage.mark(ids(comparison, "a"), "wrong_gold_label", author="ann")  # a negative flip
    triage.mark(ids(comparison, "e"), "wrong_gold_label", author="ben")  # wrong in both
    triage.mark(ids(comparison, "b"), "acceptable")
    triage.mark(ids(comparison, "d"), "ambiguous")
    found = triage.summary()
    assert found.judgements == {"real_regression": 0, "wrong_gold_label": 1, "ambiguous": 0, "acceptable": 1}
    assert (found.unjudged, found.left_out, found.others) == (1, 2, {"wrong_gold_label": 1, "ambiguous": 1})
    # old right: a b c f; new right: d f; of six
    assert (found.as_is.n, found.as_is.negative_flip, found.as_is.nfr.value) == (6, 3, 0.5)
    assert (found.as_is.accuracy_old, found.as_is.accuracy_new) == (4 / 6, 2 / 6)
    # of b c d f, broken are b and c
    assert (found.without.n, found.without.negative_flip, found.without.nfr.value) == (4, 2, 0.5)
    assert (found.without.accuracy_old, found.without.accuracy_new, found.without.pfr.value) == (3 / 4, 2 / 4, 1 / 4)
    # Wilson's interval of 2 of 4 at 95 %
    assert (found.without.nfr.low, found.without.nfr.high) == pytest.approx((0.1500, 0.8500), abs=1e-4)
    assert {"ann", "ben"} <= set(found.authors)
    assert triage.summaries() == [found]


def test_figures_of_nothing_have_no_rate(tmp_path):
    comparison = compared(tmp_path / "c", {"a": ROWS["a"]})
    Triage(comparison).mark(ids(comparison, "a"), "wrong_gold_label")
    without = Triage(comparison).summary().without
    assert (without.n, without.nfr.value, without.nfr.reason) == (0, None, "no_examples")


def test_a_figure_as_it_is_is_that_of_the_comparison(comparison, triage):
    result, found = comparison.result(), triage.summary().as_is
    assert (found.nfr, found.pfr, found.accuracy_delta) == (result.nfr, result.pfr, result.accuracy_delta)
    assert (found.accuracy_old, found.accuracy_new) == (result.accuracy_old, result.accuracy_new)


def test_judgements_are_carried_over_after_the_data_were_shuffled_and_grew(tmp_path, comparison, triage):
    triage.mark(ids(comparison, "a", "e"), "wrong_gold_label", note="see", author="ann")
    triage.mark(ids(comparison, "b"), "acceptable")
    renamed = {f"n{place}": ROWS[name] for place, name in enumerate("fedcba")}
    later = compared(tmp_path / "v1-v3", {"x": ("new one", "bad", "bad", "good")} | renamed)
    found = Triage(later).import_(comparison.path)
    assert (found.title, found.read, found.taken, found.known, found.unfit) == ("v1-v2", 3, 3, 0, 0)
    assert judged(later) == {"n5": "wrong_gold_label", "n1": "wrong_gold_label", "n4": "acceptable"}
    carried = Triage(later).of(ids(later, "n5")).iloc[0]
    assert (carried["note"], carried["author"], carried["carried_from"]) == ("see", "ann", "v1-v2")
    again = Triage(later).import_(comparison.path)
    assert (again.taken, again.known) == (0, 3)


def test_another_gold_label_text_or_answer_is_another_thing(tmp_path, comparison, triage):
    triage.mark(ids(comparison, "a", "b"), "wrong_gold_label")
    triage.mark(ids(comparison, "c"), "real_regression")
    later = compared(
        tmp_path / "later",
        {
            "a": ("rather", "fine", "good", "bad"),  # another gold label
            "b": ("splendid", "good", "good", "bad"),  # another answer, and only the label was judged
            "c": ("awful", "bad", "bad", "good"),  # another wrong answer
        },
    )
    found = Triage(later).import_(comparison.path)
    assert (found.read, found.taken, found.unfit) == (3, 1, 2)
    assert judged(later) == {"b": "wrong_gold_label"}


def test_texts_and_labels_can_not_be_confused(tmp_path):
    rows = {"a": ("x", "1", "1", "2"), "b": ("x1", "1", "1", "2"), "c": ("x\x1f", "1", "1", "2")}
    comparison = compared(tmp_path / "c", rows, labels=("1", "2"))
    Triage(comparison).mark(ids(comparison, "a"), "ambiguous")
    assert judged(comparison) == {"a": "ambiguous"}


def test_without_texts_judgements_go_by_id_and_gold_label(tmp_path):
    comparison = compared(tmp_path / "c", texts=False)
    Triage(comparison).mark(ids(comparison, "a", "e"), "ambiguous")
    later = compared(tmp_path / "later", {"e": ROWS["e"], "a": ("", "fine", "fine", "bad")}, texts=False)
    assert Triage(later).import_(comparison.path).taken == 1
    assert judged(later) == {"e": "ambiguous"}


def test_of_two_judgements_the_later_one_counts_and_both_are_kept(tmp_path, comparison, triage):
    other = compared(tmp_path / "other")
    Triage(other).mark(ids(other, "a"), "ambiguous", author="early")
    triage.mark(ids(comparison, "a"), "wrong_gold_label", author="late")
    Triage(other).mark(ids(other, "b"), "ambiguous", author="late")
    triage_b = triage.mark(ids(comparison, "b"), "ambiguous", author="latest")
    assert triage_b.changed == 1
    found = Triage(other).import_(comparison.path)
    assert (found.taken, judged(other)) == (2, {"a": "wrong_gold_label", "b": "ambiguous"})
    assert Triage(other).history(ids(other, "a")[0])["author"].tolist() == ["late", "early"]
    back = triage.import_(other.path)
    assert (back.taken, back.known) == (0, 2)
    assert triage.of(ids(comparison, "a"))["author"].tolist() == ["late"]


def test_the_later_one_counts_also_where_one_is_about_the_example_and_one_about_the_answer(
    tmp_path, comparison, triage
):
    other = compared(tmp_path / "other")
    triage.mark(ids(comparison, "a"), "ambiguous", author="early")
    Triage(other).mark(ids(other, "a"), "real_regression", author="late")
    Triage(other).mark(ids(other, "b"), "acceptable", author="early")
    triage.mark(ids(comparison, "b"), "wrong_gold_label", author="late")
    found = triage.import_(other.path)
    assert (found.read, found.taken, found.known) == (2, 1, 1)
    assert Triage(other).fitting()[0].judgements == 1
    assert Triage(other).import_(comparison.path).taken == 1
    assert judged(comparison) == judged(other) == {"a": "real_regression", "b": "wrong_gold_label"}
    assert triage.summary().left_out == 1


def test_what_was_taken_back_later_is_taken_back_here_too(tmp_path, comparison, triage):
    other = compared(tmp_path / "other")
    triage.mark(ids(comparison, "a"), "ambiguous")
    Triage(other).import_(comparison.path)
    triage.mark(ids(comparison, "a"), None)
    assert Triage(other).import_(comparison.path).taken == 1
    assert judged(other) == {}


def test_a_judgement_made_here_counts_whatever_other_clocks_say(comparison, triage, tmp_path):
    triage.mark(ids(comparison, "a"), "ambiguous")
    _set_time(comparison, "2050-01-01T00:00:00.000000Z")
    triage.mark(ids(comparison, "a"), "acceptable")
    assert judged(comparison) == {"a": "acceptable"}


@pytest.mark.parametrize("folder", [True, False])
def test_a_judgement_that_is_still_to_come_is_not_taken_over(comparison, triage, tmp_path, folder):
    other = compared(tmp_path / "other")
    triage.mark(ids(comparison, "a"), "ambiguous")
    _set_time(comparison, "2099-12-31T23:59:59.999999Z")
    triage.export(tmp_path / "x.jsonl")
    with pytest.raises(FlipscopeError, match=r"2099-12-31.* is still to come"):
        Triage(other).import_(comparison.path if folder else tmp_path / "x.jsonl")
    assert Triage(other).fitting() == []
    assert judged(other) == {}


@pytest.mark.parametrize("year", [2099, 9999])
def test_no_clock_makes_the_file_unreadable(comparison, triage, year):
    triage.mark(ids(comparison, "a"), "ambiguous")
    _set_time(comparison, f"{year}-12-31T23:59:59.999999Z")
    if year == 2099:
        triage.mark(ids(comparison, "a"), "acceptable")
    else:
        with pytest.raises(FlipscopeError, match="no later time than 9999"):
            triage.mark(ids(comparison, "a"), "acceptable")
    assert judged(comparison) == {"a": "acceptable" if year == 2099 else "ambiguous"}


def _set_time(comparison, time):
    with closing(sqlite3.connect(comparison.path / FILE)) as con, con:
        con.execute("UPDATE history SET time = ?", [time])


def test_a_folder_written_anew_keeps_its_judgements(comparison, triage):
    triage.mark(ids(comparison, "a", "e"), "wrong_gold_label")
    again = compared(comparison.path, {"z": ("one more", "bad", "bad", "bad")} | ROWS)
    assert judged(again) == {"a": "wrong_gold_label", "e": "wrong_gold_label"}
    with pytest.raises(FlipscopeError, match="written anew or deleted"):
        triage.mark([0], "ambiguous")


def test_comparisons_beside_it_are_offered_the_last_judged_first(tmp_path, comparison, triage):
    triage.mark(ids(comparison, "a", "b"), "wrong_gold_label")
    others = [compared(tmp_path / name) for name in ("empty", "v1-v3")]
    study = study_comparison(tmp_path / "study")
    Triage(others[1]).mark(ids(others[1], "c"), "ambiguous")
    (tmp_path / "broken").mkdir()
    shutil.copytree(comparison.path, tmp_path / "broken", dirs_exist_ok=True)
    (tmp_path / "broken" / FILE).write_text("no database")
    os.utime(comparison.path / FILE, (1, 1))
    found = Triage(others[0]).fitting()
    assert [(each.title, each.judgements) for each in found] == [("v1-v3", 1), ("v1-v2", 2)]
    Triage(others[0]).import_(found[1].path)
    assert [each.title for each in Triage(others[0]).fitting()] == ["v1-v3"]
    assert Triage(study).fitting() == []


def test_nothing_lies_beside_the_file_while_nobody_asks(comparison, triage):
    triage.mark(ids(comparison, "a"), "ambiguous")
    triage.table()
    assert [path.name for path in comparison.path.iterdir() if path.name.startswith("triage")] == [FILE]
    shutil.move(comparison.path, comparison.path.with_name("renamed"))
    assert judged(open_comparison(comparison.path.with_name("renamed"))) == {"a": "ambiguous"}


def test_a_network_file_system_is_told_and_has_no_write_ahead_log(comparison, triage, monkeypatch, tmp_path):
    triage.mark(ids(comparison, "a"), "ambiguous")
    mounts = tmp_path / "mounts"
    mounts.write_text(f"none / ext4 rw 0 0\nserver:/x {comparison.path.parent} nfs4 rw 0 0\n")
    monkeypatch.setattr("flipscope.store.triage_log._MOUNTS", mounts)
    assert "network file system" in triage.notes[0]
    triage.mark(ids(comparison, "b"), "ambiguous")
    assert judged(comparison) == {"a": "ambiguous", "b": "ambiguous"}
    assert (comparison.path / FILE).read_bytes()[18:20] == b"\x01\x01"  # the format of a rollback journal


@pytest.fixture
def as_nobody():
    """Give up the rights of the administrator for a moment; folders of pytest are closed to others."""
    if os.geteuid() != 0:
        yield lambda: None
        return
    yield lambda: os.seteuid(65534)
    os.seteuid(0)


@pytest.mark.parametrize("under_way", [False, True])
def test_a_folder_that_can_not_be_written_to_is_read_all_the_same(as_nobody, under_way):
    with tempfile.TemporaryDirectory() as base:
        comparison = compared(Path(base) / "c")
        triage, rows = Triage(comparison), ids(comparison, "a", "b")
        triage.mark(rows[:1], "ambiguous")
        if under_way:  # as after a power cut: the judgement is in the write-ahead log alone
            with sqlite3.connect(comparison.path / FILE) as con:
                con.execute("SELECT * FROM history").fetchall()
                triage.mark(rows[1:], "acceptable")
                for suffix in ("", "-wal"):
                    shutil.copy(comparison.path / f"{FILE}{suffix}", Path(base) / f"kept{suffix}")
            con.close()
            for suffix in ("", "-wal"):
                shutil.copy(Path(base) / f"kept{suffix}", comparison.path / f"{FILE}{suffix}")
        Path(base).chmod(0o755)
        comparison.path.chmod(0o555)
        as_nobody()
        found = judged(comparison)
        with pytest.raises(FlipscopeError, match="this folder can't be written to"):
            triage.mark(rows, "wrong_gold_label")
        os.seteuid(0) if os.getuid() == 0 else None
        comparison.path.chmod(0o755)
    assert found == {"a": "ambiguous"} | ({"b": "acceptable"} if under_way else {})


def _text_file(file):
    file.write_text("this is no database, and long enough to be sure of that\n" * 100)


def _other_database(file):
    with sqlite3.connect(file) as con:
        con.execute("CREATE TABLE bookmarks (url TEXT)")
    con.close()


def _of_the_future(file):
    with sqlite3.connect(file) as con:
        con.execute("PRAGMA user_version = 99")
    con.close()


def _with_trigger(file):
    with sqlite3.connect(file) as con:
        con.execute("CREATE TRIGGER more AFTER INSERT ON history BEGIN DELETE FROM history; END")
    con.close()


def _other_judgement(file):
    with sqlite3.connect(file) as con:
        con.execute("UPDATE history SET judgement = '<b>great</b>'")
    con.close()


def _torn(file):
    file.write_bytes(file.read_bytes()[:5000])


def _foreign(file):
    file.unlink()
    _other_database(file)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_text_file, "no readable file of judgements"),
        (_other_database, "another program"),
        (_foreign, "another program"),
        (_of_the_future, "newer version"),
        (_with_trigger, "another program"),
        (_other_judgement, "judgement is none of"),
        (_torn, "no readable file of judgements"),
    ],
)
def test_a_file_that_is_damaged_or_not_ours_is_told_and_left_as_it_is(comparison, triage, damage, told):
    rows = ids(comparison, "a", "b", "c")
    triage.mark(rows, "ambiguous")
    damage(comparison.path / FILE)
    before = (comparison.path / FILE).read_bytes()
    with pytest.raises(FlipscopeError, match=told):
        triage.table()
    with pytest.raises(FlipscopeError, match=told):
        triage.mark(rows, "wrong_gold_label")
    assert (comparison.path / FILE).read_bytes() == before


def test_an_export_brings_everything_back_and_has_no_texts(comparison, triage, tmp_path):
    triage.mark(ids(comparison, "a", "b"), "wrong_gold_label", note="näh", author="ann")
    triage.mark(ids(comparison, "a"), "real_regression")
    file = tmp_path / "judgements.jsonl"
    assert triage.export(file) == 4
    assert "splendid" not in file.read_text()
    before = triage.table()
    (comparison.path / FILE).unlink()
    found = triage.import_(file)
    assert (found.title, found.read, found.taken) == ("v1-v2", 2, 2)
    same = ["example_id", "judgement", "note", "author", "time"]
    assert triage.table()[same].equals(before[same])


def test_of_a_long_history_the_last_entries_are_taken_over(comparison, triage, tmp_path):
    lines = [_entry(time=f"2025-01-01T00:00:00.{place:06d}Z", note=str(place)) for place in range(200)]
    (key,) = triage._rows(ids(comparison, "a"), None)["key"]
    (tmp_path / "x.jsonl").write_text("\n".join([HEAD, *lines]).replace("0" * 32, key))
    assert triage.import_(tmp_path / "x.jsonl").taken == 1
    told = triage.history(ids(comparison, "a")[0])["note"].tolist()
    assert told == [str(place) for place in range(199, 149, -1)]


notes = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
marks = st.lists(
    st.tuples(
        st.sampled_from("abcdef"), st.sampled_from([None, *JUDGEMENTS]), notes, st.sampled_from(["ann", "ben\n"])
    ),
    max_size=8,
)


@given(marks)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_judgements_survive_an_export_and_an_import(comparison, tmp_path, given_marks):
    triage, file = Triage(comparison), tmp_path / "x.jsonl"
    (comparison.path / FILE).unlink(missing_ok=True)
    for name, judgement, note, author in given_marks:
        right = name in "df" and judgement in ("acceptable", "real_regression")
        triage.mark(ids(comparison, name), "ambiguous" if right else judgement, note=note, author=author)
    before = triage.table().drop(columns="carried_from")
    count = triage.export(file)
    (comparison.path / FILE).unlink(missing_ok=True)
    found = triage.import_(file)
    assert found.unfit == 0
    assert triage.table().drop(columns="carried_from").equals(before)
    assert triage.export(file) == count


def _entry(**changes):
    entry = {
        "key": "0" * 32, "answer": None, "time": "2026-01-01T00:00:00.000000Z", "judgement": "ambiguous", "note": "",
        "author": "ann", "carried_from": "", "task": "t", "label": "bad", "example_id": "a",
    }  # fmt: skip
    return json.dumps(entry | changes)


HEAD = json.dumps({"flipscope_triage": 1, "comparison": "c"})


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "this file is empty"),
        ([_entry()], "line 1: this is no file of judgements"),
        ([json.dumps({"flipscope_triage": 2})], "line 1: it was written by a newer version"),
        ([HEAD, "{"], "line 2: "),
        ([HEAD, _entry(), "", "[]"], "line 4: this is no object with key"),
        ([HEAD, _entry(key="zz")], "line 2: key is no digest"),
        ([HEAD, _entry(judgement="fine")], "line 2: judgement is none of"),
        ([HEAD, _entry(judgement="acceptable")], "line 2: acceptable is about an answer"),
        ([HEAD, _entry(answer="bad")], "line 2: ambiguous is about the example"),
        ([HEAD, _entry(note=3)], "line 2: note is no text"),
        ([HEAD, _entry(note="x" * 10_001)], "line 2: note is no text of at most 10,000"),
        ([HEAD, _entry(author="\ud800")], "line 2: author is not valid Unicode"),
        ([HEAD, _entry(time="2026-01-01")], "line 2: time is not like"),
        ([HEAD, _entry(time="2026-13-01T00:00:00.000000Z")], "line 2: time is not like"),
        ([HEAD, _entry(time="2099-01-01T00:00:00.000000Z")], "line 2: time 2099.* is still to come"),
        ([HEAD, _entry(extra=1)], "line 2: this is no object"),
        ([HEAD, "[" * 100_000], "line 2: "),
    ],
)
def test_a_bad_line_is_told_by_its_number_and_nothing_is_taken_over(comparison, triage, tmp_path, lines, told):
    file = tmp_path / "x.jsonl"
    file.write_text("\n".join(lines))
    with pytest.raises(FlipscopeError, match=told):
        triage.import_(file)
    assert not (comparison.path / FILE).exists()


def test_a_comparison_of_behaviors_alone_has_nothing_to_judge(tmp_path):
    comparison = behaviors_alone(tmp_path)
    assert Triage(comparison).summaries() == []
    assert Triage(comparison).table().empty
    with pytest.raises(FlipscopeError, match="no evaluation data"):
        Triage(comparison).mark([0], "ambiguous")


def test_an_entry_is_written_as_documented():
    assert list(Entry.__dataclass_fields__) == [
        "key", "answer", "time", "judgement", "note", "author", "carried_from", "task", "label", "example_id",
    ]  # fmt: skip
