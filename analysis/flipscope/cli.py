"""The command line: parse, call one library function, print. Results go to stdout, all else to stderr."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from urllib.parse import urlencode

import typer

from flipscope import (
    cli_advice,
    cli_behaviors,
    cli_explain,
    cli_families,
    cli_gate,
    cli_mitigate,
    cli_report,
    cli_slices,
    cli_suspects,
    cli_triage,
)
from flipscope.cli_gate import tell_slips
from flipscope.cli_options import (
    Alias,
    AsJson,
    BudgetFile,
    Cache,
    Candidates,
    ComparisonFolder,
    Device,
    FormatChoice,
    IdColumn,
    Labels,
    Limit,
    MaxLength,
    OnlyCandidate,
    OnlyTask,
    Outcome,
    OutputFile,
    Precision,
    PrecisionChoice,
    Rows,
    Sort,
    Text,
    TextB,
    TorchWeights,
    aliases,
    candidates,
    own_tags,
    print_results,
    split,
)
from flipscope.errors import FlipscopeError
from flipscope.printable import printable
from flipscope.streams import make_ready

if TYPE_CHECKING:
    import pandas as pd

    from flipscope.comparison import Comparison
    from flipscope.spec import Spec

app = typer.Typer(
    name="flipscope",
    help="Compare two versions of an NLP model: what broke, what was mended, with evidence.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port of the dashboard.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"flipscope {version('flipscope')}")
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    pass


@app.command()
def compare(
    spec: Annotated[
        Path | None, typer.Argument(metavar="SPEC.toml", help="Several tasks or candidates at once.")
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(help="cola, sst2, mrpc, qqp, mnli, qnli, rte, or a name of your own."),
    ] = None,
    old: Annotated[str | None, typer.Option(metavar="SRC", help="The old model.")] = None,
    new: Candidates = None,
    data: Annotated[
        str | None,
        typer.Option(help="Evaluation set: .csv .tsv .jsonl .parquet, a datasets folder, or name[:config]:split."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The comparison folder to write.")] = ...,  # type: ignore[assignment]
    json: AsJson = False,
    text: Text = None,
    text_b: TextB = None,
    label: Annotated[str | None, typer.Option(help="Column of the gold label.")] = None,
    labels: Labels = None,
    id_column: IdColumn = None,
    alias: Alias = None,
    new_classes: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Classes that the old model does not know, and never answers with."),
    ] = None,
    pred: Annotated[str | None, typer.Option(help="Column of the prediction in prediction files.")] = None,
    probs: Annotated[
        str | None, typer.Option(help="Columns of the probabilities in prediction files: prob_negative,prob_positive.")
    ] = None,
    suite: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SUITE",
            help="Also run a behavior suite: a file, builtin:NAME, or auto for what suits the task. Repeatable.",
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=SQL", help="Add a column to split by: 'long=length(text_a) > 80'. Repeatable."),
    ] = None,
    tags: Annotated[
        bool | None,
        typer.Option(
            "--tags/--no-tags",
            help="Add columns such as has_negation, found by simple rules; by default up to 100,000 rows.",
        ),
    ] = None,
    budget: BudgetFile = None,
    triage: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|COMPARISON", help="Take over what people judged in an earlier comparison, where it fits."
        ),
    ] = None,
    limit: Limit = None,
    device: Device = "auto",
    precision: PrecisionChoice = Precision.auto,
    max_length: MaxLength = None,
    cache: Cache = True,
    allow_torch_weights: TorchWeights = False,
) -> None:
    """Compare an old model with a candidate on the same examples.

    SRC is a checkpoint directory, a .zip, .tar.gz or .tgz of one, a hub id name[@revision], a file of predictions
    (.csv .tsv .jsonl .parquet), ensemble:SRC+SRC for averaged probabilities, or vote:SRC+SRC+SRC for the majority.

    An interrupted run goes on where it stopped when the same command is given again.

    \b
    Examples:
      flipscope compare --task sst2 --old models/v1 --new models/v2 --data dev.csv --out v1-v2
      flipscope compare --task sst2 --old models/v1 --new models/v2 --data dev.csv --suite auto --out v1-v2
      flipscope compare --task tickets --labels bug,question,praise --text body --old v1.csv --new v2.csv --out d
      flipscope compare sample_data/compare.toml --out demo
    """
    from flipscope.judge.budget import read_budget
    from flipscope.pipeline import compare_spec
    from flipscope.predict.runner import Settings
    from flipscope.progress import for_stream

    options = {
        "task": task, "old": old, "new": new, "data": data, "text": text, "text_b": text_b, "label": label,
        "labels": labels, "id": id_column, "alias": alias, "new_classes": new_classes, "pred": pred, "probs": probs,
        "suites": suite, "tags": tag, "builtin_tags": None if tags is None else str(tags),
    }  # fmt: skip
    given = {name: value for name, value in options.items() if value}
    wanted = _spec_of_options(given) if spec is None else _spec_of_file(spec, given)
    if budget is not None:
        wanted = wanted.model_copy(update={"budget": read_budget(budget)})
    tell_slips(wanted.budget, budget or spec or "")
    settings = Settings(device=device, precision=precision.value, max_length=max_length, use_cache=cache)
    comparison = compare_spec(
        wanted,
        out,
        triage=triage,
        limit=limit,
        settings=settings,
        allow_torch_weights=allow_torch_weights,
        progress=for_stream(),
    )
    print_results(comparison, json)


@app.command()
def show(
    comparison: ComparisonFolder,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN[,COLUMN]", help="Split each task by these columns, or test cases by test, cluster, suite."
        ),
    ] = None,
    tests: Annotated[bool, typer.Option("--tests", help="Print every behavior test.")] = False,
    json: AsJson = False,
) -> None:
    """Print the figures of a comparison, of the slices of a column, or of every behavior test.

    \b
    Examples:
      flipscope show demo
      flipscope show demo --by capability
      flipscope show demo --tests
      flipscope show demo --by test,cluster
      flipscope show demo --json
    """
    from flipscope.behaviors.results import KEYS
    from flipscope.comparison import open_comparison

    opened = open_comparison(comparison)
    if tests and not json:
        from flipscope.terminal_behaviors import print_tests

        print_tests(opened)
        return
    if by is None:
        print_results(opened, json)
        return
    columns = list(split(by))
    cases = bool(opened.behaviors) and set(columns) <= set(KEYS) and not set(columns) <= set(opened.columns)
    slices = opened.behaviors.by(columns) if cases else opened.by(columns)
    if json:
        from flipscope.export import slices_json

        print(slices_json(slices))
    else:
        from flipscope.terminal import print_slices

        print_slices(opened, slices, columns, of="cases" if cases else "slices")


@app.command()
def examples(
    comparison: ComparisonFolder,
    outcome: Annotated[
        list[Outcome] | None,
        typer.Option(help="Only these; repeatable. Without it, negative flips come first."),
    ] = None,
    task: OnlyTask = None,
    candidate: OnlyCandidate = None,
    where: Annotated[str | None, typer.Option(metavar="SQL", help="A condition over the columns.")] = None,
    search: Annotated[str | None, typer.Option(metavar="TEXT", help="Only examples with this in a text.")] = None,
    test: Annotated[str | None, typer.Option(help="Cases of this behavior test; 'all' for all tests.")] = None,
    capability: Annotated[str | None, typer.Option(help="Cases of the behavior tests of this capability.")] = None,
    sort: Annotated[Sort, typer.Option(help="severity: the most confident mistakes first.")] = Sort.severity,
    limit: Rows = None,
    format: FormatChoice = None,
    output: OutputFile = None,
) -> None:
    """Print or export examples, such as those the candidate broke.

    \b
    Examples:
      flipscope examples demo --outcome negative_flip --limit 5
      flipscope examples demo --where "old_conf > 0.9 AND capability = 'Negation'"
      flipscope examples demo --outcome negative_flip --search refund -o broken.csv
      flipscope examples demo --test "negated positive adjective" --outcome negative_flip
    """
    from flipscope.comparison import open_comparison
    from flipscope.export import format_of

    opened = open_comparison(comparison)
    kind = format_of(output, format.value if format else None)
    most = limit if limit is not None or kind != "table" else 20
    filters = {
        "outcome": [value.value for value in outcome or []] or None,
        "task": task, "candidate": candidate, "where": where, "search": search,
    }  # fmt: skip
    if test or capability:
        keys = {"test": None if test == "all" else test, "capability": capability}
        found = opened.behaviors.cases(**filters, **keys, sort=sort.value, limit=most)  # type: ignore[arg-type]
        total = opened.behaviors.count(**filters, **keys)  # type: ignore[arg-type]
    else:
        found = opened.examples(**filters, sort=sort.value, limit=most)  # type: ignore[arg-type]
        total = opened.count(**filters)  # type: ignore[arg-type]
    _give(opened, found, total, kind, output)


def _give(opened: Comparison, found: pd.DataFrame, total: int, kind: str, output: Path | None) -> None:
    """Print or write examples, or test cases."""
    cases = "inputs" in found
    if kind != "table":
        from flipscope.export import write_examples

        write_examples(found, kind, output)
        if output is not None:
            rows = ", an input a row" if cases and kind == "csv" else ""
            print(f"{len(found):,} {'cases' if cases else 'examples'} in {output}{rows}", file=sys.stderr)
    elif cases:
        from flipscope.terminal_behaviors import print_cases

        print_cases(opened, found, total)
    else:
        from flipscope.terminal import print_examples

        print_examples(found, total)


@app.command()
def dashboard(
    path: Annotated[
        Path, typer.Argument(metavar="COMPARISON|DIR", help="A comparison, a study, or a folder of comparisons.")
    ] = Path(),
    port: Port = 8501,
    host: Annotated[str, typer.Option(metavar="H", help="Listen there; 0.0.0.0 for all networks.")] = "127.0.0.1",
    root: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="Let visitors name models and data below DIR, besides those below COMPARISON|DIR, the current folder "
            "and the sample data. Repeatable.",
        ),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="TOML with more settings, such as who may log in (docs/serving.md)."),
    ] = None,
    allow_unauthenticated: Annotated[
        bool, typer.Option("--allow-unauthenticated", help="With --host: let in whoever can reach it.")
    ] = False,
    max_upload_gb: Annotated[
        float | None, typer.Option(min=0.001, max=1e6, metavar="N", help="Largest file that is taken; 20 by default.")
    ] = None,
) -> None:
    """Browse comparisons in the browser; of a folder, make new ones too.

    Only this machine can reach it, unless --host names another address. Then somebody has to say who may come in:
    the settings file, or --allow-unauthenticated.

    \b
    Examples:
      flipscope dashboard demo
      flipscope dashboard comparisons/ --port 8600 --root /data/models
      flipscope dashboard comparisons/ --host 0.0.0.0 --settings serving.toml
    """
    from flipscope.comparison import comparison_folder
    from flipscope_app.server import Address, serve

    serve(
        comparison_folder(path),
        Address(host, port),
        roots=root or [],
        settings_file=settings,
        allow_unauthenticated=allow_unauthenticated,
        max_upload_gb=max_upload_gb,
    )


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="The comparison folder to write.")] = Path("demo"),
    port: Port = 8501,
    open_dashboard: Annotated[bool, typer.Option("--dashboard/--no-dashboard", help="Serve it when done.")] = True,
    limit: Limit = None,
    device: Device = "auto",
    precision: PrecisionChoice = Precision.auto,
    max_length: MaxLength = None,
    cache: Cache = True,
) -> None:
    """Compare the sample checkpoints on three tasks and open the dashboard.

    It serves the folder that holds the comparison, so that more can be made there.

    \b
    Examples:
      flipscope demo
      flipscope demo --out /tmp/demo --no-dashboard
    """
    from flipscope.pipeline import compare_spec
    from flipscope.predict.runner import Settings
    from flipscope.progress import for_stream
    from flipscope.samples import sample_spec

    settings = Settings(device=device, precision=precision.value, max_length=max_length, use_cache=cache)
    comparison = compare_spec(sample_spec(), out, limit=limit, settings=settings, progress=for_stream())
    print_results(comparison, False)
    if open_dashboard:
        from flipscope_app.server import Address, serve

        folder = out.resolve()
        serve(folder.parent, Address(port=port, page=f"overview?{urlencode({'comparison': folder.name})}"))


_OPTION_NAMES = {
    "suites": "suite",
    "tags": "tag",
    "builtin_tags": "no-tags",
}  # other than in a spec


def _spec_of_file(path: Path, options: Mapping[str, Any]) -> Spec:
    from flipscope.spec import read_spec

    if options:
        names = ", ".join(f"--{_OPTION_NAMES.get(name, name).replace('_', '-')}" for name in options)
        raise FlipscopeError(f"{names} can't be combined with {path}", do="Write it into the file")
    return read_spec(path)


def _spec_of_options(options: Mapping[str, Any]) -> Spec:
    from flipscope.spec import make_spec

    missing = [f"--{name}" for name in ("task", "old", "new") if name not in options]
    if missing:
        raise FlipscopeError(
            f"{', '.join(missing)} missing", do="Give --task, --old and --new, or a SPEC.toml (see --help)"
        )
    keys = {"task": "name", "new": "candidates"}
    readers: dict[str, Callable[[Any], Any]] = {
        "new": candidates, "alias": aliases, "labels": split, "new_classes": split, "probs": split, "tags": own_tags,
        "suites": tuple,
    }  # fmt: skip
    return make_spec([{keys.get(name, name): readers.get(name, str)(value) for name, value in options.items()}])


cli_behaviors.register(app)
cli_explain.register(app)
cli_report.register(app)
cli_gate.register(app)
cli_mitigate.register(app)
cli_advice.register(app)
cli_slices.register(app)
cli_families.register(app)
cli_suspects.register(app)
cli_triage.register(app)


def _fail(message: str) -> NoReturn:
    print(printable(f"flipscope: {message}"), file=sys.stderr)
    raise SystemExit(2)


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 gate failed, 2 wrong usage or bad input, 3 not enough data."""
    make_ready()
    try:
        app()
    except FlipscopeError as error:
        _fail(str(error))
    except SystemExit as stop:
        if stop.code == 130:  # what typer makes of Ctrl-C
            print("flipscope: stopped; the same command goes on from here", file=sys.stderr)
        raise
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        if error.errno == errno.ENOSPC:
            _fail(f"{place}no space left on the disk. Free some and give the same command again")
        _fail(f"{place}{(error.strerror or str(error) or 'not accessible').lower()}")
    except Exception as error:
        if "FLIPSCOPE_DEBUG" in os.environ:
            raise
        _fail(_unexpected(error))


def _unexpected(error: Exception) -> str:
    reason = (str(error).strip() or "no reason given").splitlines()[0]
    advice = "please report it, with what FLIPSCOPE_DEBUG=1 in the environment prints"
    return f"unexpected {type(error).__name__} ({reason}). This is a mistake in flipscope: {advice}"


if __name__ == "__main__":
    main()
