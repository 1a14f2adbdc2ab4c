import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipscope.store.triage_exchange import History, news, take_over
from flipscope.store.triage_log import JUDGEMENTS, TriageLog
from flipscope.store.triage_rules import changes, current, next_time, slots

ROWS = {name: {"key": name * 32, "label": "good", "new_pred": "bad", "task": "t", "example_id": name} for name in "ab"}
ABOUTS = {tuple(slots(row["key"], row["label"], row["new_pred"])) for row in ROWS.values()}
PLACES = range(3)

judge = st.tuples(st.just("judge"), st.sampled_from(PLACES), st.sampled_from("ab"), st.sampled_from(JUDGEMENTS))
take_back = st.tuples(st.just("judge"), st.sampled_from(PLACES), st.sampled_from("ab"), st.none())
carry = st.tuples(st.just("carry"), st.sampled_from(PLACES), st.sampled_from(PLACES))
every_way = st.permutations([(to, source) for to in PLACES for source in PLACES if to != source])


def fits(entries):
    return ABOUTS if list(entries) else set()


def counting(log):
    latest = log.latest()
    found = {about[0][0][0]: current(latest, about) for about in ABOUTS}
    return {name: entry.judgement for name, entry in found.items() if entry}


def follow(logs, steps):
    """Judge and import; tell what each example was judged last."""
    last = {}
    for what, place, *more in steps:
        if what == "carry":
            import_(logs[place], logs[more[0]])
        elif judged(logs[place], *more):  # the same again is nothing new
            last[more[0]] = more[1]
    return last


def judged(log, name, judgement):
    def make(latest):
        return list(changes(latest, ROWS[name], judgement, None, "ann", next_time(latest)))

    return log.add([name * 32], make)


def import_(to, source):
    history, before = History("other", source.history()), counting(to)
    offered = news(history, to.latest(), fits)
    taken = take_over(to, history, fits).taken
    differ = sum(before.get(name) != counting(to).get(name) for name in "ab")
    assert offered == taken >= differ
    return taken


@pytest.mark.parametrize("kinds", [judge | carry, judge | take_back | carry])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_after_imports_in_any_order_the_latest_judgement_counts_everywhere(kinds, data):
    steps, ways = data.draw(st.lists(kinds, max_size=8)), data.draw(every_way)
    with tempfile.TemporaryDirectory() as folder:
        logs = [TriageLog(Path(folder) / f"{place}.sqlite") for place in PLACES]
        last = follow(logs, steps)
        for to, source in [*ways, *ways]:
            import_(logs[to], logs[source])
        assert [import_(logs[to], logs[source]) for to, source in ways] == [0] * len(ways)
        found = [counting(log) for log in logs]
        assert found == [found[0]] * 3
        if None not in last.values() and not any(step[-1] is None for step in steps):
            assert found[0] == last
