"""Write the built-in suites out: ``python -m flipscope.behaviors.builtin.build [NAME]...``.

Each suite is written by hand in the module of its name, as templates and word lists. What ships, and what people read,
are the cases that come of them, in ``data/<name>.json``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from flipscope.behaviors.builtin import NAMES, path_of
from flipscope.behaviors.suite import Suite
from flipscope.behaviors.suite_file import SuiteFile, suite_of, write_suite


def build(name: str) -> Suite:
    """Make the suite of this name from its source: every template filled in, the same each time."""
    source = import_module(f"flipscope.behaviors.builtin.{name}").SUITE
    return suite_of(SuiteFile.model_validate(source), source=name)


def main(names: Sequence[str]) -> None:
    """Write the files of these suites, or of all."""
    for name in names or NAMES:
        suite = build(name)
        write_suite(suite, path_of(name))
        print(f"{name}: {len(suite.tests)} tests, {suite.cases:,} cases, {suite.examples:,} examples")


if __name__ == "__main__":
    main(sys.argv[1:])
