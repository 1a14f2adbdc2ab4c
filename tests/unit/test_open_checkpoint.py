"""Checkpoints: whole, safe, and known by what they hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fake_checkpoint import TENSORS, make_checkpoint, shard
from flipscope.errors import FlipscopeError
from flipscope.open.checkpoint import open_checkpoint


def edit_json(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_what_a_checkpoint_says(tmp_path: Path) -> None:
    checkpoint = open_checkpoint(make_checkpoint(tmp_path / "model"))
    assert checkpoint.name == "model"
    assert checkpoint.source == str(tmp_path / "model")
    assert checkpoint.architecture == "BertForSequenceClassification"
    assert checkpoint.model_type == "bert"
    assert checkpoint.label_names == ("negative", "positive")
    assert checkpoint.num_labels == 2
    assert checkpoint.parameters == 12 + 4 + 2
    assert checkpoint.max_positions == 64
    assert not checkpoint.torch_weights
    assert open_checkpoint(tmp_path / "model", name="old", source="typed").name == "old"


def test_sharded_weights_count_together(tmp_path: Path) -> None:
    assert open_checkpoint(shard(make_checkpoint(tmp_path))).parameters == 18


def test_labels_without_names_are_generic(tmp_path: Path) -> None:
    assert open_checkpoint(make_checkpoint(tmp_path, id2label=None)).label_names == ("LABEL_0", "LABEL_1")


def test_labels_are_in_the_order_of_their_indices(tmp_path: Path) -> None:
    names = {str(i): f"class {i}" for i in reversed(range(11))}
    tensors = TENSORS | {"classifier.weight": np.ones((11, 2), np.float32)}
    checkpoint = open_checkpoint(make_checkpoint(tmp_path, tensors, id2label=names))
    assert checkpoint.label_names == tuple(f"class {i}" for i in range(11))


# Fingerprints


def test_the_fingerprint_is_that_of_the_content(tmp_path: Path) -> None:
    first = open_checkpoint(make_checkpoint(tmp_path / "a"))
    copy = make_checkpoint(tmp_path / "b")
    (copy / "README.md").write_text("not part of the model")
    assert open_checkpoint(copy).fingerprint == first.fingerprint

    changed = {"config": make_checkpoint(tmp_path / "c", hidden_act="relu")}
    changed["weights"] = make_checkpoint(tmp_path / "d", TENSORS | {"classifier.bias": np.ones(2, np.float32)})
    changed["tokenizer"] = make_checkpoint(tmp_path / "e")
    edit_json(changed["tokenizer"] / "tokenizer.json", version="2.0")
    changed["special"] = make_checkpoint(tmp_path / "f")
    (changed["special"] / "special_tokens_map.json").write_text("{}")
    found = {name: open_checkpoint(folder).fingerprint for name, folder in changed.items()}
    assert len({*found.values(), first.fingerprint}) == 5


def test_tokenizers_are_the_same_when_they_tokenise_alike(tmp_path: Path) -> None:
    first = open_checkpoint(make_checkpoint(tmp_path / "a")).tokenizer_digest
    same = make_checkpoint(tmp_path / "b", hidden_act="relu")
    edit_json(same / "tokenizer.json", truncation={"max_length": 5}, padding={"pad_id": 0})
    edit_json(same / "tokenizer_config.json", name_or_path="somewhere", transformers_version="5")
    assert open_checkpoint(same).tokenizer_digest == first
    other = make_checkpoint(tmp_path / "c")
    edit_json(other / "tokenizer.json", model={"vocab": {"b": 0, "a": 1}})
    lower = make_checkpoint(tmp_path / "d")
    edit_json(lower / "tokenizer_config.json", do_lower_case=True)
    assert len({first, open_checkpoint(other).tokenizer_digest, open_checkpoint(lower).tokenizer_digest}) == 3


@pytest.mark.parametrize(
    "files", [("vocab.txt",), ("vocab.json", "merges.txt"), ("spiece.model",), ("sentencepiece.bpe.model",)]
)
def test_other_kinds_of_tokenizers(tmp_path: Path, files: tuple[str, ...]) -> None:
    digests = set()
    for content in ("one", "two"):
        folder = make_checkpoint(tmp_path / content)
        (folder / "tokenizer.json").unlink()
        for name in files:
            (folder / name).write_text(content)
        digests.add(open_checkpoint(folder).tokenizer_digest)
    assert len(digests) == 2


# What is refused


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"architectures": ["BertModel"]}, "this is a BertModel, not a classifier: its head would be random"),
        ({"architectures": ["BertForMaskedLM"]}, "BertForMaskedLM, not a classifier"),
        ({"architectures": ["LlamaForCausalLM"], "id2label": {"0": "a", "1": "b"}}, "LlamaForCausalLM"),
        ({"architectures": None, "id2label": None}, "model of unknown kind, not a classifier"),
        ({"architectures": "Bert"}, "architectures is not a list of names"),
        ({"model_type": None}, "model_type is missing"),
        ({"auto_map": {"AutoModel": "code.Model"}}, "its own Python code .auto_map., which is never run"),
        ({"id2label": {"0": "score"}}, "a single output"),
        ({"id2label": None, "num_labels": 1}, "a single output"),
        ({"id2label": None, "num_labels": "two"}, "num_labels is 'two'"),
        ({"problem_type": "regression"}, "scores a text"),
        ({"problem_type": "multi_label_classification"}, "several labels"),
        ({"problem_type": ["x"]}, r"problem_type is \['x'\], not a name"),
        ({"max_position_embeddings": -5}, "max_position_embeddings is -5"),
        ({"max_position_embeddings": "512"}, "max_position_embeddings is '512'"),
        ({"transformers_weights": "other.safetensors"}, "transformers_weights makes transformers load other files"),
        ({"configuration_files": ["config.4.0.json"]}, "configuration_files makes transformers load other files"),
        ({"attn_implementation": "someone/kernel"}, "attn_implementation wants compiled code from the hub"),
        ({"_attn_implementation": {"": "someone/kernel@v1"}}, "_attn_implementation wants compiled code"),
        ({"id2label": {"0": "a", "2": "b"}}, "id2label does not name"),
        ({"id2label": ["a", "b"]}, "id2label does not name"),
        ({"id2label": {"0": "a", "1": "A"}}, "can't be told apart"),
        ({"id2label": {"0": "a", "1": "b", "2": "c"}}, "the weights have 2 classes, config.json has 3"),
    ],
)
def test_configs_that_are_no_classifier(tmp_path: Path, config: dict[str, Any], message: str) -> None:
    with pytest.raises(FlipscopeError, match=message):
        open_checkpoint(make_checkpoint(tmp_path, **config))


def test_undeclared_architecture_needs_a_head_in_the_weights(tmp_path: Path) -> None:
    assert open_checkpoint(make_checkpoint(tmp_path / "a", architectures=None)).num_labels == 2
    encoder = {"bert.embeddings.weight": TENSORS["bert.embeddings.weight"]}
    with pytest.raises(FlipscopeError, match=r"neither config.json nor the weights show a classification head"):
        open_checkpoint(make_checkpoint(tmp_path / "b", encoder, architectures=None))


@pytest.mark.parametrize(
    ("content", "message"), [("{", "not JSON"), ("[1]", "not a JSON object"), ("\xff", "not JSON")]
)
def test_damaged_config(tmp_path: Path, content: str, message: str) -> None:
    make_checkpoint(tmp_path)
    (tmp_path / "config.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(FlipscopeError, match=message):
        open_checkpoint(tmp_path)


def test_tokenizer_with_code_of_its_own(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    edit_json(tmp_path / "tokenizer_config.json", auto_map={"AutoTokenizer": ["code.Tokenizer", None]})
    with pytest.raises(FlipscopeError, match="auto_map"):
        open_checkpoint(tmp_path)


@pytest.mark.parametrize("file", ["tokenizer_config.json", "special_tokens_map.json"])
@pytest.mark.parametrize(
    "fields",
    [
        {"vocab_file": "/elsewhere/vocab.txt"},
        {"vocab_file": "../vocab.txt"},
        {"tokenizer_file": "/elsewhere/tokenizer.json"},
        {"merges_file": ["x"]},
        {"vocab": "/elsewhere/vocab.txt"},
        {"merges": "merges.txt"},
        {"init_inputs": ["/elsewhere/vocab.txt"]},
    ],
)
def test_tokenizer_that_would_read_outside_the_checkpoint(tmp_path: Path, file: str, fields: dict[str, Any]) -> None:
    make_checkpoint(tmp_path)
    (tmp_path / file).write_text(json.dumps(fields))
    with pytest.raises(FlipscopeError, match=rf"{file}: {next(iter(fields))} may lead to a file outside"):
        open_checkpoint(tmp_path)


def test_harmless_fields_about_files_are_taken(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    provenance = {"special_tokens_map_file": "/root/.cache/x", "tokenizer_file": None, "local_files_only": False}
    edit_json(tmp_path / "tokenizer_config.json", **provenance, vocab_file="vocab.txt", init_inputs=[])
    assert open_checkpoint(tmp_path).tokenizer_digest


def test_tokenizer_in_another_file(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    edit_json(tmp_path / "tokenizer_config.json", fast_tokenizer_files=["tokenizer.4.0.json"])
    with pytest.raises(FlipscopeError, match=r"tokenizer_config.json: fast_tokenizer_files makes transformers load"):
        open_checkpoint(tmp_path)


@pytest.mark.parametrize("name", ["tekken.json", "tiktoken.model"])
def test_vocabularies_preferred_to_others_count(tmp_path: Path, name: str) -> None:
    first = open_checkpoint(make_checkpoint(tmp_path))
    (tmp_path / name).write_text("{}")
    second = open_checkpoint(tmp_path)
    assert first.fingerprint != second.fingerprint
    assert first.tokenizer_digest != second.tokenizer_digest


def test_whole_model_with_an_adapter_beside_it(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(FlipscopeError, match=r"adapter_config.json.*Merge it"):
        open_checkpoint(tmp_path)


def test_no_limit_of_positions(tmp_path: Path) -> None:
    assert open_checkpoint(make_checkpoint(tmp_path, max_position_embeddings=-1)).max_positions is None


def test_no_folder_no_config_adapter_or_one_level_off(tmp_path: Path) -> None:
    with pytest.raises(FlipscopeError, match="no such checkpoint folder"):
        open_checkpoint(tmp_path / "none")
    make_checkpoint(tmp_path / "runs" / "checkpoint-500")
    with pytest.raises(FlipscopeError, match=r"no config.json.*Did you mean one of its folders: checkpoint-500"):
        open_checkpoint(tmp_path / "runs")
    (tmp_path / "runs" / "adapter_config.json").write_text("{}")
    with pytest.raises(FlipscopeError, match="this is an adapter"):
        open_checkpoint(tmp_path / "runs")


def test_no_weights(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(FlipscopeError, match="there are no weights"):
        open_checkpoint(tmp_path)


def test_pickled_weights_only_when_allowed(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(FlipscopeError, match=r"a pickle .*--allow-torch-weights"):
        open_checkpoint(tmp_path)
    allowed = open_checkpoint(tmp_path, allow_torch_weights=True)
    assert allowed.torch_weights
    assert allowed.parameters is None


def test_no_tokenizer(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(FlipscopeError, match="there is no tokenizer"):
        open_checkpoint(tmp_path)
    edit_json(tmp_path / "tokenizer_config.json", tokenizer_class="CanineTokenizer")
    assert open_checkpoint(tmp_path).num_labels == 2


@pytest.mark.parametrize("keep", [0, 5, 40, -1])
def test_truncated_weights(tmp_path: Path, keep: int) -> None:
    weights = make_checkpoint(tmp_path) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(FlipscopeError, match=r"model\.safetensors: .*truncated.*again"):
        open_checkpoint(tmp_path)


def safetensors(header: Any, values: bytes = b"") -> bytes:
    text = json.dumps(header).encode() if not isinstance(header, bytes) else header
    return len(text).to_bytes(8, "little") + text + values


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        ((1 << 60).to_bytes(8, "little") + b"{}", "not a safetensors file"),
        (safetensors(b"{]"), "header .* is damaged"),
        (safetensors([1]), "header .* is damaged"),
        (safetensors({"a": {"dtype": "F32", "shape": [1]}}), "header .* is damaged"),
        (safetensors({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}, b"1234"), "header .* is damaged"),
        (safetensors({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}, b"1234"), "header .* is damaged"),
        (safetensors({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, b"1234"), "header .* is damaged"),
        (safetensors({"a": {"dtype": "F16", "shape": [1], "data_offsets": [0, 4]}}, b"1234"), "header .* is damaged"),
        (safetensors({"a": {"dtype": "32", "shape": [1], "data_offsets": [0, 4]}}, b"1234"), "header .* is damaged"),
        (
            safetensors({"a": {"dtype": "F32", "shape": [2, 10**400], "data_offsets": [0, 4]}}, b"1234"),
            "header .* is damaged",
        ),
        (safetensors({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"12345"), "belong to no tensor"),
    ],
)
def test_damaged_weights(tmp_path: Path, content: bytes, message: str) -> None:
    (make_checkpoint(tmp_path) / "model.safetensors").write_bytes(content)
    with pytest.raises(FlipscopeError, match=message):
        open_checkpoint(tmp_path)


def test_missing_and_outlying_shards(tmp_path: Path) -> None:
    shard(make_checkpoint(tmp_path))
    (tmp_path / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(FlipscopeError, match="1 of 2 files of weights are missing, first model-00002"):
        open_checkpoint(tmp_path)
    for outside in ("../elsewhere.safetensors", "/etc/passwd", "a\\b", ".."):
        (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": outside}}))
        with pytest.raises(FlipscopeError, match="is not a plain file name"):
            open_checkpoint(tmp_path)
    (tmp_path / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(FlipscopeError, match="weight_map is missing"):
        open_checkpoint(tmp_path)


def test_neither_torch_nor_transformers_is_imported(tmp_path: Path) -> None:
    make_checkpoint(tmp_path)
    code = (
        "import sys; from pathlib import Path; from flipscope.open.checkpoint import open_checkpoint;"
        f"open_checkpoint(Path({str(tmp_path)!r}));"
        "sys.exit(', '.join({'torch', 'transformers', 'safetensors'} & set(sys.modules)) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
