"""Writes docs/cli.md from --help, so that it cannot fall behind; a test compares the two.

python docs/make_cli.py
"""

from __future__ import annotations

import os
from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from flipscope.cli import app

TARGET = Path(__file__).with_name("cli.md")


def render() -> str:
    """Render the help of every command as Markdown."""
    os.environ["COLUMNS"] = "110"
    runner = CliRunner()
    pages = ["# Command line\n\nWritten from `--help` by `make docs`.\n"]
    for name in ["", *get_command(app).commands]:  # type: ignore[attr-defined]
        arguments = [name] if name else []
        result = runner.invoke(app, [*arguments, "--help"], prog_name="flipscope", terminal_width=110)
        assert result.exit_code == 0, result.output
        text = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
        pages.append(f"## flipscope {name}".rstrip() + f"\n\n```text\n{text}\n```\n")
    return "\n".join(pages)


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
