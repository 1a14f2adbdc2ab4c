"""A checkpoint's tokenizer files: which there are, and what in them decides tokenisation."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from flipscope.errors import FlipscopeError
from flipscope.open.config_file import is_plain_name, read_object, refuse_other_files

_CONFIG = "tokenizer_config.json"
# Each line is enough for a tokenizer; the files after a name belong to it.
_VOCABULARIES = (
    ("tokenizer.json",),
    ("vocab.txt",),
    ("vocab.json", "merges.txt"),
    ("vocab.txt", "bpe.codes"),
    ("spiece.model",),
    ("spm.model",),
    ("sentencepiece.bpe.model",),
    ("tokenizer.model",),
)
_SPECIAL_TOKENS = "special_tokens_map.json"
_EXTRAS = (_CONFIG, _SPECIAL_TOKENS, "added_tokens.json")
# Vocabularies that some tokenizers prefer to the others.
_PREFERRED = ("tekken.json", "tiktoken.model")
# Tokenizers whose vocabulary is the characters or bytes themselves.
_WITHOUT_VOCABULARY = ("CanineTokenizer", "PerceiverTokenizer", "ByT5Tokenizer")
# Fields that tokenizers take for the path of a vocabulary when they hold a text.
_CONTENTS = ("vocab", "merges")
# It tells where the checkpoint was made, in many that are published; it is never opened.
_NEVER_OPENED = "special_tokens_map_file"
# Fields of tokenizer_config.json that say where it came from, or what the caller decides for every batch.
_NO_MATTER = (
    "name_or_path", "tokenizer_file", "special_tokens_map_file", "transformers_version", "is_local",
    "local_files_only", "backend", "max_length", "stride", "pad_to_multiple_of", "truncation_strategy",
)  # fmt: skip


def find(folder: Path) -> list[Path]:
    """Return the tokenizer's files.

    Raises
    ------
    FlipscopeError
        When there is no tokenizer, or it needs code of its own or other files.
    """
    config_path = folder / _CONFIG
    config = read_object(config_path) if config_path.is_file() else {}
    refuse_other_files(config, config_path)
    for path in (config_path, folder / _SPECIAL_TOKENS):  # what either holds, a tokenizer is made with
        if path.is_file():
            _refuse_paths(read_object(path), path)
    there = [names for names in _VOCABULARIES if all((folder / name).is_file() for name in names)]
    if not there and str(config.get("tokenizer_class")) not in _WITHOUT_VOCABULARY:
        raise FlipscopeError(
            "there is no tokenizer (tokenizer.json, vocab.txt, ...)", where=folder,
            do="Save it beside the model with tokenizer.save_pretrained",
        )  # fmt: skip
    names = {name for group in there for name in group} | {
        name for name in (*_EXTRAS, *_PREFERRED) if (folder / name).is_file()
    }
    return [folder / name for name in sorted(names)]


def _refuse_paths(fields: dict[str, Any], path: Path) -> None:
    """Refuse fields with which a tokenizer would open files elsewhere; plain names stand for files of the folder."""
    for name, value in fields.items():
        opened = name.endswith("_file") and name != _NEVER_OPENED and value and not is_plain_name(value)
        if opened or (name in _CONTENTS and isinstance(value, str)) or (name == "init_inputs" and value):
            raise FlipscopeError(
                f"{name} may lead to a file outside the checkpoint, which is never read", where=path, do="Take it out"
            )


def digest(folder: Path, files: list[Path]) -> str:
    """Hash what decides how a text is tokenised.

    Parameters
    ----------
    folder : Path
        The checkpoint.
    files : list of Path
        What `find` found.

    Returns
    -------
    str
        SHA-256 (hex). ``tokenizer.json`` stands for all vocabulary files beside it; the truncation and
        padding stored in it, and fields of provenance, do not count.
    """
    fast = folder / "tokenizer.json" in files
    parts = hashlib.sha256()
    for file in files:
        if fast and file.name not in ("tokenizer.json", *_EXTRAS, *_PREFERRED):
            continue
        parts.update(f"{file.name}\0{_content_digest(file)}\n".encode())
    return parts.hexdigest()


def _content_digest(file: Path) -> str:
    if file.name not in ("tokenizer.json", *_EXTRAS):
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    content = read_object(file)
    no_matter = ("truncation", "padding") if file.name == "tokenizer.json" else _NO_MATTER
    kept = {key: value for key, value in content.items() if key not in no_matter}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
