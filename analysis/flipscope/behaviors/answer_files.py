"""Files that CheckList's users exchange: inputs written for a model, and its answers read back, a line an example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flipscope.behaviors.answers import Answers
from flipscope.behaviors.suite import Suite
from flipscope.errors import FlipscopeError
from flipscope.files import read_unpacked
from flipscope.open.labels import normalise

#: What a line can be, and how it looks.
FORMATS = {
    "pred_and_softmax": "the answer and a probability per class, as in: 2 0.1 0.2 0.7",
    "softmax": "a probability per class, as in: 0.1 0.2 0.7",
    "binary_conf": "the probability of class 1, as in: 0.7",
    "pred_and_conf": "the answer and its probability, as in: 2 0.7",
    "pred_only": "the answer, as in: 2",
}

_MAX_BYTES = 1 << 30
_NO_LABELS = pa.array([], pa.string()).dictionary_encode()


def read_answers(
    path: Path,
    format: str,
    suite: Suite,
    label_names: tuple[str, ...],
    aliases: Mapping[str, str] = {},
) -> Answers:
    """Read what a model answered on every example of a suite.

    Parameters
    ----------
    path : Path
        A text file in UTF-8, which may be gzipped (``.gz``): a line an example, in the suite's order, no header.
    format : str
        One of `FORMATS`.
    suite : Suite
        What was answered.
    label_names : tuple of str
        The names of the classes that numbers in the file stand for. Empty: answers are texts, and columns of
        probabilities are called by their numbers.
    aliases : mapping of str to str
        What the file calls classes, to their names.

    Returns
    -------
    Answers
        Probabilities are the nearest float64 to what the file says.

    Raises
    ------
    FlipscopeError
        When the file can't be read, has another number of lines, or a line is not what the format says, or no class
        where the suite has classes; it names the line.
    """
    if format not in FORMATS:
        raise FlipscopeError(f"there is no format {format!r}", do=f"The formats are {', '.join(FORMATS)}")
    content = _content(path)
    lines = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    if lines != suite.examples:
        raise FlipscopeError(
            f"{lines:,} lines, but the suite has {suite.examples:,} examples",
            where=path,
            do="Write one line an example, in the order of the inputs that were exported, and no header",
        )
    file = _File(str(path), content, label_names, aliases, only_classes=bool(suite.labels and label_names))
    try:
        return _READERS[format](file)
    except FlipscopeError as error:
        told = f"The file is read as {format} (--format): a line is {FORMATS[format]}"
        raise FlipscopeError(error.what, where=error.where, do=f"{error.do}. {told}" if error.do else told) from None


@dataclass(frozen=True)
class _File:
    where: str
    content: bytes
    names: tuple[str, ...]
    aliases: Mapping[str, str]
    only_classes: bool

    def positions(self, names: tuple[str, ...]) -> dict[str, int]:
        """Map what classes can be called, as `normalise` gives it, to their positions in `names`."""
        found = {normalise(name): position for position, name in enumerate(names)}
        for theirs, name in self.aliases.items():
            if normalise(name) in found:
                found.setdefault(normalise(theirs), found[normalise(name)])
        return {f"label_{position}": position for position in range(len(names))} | found

    def no_class(self, row: int, label: str, names: tuple[str, ...]) -> FlipscopeError:
        """Make an error about an answer that is no class."""
        return self.wrong(
            row, f"{label[:80]!r} is not one of the classes ({', '.join(names)})", "Give the names of the classes"
        )

    def wrong(self, row: int, what: str, do: str | None = None) -> FlipscopeError:
        """Make an error about a line, by its row from 0."""
        return FlipscopeError(f"line {row + 1:,}: {what}", where=self.where, do=do)


def _content(path: Path) -> bytes:
    content = read_unpacked(path, most=_MAX_BYTES, what="file")
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def _pred_and_softmax(file: _File) -> Answers:
    labels, values = _table(file, labelled=True)
    names = _class_names(file, values.shape[1])
    known = file.positions(names)

    def position_of(label: str, row: int) -> int:
        position = _number(label) if _number(label) is not None else known.get(normalise(label))
        if position is None:
            raise file.no_class(row, label, names)
        if position >= len(names):
            raise file.wrong(row, f"class {label}, but there are {len(names)} probabilities")
        return position

    return Answers(_positions(labels, position_of), names, values)


def _softmax(file: _File) -> Answers:
    _, values = _table(file, labelled=False)
    names = _class_names(file, values.shape[1])
    return Answers(values.argmax(axis=1).astype(np.int64), names, values)


def _binary_conf(file: _File) -> Answers:
    _, values = _table(file, labelled=False)
    if values.shape[1] != 1:
        raise file.wrong(0, f"{values.shape[1]} numbers, but this format has one: the probability of class 1")
    names = _class_names(file, 2)
    second = values[:, 0]
    return Answers((second > 0.5).astype(np.int64), names, np.column_stack([1 - second, second]))


def _pred_and_conf(file: _File) -> Answers:
    labels, values = _table(file, labelled=True)
    if values.shape[1] != 1:
        raise file.wrong(0, f"{values.shape[1]} numbers behind the label, but this format has one")
    texts = [str(text) for text in labels.dictionary.to_pylist()]
    pred, vocabulary = _named(file, texts, labels.indices.to_numpy(), [_number(text) for text in texts])
    return Answers(pred, vocabulary, values[:, 0])


def _pred_only(file: _File) -> Answers:
    encoded = pa.array(_text(file).removesuffix("\n").split("\n")).dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    numbers = [_number(text) for text in texts]
    if None in numbers:
        numbers = [None] * len(texts)
    pred, vocabulary = _named(file, texts, encoded.indices.to_numpy(), numbers)
    return Answers(pred, vocabulary, np.ones(len(pred)))


_READERS: dict[str, Callable[[_File], Answers]] = {
    "pred_and_softmax": _pred_and_softmax,
    "softmax": _softmax,
    "binary_conf": _binary_conf,
    "pred_and_conf": _pred_and_conf,
    "pred_only": _pred_only,
}


def _class_names(file: _File, classes: int) -> tuple[str, ...]:
    if len(file.names) > classes:
        raise FlipscopeError(
            f"{classes} probabilities a line, but there are {len(file.names)} classes ({', '.join(file.names)})",
            where=file.where,
        )
    return file.names if len(file.names) == classes else tuple(map(str, range(classes)))


def _number(label: str) -> int | None:
    """Read a label of digits as a class; others are names."""
    return int(label) if label.isascii() and label.isdigit() and len(label) <= 9 else None


def _named(
    file: _File, texts: list[str], codes: NDArray[np.int32], numbers: list[int | None]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Name answers: numbers stand for classes, where there are any; names of classes come first, then other texts."""
    known = file.positions(file.names)
    names = [_name(file, known, *pair, codes, code) for code, pair in enumerate(zip(texts, numbers, strict=True))]
    vocabulary = file.names + tuple(sorted(set(names) - set(file.names)))
    positions = {name: position for position, name in enumerate(vocabulary)}
    return np.array([positions[name] for name in names], dtype=np.int64)[codes], vocabulary


def _name(
    file: _File, known: dict[str, int], text: str, number: int | None, codes: NDArray[np.int32], code: int
) -> str:
    if not file.names:
        return text if number is None else str(number)
    position = known.get(normalise(text)) if number is None else number
    if position is None and not file.only_classes:
        return text
    if position is None:
        raise file.no_class(int(np.argmax(codes == code)), text, file.names)
    if position >= len(file.names):
        row = int(np.argmax(codes == code))
        raise file.wrong(row, f"class {text}, but there are {len(file.names)} ({', '.join(file.names)})")
    return file.names[position]


def _positions(labels: pa.DictionaryArray, position_of: Callable[[str, int], int]) -> NDArray[np.int64]:
    codes = labels.indices.to_numpy()
    firsts = np.unique(codes, return_index=True)[1]
    each = [position_of(text, int(row)) for text, row in zip(labels.dictionary.to_pylist(), firsts, strict=True)]
    return np.array(each, dtype=np.int64)[codes]


def _table(file: _File, *, labelled: bool) -> tuple[pa.DictionaryArray, NDArray[np.float64]]:
    """Read columns of numbers between 0 and 1, behind a column of labels (empty where there is none)."""
    try:
        labels, values = _regular(file.content, labelled=labelled)
    except (pa.ArrowException, UnicodeDecodeError):  # odd spacing, or a line that is wrong: which one?
        labels, values = _line_by_line(file, labelled=labelled)
    wrong = ~((values >= 0) & (values <= 1))  # also what is not a number
    if wrong.any():
        row, column = (int(place) for place in np.argwhere(wrong)[0])
        raise file.wrong(row, f"{values[row, column]:g} is not a probability between 0 and 1")
    return labels, values


def _regular(content: bytes, *, labelled: bool) -> tuple[pa.DictionaryArray, NDArray[np.float64]]:
    """Read a table with one blank or tab between columns; Arrow rounds numbers as Python does."""
    from pyarrow import csv

    first = content[: content.find(b"\n")]
    delimiter = "\t" if b"\t" in first else " "
    names = [str(number) for number in range(first.count(delimiter.encode()) + 1)]
    types = dict.fromkeys(names, pa.float64())
    if labelled:
        types["0"] = pa.dictionary(pa.int32(), pa.string())
    table = csv.read_csv(
        pa.py_buffer(content),
        read_options=csv.ReadOptions(column_names=names, use_threads=False),
        parse_options=csv.ParseOptions(
            delimiter=delimiter, quote_char=False, escape_char=False, ignore_empty_lines=False
        ),
        convert_options=csv.ConvertOptions(column_types=types, null_values=[], strings_can_be_null=False),
    ).combine_chunks()
    numbers = names[1:] if labelled else names
    if not numbers:
        raise pa.ArrowInvalid("no numbers")
    labels = table["0"].combine_chunks() if labelled else _NO_LABELS
    if any(text.split() != [text] for text in labels.dictionary.to_pylist()):
        raise pa.ArrowInvalid("blanks in a label")
    return labels, np.column_stack([table[name].to_numpy() for name in numbers])


def _line_by_line(file: _File, *, labelled: bool) -> tuple[pa.DictionaryArray, NDArray[np.float64]]:
    labels, rows = [], []
    for row, line in enumerate(_text(file).removesuffix("\n").split("\n")):
        parts = line.split()
        if len(parts) <= labelled:
            raise file.wrong(row, "a label and a number are needed" if labelled else "there is no number")
        if labelled:
            labels.append(parts[0])
        try:
            rows.append([float(part) for part in parts[labelled:]])
        except ValueError:
            raise file.wrong(row, f"{line[:80]!r} does not have numbers where they are needed") from None
        if len(rows[row]) != len(rows[0]):
            raise file.wrong(row, f"{len(rows[row])} numbers, but line 1 has {len(rows[0])}")
    return pa.array(labels, pa.string()).dictionary_encode(), np.array(rows)


def _text(file: _File) -> str:
    try:
        return file.content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = file.content.count(b"\n", 0, error.start)
        raise file.wrong(row, "this is not UTF-8", "Save the file as UTF-8") from error
