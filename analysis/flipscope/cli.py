"""The command line: parse, call one library function, print. Results go to stdout, all else to stderr."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from flipscope.errors import FlipscopeError

if TYPE_CHECKING:
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

ComparisonFolder = Annotated[Path, typer.Argument(metavar="COMPARISON", help="A comparison folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


class Outcome(StrEnum):
    """The four outcomes of an example."""

    both_correct = "both_correct"
    negative_flip = "negative_flip"
    positive_flip = "positive_flip"
    both_wrong = "both_wrong"


class Sort(StrEnum):
    """What examples are sorted by."""

    severity = "severity"
    drop = "drop"
    margin = "margin"
    confidence = "confidence"
    id = "id"


class Format(StrEnum):
    """How examples are written."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"


class Precision(StrEnum):
    """Arithmetic of the models."""

    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"
    fp16 = "fp16"


# What every command has that runs models.
Limit = Annotated[int | None, typer.Option(min=1, help="Only the first examples, for a quick look.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")]
PrecisionChoice = Annotated[Precision, typer.Option(help="auto is fp32 on a CPU, fp16 or bf16 on a GPU.")]
MaxLength = Annotated[
    int | None,
    typer.Option(min=8, help="Longest input in tokens; by default what the model allows, at most 512."),
]
Cache = Annotated[bool, typer.Option("--cache/--no-cache", help="Keep and reuse predictions.")]


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
    new: Annotated[
        list[str] | None,
        typer.Option(metavar="[NAME=]SRC", help="The candidate; give it again, with names, for several."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(help="Evaluation set: .csv .tsv .jsonl .parquet, a datasets folder, or name[:config]:split."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The comparison folder to write.")] = ...,  # type: ignore[assignment]
    json: AsJson = False,
    text: Annotated[str | None, typer.Option(help="Column of the (first) text.")] = None,
    text_b: Annotated[str | None, typer.Option(help="Column of the second text.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the gold label.")] = None,
    labels: Annotated[
        str | None, typer.Option(help="Class names in the order of the label ids: negative,positive.")
    ] = None,
    id_column: Annotated[
        str | None, typer.Option("--id", help="Column of the example id; 'none' matches rows by their text.")
    ] = None,
    alias: Annotated[
        list[str] | None,
        typer.Option(metavar="THEIRS=NAME", help="What a model calls a class, and its name in the data. Repeatable."),
    ] = None,
    pred: Annotated[str | None, typer.Option(help="Column of the prediction in prediction files.")] = None,
    probs: Annotated[
        str | None, typer.Option(help="Columns of the probabilities in prediction files: prob_negative,prob_positive.")
    ] = None,
    limit: Limit = None,
    device: Device = "auto",
    precision: PrecisionChoice = Precision.auto,
    max_length: MaxLength = None,
    cache: Cache = True,
    allow_torch_weights: Annotated[
        bool,
        typer.Option("--allow-torch-weights", help="Also load PyTorch's own weight files (no code is run)."),
    ] = False,
) -> None:
    """Compare an old model with a candidate on the same examples.

    SRC is a checkpoint directory, a .zip, .tar.gz or .tgz of one, a hub id name[@revision], a file of predictions
    (.csv .tsv .jsonl .parquet), or ensemble:SRC+SRC for averaged probabilities.

    An interrupted run goes on where it stopped when the same command is given again.

    \b
    Examples:
      flipscope compare --task sst2 --old models/v1 --new models/v2 --data dev.csv --out v1-v2
      flipscope compare --task tickets --labels bug,question,praise --text body --old v1.csv --new v2.csv --out d
      flipscope compare sample_data/compare.toml --out demo
    """
    from flipscope.pipeline import compare_spec
    from flipscope.predict.runner import Settings
    from flipscope.progress import for_stream

    options = {
        "task": task, "old": old, "new": new, "data": data, "text": text, "text_b": text_b, "label": label,
        "labels": labels, "id": id_column, "alias": alias, "pred": pred, "probs": probs,
    }  # fmt: skip
    given = {name: value for name, value in options.items() if value}
    wanted = _spec_of_options(given) if spec is None else _spec_of_file(spec, given)
    settings = Settings(device=device, precision=precision.value, max_length=max_length, use_cache=cache)
    comparison = compare_spec(
        wanted,
        out,
        limit=limit,
        settings=settings,
        allow_torch_weights=allow_torch_weights,
        progress=for_stream(),
    )
    _print_results(comparison, json)


@app.command()
def show(
    comparison: ComparisonFolder,
    by: Annotated[str | None, typer.Option(metavar="COLUMN[,COLUMN]", help="Split each task by these columns.")] = None,
    json: AsJson = False,
) -> None:
    """Print the figures of a comparison, or of the slices of a column.

    \b
    Examples:
      flipscope show demo
      flipscope show demo --by capability
      flipscope show demo --json
    """
    from flipscope.comparison import open_comparison

    opened = open_comparison(comparison)
    if by is None:
        _print_results(opened, json)
        return
    columns = list(_split(by))
    slices = opened.by(columns)
    if json:
        from flipscope.export import slices_json

        print(slices_json(slices))
    else:
        from flipscope.terminal import print_slices

        print_slices(opened, slices, columns)


@app.command()
def examples(
    comparison: ComparisonFolder,
    outcome: Annotated[
        list[Outcome] | None,
        typer.Option(help="Only these; repeatable. Without it, negative flips come first."),
    ] = None,
    task: Annotated[str | None, typer.Option(help="Only this task.")] = None,
    candidate: Annotated[str | None, typer.Option(help="Only this candidate.")] = None,
    where: Annotated[str | None, typer.Option(metavar="SQL", help="A condition over the columns.")] = None,
    search: Annotated[str | None, typer.Option(metavar="TEXT", help="Only examples with this in a text.")] = None,
    sort: Annotated[Sort, typer.Option(help="severity: the most confident mistakes first.")] = Sort.severity,
    limit: Annotated[
        int | None, typer.Option(min=1, help="How many; by default 20 on the terminal, all in a file.")
    ] = None,
    format: Annotated[Format | None, typer.Option(help="By default what the suffix of -o says, else a table.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to a file.")] = None,
) -> None:
    """Print or export examples, such as those the candidate broke.

    \b
    Examples:
      flipscope examples demo --outcome negative_flip --limit 5
      flipscope examples demo --where "old_conf > 0.9 AND capability = 'Negation'"
      flipscope examples demo --outcome negative_flip --search refund -o broken.csv
    """
    from flipscope.comparison import open_comparison
    from flipscope.export import format_of, write_examples

    opened = open_comparison(comparison)
    kind = format_of(output, format.value if format else None)
    most = limit if limit is not None or kind != "table" else 20
    filters = {
        "outcome": [value.value for value in outcome or []] or None,
        "task": task, "candidate": candidate, "where": where, "search": search,
    }  # fmt: skip
    found = opened.examples(**filters, sort=sort.value, limit=most)  # type: ignore[arg-type]
    if kind == "table":
        from flipscope.terminal import print_examples

        print_examples(found, opened.count(**filters))  # type: ignore[arg-type]
    else:
        write_examples(found, kind, output)
        if output is not None:
            print(f"{len(found):,} examples in {output}", file=sys.stderr)


@app.command()
def dashboard(
    path: Annotated[
        Path, typer.Argument(metavar="COMPARISON|DIR", help="A comparison, or a folder of comparisons.")
    ] = Path(),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8501,
) -> None:
    """Browse comparisons in the browser, on this machine only.

    \b
    Examples:
      flipscope dashboard demo
      flipscope dashboard comparisons/ --port 8600
    """
    _serve(path, port)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="The comparison folder to write.")] = Path("demo"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the dashboard.")] = 8501,
    open_dashboard: Annotated[bool, typer.Option("--dashboard/--no-dashboard", help="Serve it when done.")] = True,
    limit: Limit = None,
    device: Device = "auto",
    precision: PrecisionChoice = Precision.auto,
    max_length: MaxLength = None,
    cache: Cache = True,
) -> None:
    """Compare the sample checkpoints on three tasks and open the dashboard.

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
    _print_results(comparison, False)
    if open_dashboard:
        _serve(out, port)


def _serve(path: Path, port: int) -> None:
    from flipscope_app.server import serve

    serve(path, port)


def _print_results(comparison: Comparison, json: bool) -> None:
    if json:
        print(comparison.results.model_dump_json(indent=2))
    else:
        from flipscope.terminal import print_summary

        print_summary(comparison)


def _split(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _candidates(given: list[str]) -> dict[str, str]:
    """Read NAME=SRC; a single SRC without a name is called 'new'."""
    if len(given) == 1 and "=" not in given[0]:
        return {"new": given[0]}
    return _named(given, "--new", "name every candidate, as in --new base=models/v2 --new large=models/v3")


def _aliases(given: list[str]) -> dict[str, str]:
    return _named(given, "--alias", "write it as in --alias NEG=negative")


def _named(given: list[str], option: str, advice: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for item in given:
        name, found, value = item.partition("=")
        if not found or not name or not value or name in named:
            raise FlipscopeError(f"can't use {item!r}", where=option, do=advice.capitalize())
        named[name] = value
    return named


def _spec_of_file(path: Path, options: Mapping[str, Any]) -> Spec:
    from flipscope.spec import read_spec

    if options:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in options)
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
        "new": _candidates, "alias": _aliases, "labels": _split, "probs": _split,
    }  # fmt: skip
    return make_spec([{keys.get(name, name): readers.get(name, str)(value) for name, value in options.items()}])


def _fail(message: str) -> NoReturn:
    print(f"flipscope: {message}", file=sys.stderr)
    raise SystemExit(2)


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 gate failed, 2 wrong usage or bad input, 3 not enough data."""
    _show_anything()
    try:
        app()
    except FlipscopeError as error:
        _fail(str(error))
    except SystemExit as stop:
        if stop.code == 130:  # what typer makes of Ctrl-C
            print("flipscope: stopped; the same command goes on from here", file=sys.stderr)
        raise
    except BrokenPipeError:  # the reader, such as head, has seen enough
        sys.stderr.close()
        raise SystemExit(0) from None
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        if error.errno == errno.ENOSPC:
            _fail(f"{place}no space left on the disk. Free some and give the same command again")
        _fail(f"{place}{(error.strerror or str(error) or 'not accessible').lower()}")
    except Exception as error:
        if "FLIPSCOPE_DEBUG" in os.environ:
            raise
        _fail(_unexpected(error))


def _show_anything() -> None:
    """Let characters that a terminal can't show be spelled out, rather than stop the work."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _unexpected(error: Exception) -> str:
    reason = (str(error).strip() or "no reason given").splitlines()[0]
    advice = "please report it, with what FLIPSCOPE_DEBUG=1 in the environment prints"
    return f"unexpected {type(error).__name__} ({reason}). This is a mistake in flipscope: {advice}"
