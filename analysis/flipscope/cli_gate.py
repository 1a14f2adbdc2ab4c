"""The commands ``gate`` and ``budget``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flipscope.cli_options import AsJson, BudgetFile, ComparisonFolder, MaxNfr, NoiseFloor, OnlyCandidate
from flipscope.errors import FlipscopeError
from flipscope.printable import printable

if TYPE_CHECKING:
    from flipscope.comparison import Comparison
    from flipscope.judge.budget import Budget
    from flipscope.schema import CandidateResult

budget_app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

_SUMMARY = "GITHUB_STEP_SUMMARY"
_SUMMARY_BYTES = 1 << 20  # GitHub refuses a longer one
_IN_SUMMARY = ("verdict", "summary", "figures")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(gate)
    app.add_typer(budget_app, name="budget")


def gate(
    comparison: ComparisonFolder,
    budget: BudgetFile = None,
    max_nfr: MaxNfr = None,
    noise_floor: NoiseFloor = None,
    candidate: OnlyCandidate = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the limits as JUnit tests.")] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write a Markdown summary.")] = None,
    github_step_summary: Annotated[
        bool, typer.Option("--github-step-summary", help=f"Also append it to the file that ${_SUMMARY} names.")
    ] = False,
    save: Annotated[bool, typer.Option("--save", help="Keep verdict and budget with the comparison.")] = False,
    json: AsJson = False,
) -> None:
    """Judge whether a candidate may ship: exit code 0 if it may, 1 if not, 3 if there is too little data to tell.

    It judges by --budget, by --max-nfr, or by the budget kept with the comparison. Of several candidates the worst
    decides.

    \b
    Examples:
      flipscope gate v1-v2 --max-nfr 0.02
      flipscope gate v1-v2 --budget budget.toml --junit gate.xml --markdown gate.md
      flipscope gate v1-v2 --budget budget.toml --noise-floor v1-seed2 --noise-floor v1-seed3
    """
    from flipscope.comparison import open_comparison
    from flipscope.files import check_target_file, write_whole
    from flipscope.judge.gate import about_file, chosen, exit_code, given_budget, judge_by, keep

    opened = open_comparison(comparison)
    chosen(opened, candidate)
    for path in (junit, markdown):
        if path is not None:
            check_target_file(path)
    summary = _summary_file() if github_step_summary else None
    given = given_budget(budget, max_nfr)
    tell_slips(given, budget or "--max-nfr")
    if not noise_floor:
        _tell_floors(opened)
    with about_file(budget):
        result = judge_by(opened, given, noise_floor=noise_floor or ())
    if save:
        result = keep(result)
        print(printable(f"verdict kept in {opened.path}"), file=sys.stderr)
    shown = chosen(result, candidate)
    files = list(_files(result, candidate, junit, markdown))
    text = _rendered(result, "md", candidate) if summary else b""

    for path, content in files:
        write_whole(path, content)
        print(printable(f"report in {path}"), file=sys.stderr)
    if summary is not None:
        _append(summary, text)
    _print(result, shown, json)
    raise typer.Exit(exit_code([each.verdict for each in shown if each.verdict]))


def tell_slips(budget: Budget | None, where: str | Path) -> None:
    """Say on standard error where a budget has limits that were probably meant in percent."""
    from flipscope.judge.slips import slips

    for line in slips(budget, where):
        print(printable(line), file=sys.stderr)


def _tell_floors(comparison: Comparison) -> None:
    """Say on standard error that the verdict that is kept had a noise floor, and this one has none."""
    verdicts = [each.verdict for each in comparison.results.candidates if each.verdict]
    floors = dict.fromkeys(name for verdict in verdicts for name in verdict.noise_floor)
    if floors:
        told = f"the verdict kept with it was beyond the noise floor of {', '.join(floors)}; this one is without"
        print(printable(f"{comparison.path}: {told}, for which there is --noise-floor"), file=sys.stderr)


def _print(result: Comparison, shown: Sequence[CandidateResult], json: bool) -> None:
    if json:
        from flipscope.schema import CandidateVerdict, Verdicts

        candidates = [
            CandidateVerdict(name=each.name, fingerprint=each.fingerprint, verdict=each.verdict)
            for each in shown
            if each.verdict
        ]
        print(Verdicts(old=result.results.old, candidates=candidates).model_dump_json(indent=2))
    else:
        from flipscope.terminal_verdict import print_verdicts

        print_verdicts(result, shown)


def _files(
    result: Comparison, candidate: str | None, junit: Path | None, markdown: Path | None
) -> Iterator[tuple[Path, bytes]]:
    """Make the reports that are asked for."""
    if junit is not None:
        yield junit, _rendered(result, "xml", candidate)
    if markdown is not None:
        yield markdown, _rendered(result, "md", candidate)


def _rendered(result: Comparison, format: str, candidate: str | None) -> bytes:
    from flipscope.report import Options, render

    sections = _IN_SUMMARY if format == "md" else None
    return render(result, format, Options(sections=sections, candidate=candidate))


def _summary_file() -> Path:
    name = os.environ.get(_SUMMARY)
    if not name:
        raise FlipscopeError(
            f"the environment variable {_SUMMARY} is not set",
            where="--github-step-summary",
            do="GitHub Actions sets it; elsewhere use --markdown FILE",
        )
    from flipscope.files import check_target_file

    check_target_file(Path(name))
    return Path(name)


def _append(path: Path, text: bytes) -> None:
    """Append a summary, at most as long as GitHub takes together with what is there already."""
    before = path.stat().st_size if path.exists() else 0
    room = _SUMMARY_BYTES - before - 1
    if len(text) > room:
        ending = b"\n\nCut here: GitHub takes no more. `flipscope gate --markdown FILE` writes all.\n"
        head = text[: max(room - len(ending), 0)].rpartition(b"\n")[0]
        if not head:
            print("flipscope: there is no room left in the step summary", file=sys.stderr)
            return
        text = head + ending
    with path.open("ab") as stream:
        stream.write((b"\n" if before else b"") + text)


@budget_app.callback()
def _budget() -> None:
    """Write a budget: what a new model may break.

    \b
    Examples:
      flipscope budget init v1-v2 -o budget.toml
    """


@budget_app.command()
def init(
    comparison: ComparisonFolder,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="The file to write; else it is printed.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented budget for a comparison, to be edited.

    It has the comparison's own tasks, columns, behavior tests and classes in it, and can be used as it is.

    \b
    Examples:
      flipscope budget init v1-v2 -o budget.toml
    """
    from flipscope.comparison import open_comparison
    from flipscope.files import write_whole
    from flipscope.judge.draft import draft

    text = draft(open_comparison(comparison))
    if output is None:
        print(text, end="")
        return
    if output.is_file() and not force:
        raise FlipscopeError("this file is there already", where=output, do="Choose another name, or give --force")
    write_whole(output, text.encode())
    print(printable(f"budget in {output}"), file=sys.stderr)
