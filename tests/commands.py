"""Runs the command line in this process, for tests of what it prints and refuses."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from flipscope import FlipscopeError, cli


def run(*arguments: object) -> Result:
    """Run the command line; errors for people come as the exception they are raised with."""
    return CliRunner(env={"COLUMNS": "160"}).invoke(cli.app, [str(each) for each in arguments], catch_exceptions=True)


def error(*arguments: object) -> str:
    """Run a command that is to be refused, and return what it says."""
    result = run(*arguments)
    assert isinstance(result.exception, FlipscopeError), (result.exception, result.output)
    return str(result.exception)
