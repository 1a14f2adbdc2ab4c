"""Claim: distillation, ensembles and choosing among seeds break less than retraining does.

    python benchmarks/mitigation.py --out DIR [--train 2000] [--phrases 6000] [--seeds 3] [--selection-seeds 5]

SST-2 of the real data (FLIPSCOPE_REAL_DATA): the old model is `sst2-old`, of 3 layers; new ones are the 6-layer encoder
of `sst2-new` with a new head, fine-tuned on a few thousand sentences. Judged on the 872 sentences of the validation set
and on phrases held out of the training set, told apart by the column `source`. Prints the tables of docs/mitigation.md
as Markdown, whatever comes out. Given again with the same --out, it goes on where it stopped.

Both checkpoints were once trained on 8,000 sentences of the same training set, which ones isn't known: about one held
out phrase in eight is not new to them, to the old model as to the encoder.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pandas as pd

from flipscope.comparison import Comparison
from flipscope.mitigate.run import mitigate
from flipscope.mitigate.spec import MitigationSpec, make_mitigation
from flipscope.progress import for_stream
from flipscope.report.study import study_markdown

REAL = Path(os.environ.get("FLIPSCOPE_REAL_DATA", Path(__file__).parents[2] / "shared" / "data"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--train", type=int, default=2000, help="sentences to train on")
    parser.add_argument("--phrases", type=int, default=6000, help="phrases to judge on, beside the validation set")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--selection-seeds", type=int, default=5)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    data = options.out.with_name(options.out.name + "-data")
    write_data(data, options.phrases)
    comparison = mitigate(spec(data, options), options.out, progress=for_stream())
    study = comparison.manifest.study
    assert study is not None
    print(study_markdown(study))
    print(by_source(comparison))


def write_data(folder: Path, phrases: int) -> None:
    """Hold phrases out of the training set, drawn once and for all, and put them beside the validation set."""
    folder.mkdir(parents=True, exist_ok=True)
    train = pd.read_csv(REAL / "glue/SST-2/train.csv.gz", keep_default_na=False)[["sentence", "label"]]
    dev = pd.read_csv(REAL / "glue/SST-2/dev.csv", keep_default_na=False)[["sentence", "label"]]
    held_out = train.drop_duplicates("sentence").sample(phrases, random_state=0)
    report = pd.concat([dev.assign(source="validation"), held_out.assign(source="phrases")])
    report.to_csv(folder / "report.csv", index=False)
    train.drop(held_out.index).to_csv(folder / "train.csv", index=False)


def spec(data: Path, options: argparse.Namespace) -> MitigationSpec:
    """Say what is tried: retraining, three gates, an ensemble of 3, old and new together, choice among the seeds."""
    gates = ("all", "old_correct", "old_better_conf")
    return make_mitigation(
        {
            "seeds": options.seeds,
            "selection_seeds": options.selection_seeds,
            "training": {"epochs": 1, "learning_rate": 5e-5, "batch_size": 32, "max_length": 128},
            "distillation": [{"name": f"distil_{gate}", "gate": gate, "alpha": [1, 4]} for gate in gates],
            "tasks": [
                {
                    "name": "sst2",
                    "old": str(REAL / "checkpoints/sst2-old"),
                    "new": str(REAL / "checkpoints/sst2-new"),
                    "train": str(data / "train.csv"),
                    "report": str(data / "report.csv"),
                    "select_share": 0.05,
                    "train_limit": options.train,
                }
            ],
        }
    )


def by_source(comparison: Comparison) -> str:
    """Tell the NFR of each method on the validation set and on phrases."""
    study = comparison.manifest.study
    assert study is not None
    slices = comparison.by("source")
    rows = []
    for method in study.methods:
        ours = slices[slices["candidate"].isin(method.candidates)].groupby("source")[["negative_flip", "n"]].sum()
        rates = {name: f"{row.negative_flip / row.n:.2%}" for name, row in ours.iterrows()}
        rows.append({"method": method.method, **rates})
    return _markdown(rows)


def _markdown(rows: list[dict[str, str]]) -> str:
    keys = list(rows[0])
    lines = [keys, ["---"] * len(keys), *([row.get(key, "") for key in keys] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
