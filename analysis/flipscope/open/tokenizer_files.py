"""A checkpoint's tokenizer files: which there are, and what in them decides tokenisation."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from flipscope.errors import FlipscopeError
from flipscope.open.config_file import read_object, refuse_other_files

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
_EXTRAS = (_CONFIG, "special_tokens_map.json", "added_tokens.json")
# Vocabularies that some tokenizers prefer to the others.
_PREFERRED = ("tekken.json", "tiktoken.model")
# Tokenizers whose vocabulary is the characters or bytes themselves.
_WITHOUT_VOCABULARY = ("CanineTokenizer", "PerceiverTokenizer", "ByT5Tokenizer")
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
