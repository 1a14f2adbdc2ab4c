"""Claims: `flipscope --help` answers in under 0.5 s, and comparing two 30,000-row prediction files takes under 3 s.

    python benchmarks/startup.py [--rounds 5] [--rows 30000]

Whole processes, from nothing to exit, beside `python -c "import torch"` and a pandas script that reads the same two
files, joins them and counts the outcomes. Neither command of flipscope imports torch, which is checked here too.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PANDAS = """
import sys, pandas as pd
old, new = (pd.read_csv(path) for path in sys.argv[1:])
both = old.merge(new, on="id", suffixes=("_old", "_new"), validate="one_to_one")
right_old, right_new = both.pred_old == both.label_old, both.pred_new == both.label_old
print(both.groupby([right_old, right_new]).size() / len(both))
"""


def write_predictions(folder: Path, rows: int) -> list[str]:
    random = np.random.default_rng(0)
    label = random.integers(2, size=rows)
    paths = []
    for name, accuracy in (("old", 0.8), ("new", 0.85)):
        pred = np.where(random.random(rows) < accuracy, label, 1 - label)
        lines = [f"ex{i},a sentence that is number {i},{label[i]},{pred[i]}" for i in random.permutation(rows)]
        path = folder / f"{name}.csv"
        path.write_text("\n".join(["id,text,label,pred", *lines]) + "\n")
        paths.append(str(path))
    return paths


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def imports_torch(arguments: list[str]) -> bool:
    code = (
        "import sys; sys.argv = ['flipscope', *sys.argv[1:]]\n"
        "from flipscope.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('torch' in sys.modules, file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return run.stderr.strip().splitlines()[-1] == "True"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=30_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old, new = write_predictions(folder, options.rows)
        flipscope = str(Path(sys.executable).with_name("flipscope"))
        compare = ["compare", "--task", "mine", "--old", old, "--new", new, "--out", str(folder / "out")]
        commands = {
            "flipscope --help": [flipscope, "--help"],
            f"flipscope compare, 2 x {options.rows:,} rows": [flipscope, *compare],
            "pandas: read, join, count": [sys.executable, "-c", PANDAS, old, new],
            "python -c 'import torch'": [sys.executable, "-c", "import torch"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                times[name].append(seconds(command))
        for name, taken in times.items():
            print(f"{name:<42} median {statistics.median(taken):5.2f} s ({min(taken):.2f} to {max(taken):.2f})")
        for arguments in (["--help"], compare):
            print(f"flipscope {arguments[0]} imports torch: {imports_torch(arguments)}")


if __name__ == "__main__":
    main()
