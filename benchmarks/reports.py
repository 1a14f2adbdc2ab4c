"""Claim: a report of a comparison of 1,000,000 rows takes under 10 s in any format, and a page stays under 3 MB.

    python benchmarks/reports.py [--rows 1000000] [--rounds 3] [--folder DIR]

Each format is written by the whole command, ``flipscope report``, in a process of its own, judged on the way by a
budget with all slices of three columns. Bytes stand beside those of a hundredth of the rows: documents must not grow
with the data; tables of flips do. Seconds are medians, beside those of processor time, which other work on the
machine changes less.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from large_comparison import write_large

from flipscope import report
from flipscope.report.pdf import can_write_pdf

_BUDGET = "max_nfr = 0.031\nmin_accuracy_change = 0\n" + "".join(
    f'\n[[slice]]\ncolumn = "{column}"\nmax_nfr = 0.032\n' for column in ("capability", "source", "length")
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the comparison is kept; used again when it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        small, large = Path(scratch) / "small", options.folder or Path(scratch) / "large"
        write_large(small, options.rows // 100)
        if not large.exists():
            write_large(large, options.rows)
        budget = Path(scratch) / "budget.toml"
        budget.write_text(_BUDGET)
        print(f"{options.rows:,} rows\n{'':<12} seconds    worst  processor         bytes   of 1/100 rows     peak MB")
        for format in report.FORMATS:
            if format == "pdf" and not can_write_pdf():
                print("pdf          WeasyPrint is not installed")
                continue
            target = Path(scratch) / "report"
            runs = [write(large, target, format, budget) for _ in range(options.rounds)]
            size = target.stat().st_size
            write(small, target, format, budget)
            seconds, processor, peaks = zip(*runs, strict=True)
            print(
                f"{format:<12} {statistics.median(seconds):7.1f}  {max(seconds):7.1f}  "
                f"{statistics.median(processor):9.1f}  {size:>12,}  {target.stat().st_size:>14,}  {max(peaks):>10,.0f}",
                flush=True,
            )


def write(folder: Path, target: Path, format: str, budget: Path) -> tuple[float, float, float]:
    """Run the command; get its seconds, those of processor time, and its peak memory in MB."""
    command = [
        sys.executable, "-c", "from flipscope.cli import main; main()", "report", str(folder), "-o", str(target),
        "--format", format, "--budget", str(budget),
    ]  # fmt: skip
    start = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, process.returncode, usage = os.wait4(process.pid, 0)  # of this process alone
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"flipscope report --format {format} failed")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
