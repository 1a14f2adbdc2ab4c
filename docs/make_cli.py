"""Writes docs/cli.md from --help and docs/suite.schema.json from the code, so that neither can fall behind.

python docs/make_cli.py

A test compares what is written with what is there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner

from flipscope.behaviors.suite_file import SuiteFile
from flipscope.cli import app

TARGET = Path(__file__).with_name("cli.md")
SCHEMA = Path(__file__).with_name("suite.schema.json")


def render() -> str:
    """Render the help of every command as Markdown."""
    os.environ["COLUMNS"] = "110"
    runner = CliRunner()
    pages = ["# Command line\n\nWritten from `--help` by `make docs`.\n"]
    for path in [(), *_paths(get_command(app))]:
        result = runner.invoke(app, [*path, "--help"], prog_name="flipscope", terminal_width=110)
        assert result.exit_code == 0, result.output
        text = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
        pages.append(f"## {' '.join(['flipscope', *path])}\n\n```text\n{text}\n```\n")
    return "\n".join(pages)


def _paths(command: Any) -> Iterator[tuple[str, ...]]:
    """Name all commands, and the commands within them, in order."""
    for name, inner in getattr(command, "commands", {}).items():
        yield (name,)
        yield from ((name, *rest) for rest in _paths(inner))


def suite_schema() -> str:
    """Render the JSON Schema of suite files."""
    schema = SuiteFile.model_json_schema() | {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    SCHEMA.write_text(suite_schema(), encoding="utf-8")
