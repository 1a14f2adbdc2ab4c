"""Where BERT breaks what older models got right on HANS: known by counting its 30 subcases of 1,000 pairs each."""

from __future__ import annotations

import pytest

import flipscope


@pytest.fixture(scope="module", params=["esim", "spinn"])
def update(request, real_data, tmp_path_factory):
    folder = real_data / "predictions" / "hans_eval"
    out = tmp_path_factory.mktemp("hans") / "out"
    old, new = folder / f"{request.param}.csv.gz", folder / "bert.csv.gz"
    return flipscope.compare(old=old, new=new, task="hans", out=out)


def test_subcases_that_regress_are_found_with_their_intervals(update):
    by_subcase = update.by("subcase").set_index("subcase")
    rate = update.result().nfr.value
    # Beyond doubt on half of the pairs: at least twice the rate of the task, and its interval above it.
    worse = by_subcase[(by_subcase["nfr"] > 2 * rate) & (by_subcase["nfr_low"] > 1.5 * rate)]
    assert len(worse) >= 2

    (search,) = flipscope.find_slices(update, limit=20).searches
    listed = {each.where: each for each in search.slices}
    for subcase, counts in worse.iterrows():
        found = listed[f"subcase = '{subcase}'"]
        assert found.confirmed
        assert (found.n, found.negative_flip) == (counts["n"], counts["negative_flip"])
        assert found.confirmation.rate.low > rate
        assert found.confirmation.rate.low <= found.confirmation.rate.value <= found.confirmation.rate.high
    assert search.tested >= len(search.slices)


def test_no_slice_that_regresses_less_than_the_rest_is_confirmed(update):
    (search,) = flipscope.find_slices(update, limit=20).searches
    for each in search.slices:
        if each.confirmed:
            assert each.confirmation.rate.value > search.rate.value
            assert update.count("negative_flip", where=each.where) == each.negative_flip


def test_what_got_better_is_found_too(update):
    (search,) = flipscope.find_slices(update, outcome="positive_flip").searches
    best = update.by("subcase").sort_values("pfr", ascending=False).iloc[0]
    assert any(each.confirmed and f"subcase = '{best['subcase']}'" == each.where for each in search.slices)
