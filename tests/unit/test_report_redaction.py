"""What a redacted report tells of slices whose values may be texts."""

import pytest

from builders import build_comparison, examples, predictions
from flipscope import report
from flipscope.judge.budget import make_budget
from flipscope.judge.verdict import judged
from flipscope.report import Options
from flipscope.store.tables import TaskData


@pytest.fixture
def comparison(tmp_path):
    rows = [
        {
            "example_id": str(i),
            "text_a": f"text {i}",
            "label": "yes",
            "note": f"secret {i}",
            "source": ("web", "mail")[i % 2],
        }
        for i in range(300)
    ]
    answers = {
        "old": predictions("old", [row["example_id"] for row in rows], ("yes", "no"), ["yes"] * 300),
        "new": predictions("new", [row["example_id"] for row in rows], ("yes", "no"), ["no"] * 30 + ["yes"] * 270),
    }
    return build_comparison(tmp_path / "c", [TaskData(examples("t", rows, ("yes", "no")), answers)])


@pytest.mark.parametrize("format", ["html", "md", "json", "xml", "model-card"])
@pytest.mark.parametrize("value", [{}, {"value": "secret 7"}])
def test_values_of_a_column_that_may_hold_texts_are_left_out(comparison, format, value):
    slices = [{"column": "note", "max_nfr": 0.1, "required": True} | value, {"column": "source", "max_nfr": 0.1}]
    found = judged(comparison, make_budget({"max_nfr": 0.2, "slice": slices}))
    assert b"secret 7" in report.render(found, "json")
    written = report.render(found, format, Options(redact=True)).decode()
    assert "secret" not in written
    assert "[redacted]" in written
    if format in ("json", "xml"):
        assert "source = web" in written
