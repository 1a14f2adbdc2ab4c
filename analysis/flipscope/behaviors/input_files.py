"""Files of a suite's inputs, for models that are run elsewhere: written, and checked when their answers come back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from flipscope.behaviors.suite import Suite
from flipscope.errors import FlipscopeError
from flipscope.files import written_whole

_INPUT_SUFFIXES = (".txt", ".tsv", ".jsonl")
_ANOTHER = (
    "These are the inputs of another suite, or of another sample of it: answers to them do not belong to this one"
)


def write_inputs(suite: Suite, path: Path) -> None:
    """Write what a model has to answer, in the suite's order; whole or not at all.

    A name that ends in ``.jsonl`` gives JSON Lines with ``id`` and ``text``, or ``text_a`` and ``text_b``; ``.txt`` and
    ``.tsv`` give the files that CheckList writes: a text a line; or, for pairs, columns ``id``, ``question1`` and
    ``question2`` between tabs. Line breaks (and tabs between columns) become blanks there.

    Parameters
    ----------
    suite : Suite
        The examples.
    path : Path
        The file; an older one is replaced.

    Raises
    ------
    FlipscopeError
        When its name ends in something else.
    """
    if not path.name.lower().endswith(_INPUT_SUFFIXES):
        raise FlipscopeError(
            "inputs are not written in this format", where=path, do=f"End the name in {', '.join(_INPUT_SUFFIXES)}"
        )
    lines = _json_lines(suite) if path.name.lower().endswith(".jsonl") else _plain_lines(suite)
    with written_whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def check_inputs(suite: Suite, path: Path) -> None:
    """Check that a file of inputs, exported here or by CheckList, has this suite's inputs in this suite's order.

    A suite can be sampled anew with each export: then its answers belong to other inputs than they seem to.

    Raises
    ------
    FlipscopeError
        When it can't be read, or a line is not the suite's; the message names the first.
    """
    try:
        have = path.read_text(encoding="utf-8-sig").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise FlipscopeError(f"cannot be read ({error})", where=path) from error
    as_json = path.name.lower().endswith(".jsonl")
    want = list(_json_lines(suite) if as_json else _plain_lines(suite))
    for number, (line, wanted) in enumerate(zip(have, want, strict=False), 1):
        if line.rstrip("\r") != wanted:
            raise FlipscopeError(
                f"line {number:,} is {line[:80]!r}, and the suite's is {wanted[:80]!r}", where=path, do=_ANOTHER
            )
    if len(have) != len(want):
        raise FlipscopeError(f"{len(have):,} lines, and the suite's inputs are {len(want):,}", where=path, do=_ANOTHER)


def _pairs(suite: Suite) -> Iterator[tuple[str, str | None]]:
    for test in suite.tests:
        yield from zip(test.text_a, test.text_b, strict=True)


def _json_lines(suite: Suite) -> Iterator[str]:
    for number, (first, second) in enumerate(_pairs(suite)):
        texts = {"text": first} if second is None else {"text_a": first, "text_b": second}
        yield json.dumps({"id": number} | texts, ensure_ascii=False)


def _plain_lines(suite: Suite) -> Iterator[str]:
    if not suite.pairs:
        yield from (re.sub(r"[\r\n]", " ", first) for first, _ in _pairs(suite))
        return
    yield "id\tquestion1\tquestion2"
    for number, (first, second) in enumerate(_pairs(suite)):
        yield "\t".join([str(number), *(re.sub(r"[\t\r\n]", " ", text or "") for text in (first, second))])
