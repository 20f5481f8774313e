"""BERT with mean pooling in plain float32 numpy, written from the paper: what the graph must be.

Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", 2018.
"""

import json
import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
_erf = np.vectorize(math.erf, otypes=[np.float32])


def reference_vector(tensors: dict[str, Array], ids: list[int], heads: int, layers: int) -> Array:
    x = tensors["embeddings.word_embeddings.weight"][ids]
    x = x + tensors["embeddings.position_embeddings.weight"][: len(ids)]
    x = _norm(
        x + tensors["embeddings.token_type_embeddings.weight"][0], tensors, "embeddings.LayerNorm"
    )
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}."
        attended = _attention(x, tensors, prefix + "attention.self.", heads)
        x = _norm(
            x + _linear(attended, tensors, prefix + "attention.output.dense"),
            tensors,
            prefix + "attention.output.LayerNorm",
        )
        hidden = _linear(x, tensors, prefix + "intermediate.dense")
        hidden = hidden * 0.5 * (1 + _erf(hidden / math.sqrt(2)))
        x = _norm(
            x + _linear(hidden, tensors, prefix + "output.dense"),
            tensors,
            prefix + "output.LayerNorm",
        )
    mean: Array = x.mean(axis=0)
    unit: Array = mean / np.float32(np.linalg.norm(mean))
    return unit


def tiny_model(folder: Path, width: int = 48, heads: int = 4, layers: int = 2) -> dict[str, Array]:
    """Write a model of random weights with the tokenizer of the words a to z."""
    random = np.random.default_rng(7)
    shapes = {
        "embeddings.word_embeddings.weight": (30, width),
        "embeddings.position_embeddings.weight": (512, width),
        "embeddings.token_type_embeddings.weight": (2, width),
        **_norm_shapes("embeddings.LayerNorm", width),
    }
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}."
        for part in ("query", "key", "value"):
            shapes |= _linear_shapes(f"{prefix}attention.self.{part}", width, width)
        shapes |= _linear_shapes(prefix + "attention.output.dense", width, width)
        shapes |= _norm_shapes(prefix + "attention.output.LayerNorm", width)
        shapes |= _linear_shapes(prefix + "intermediate.dense", width, 4 * width)
        shapes |= _linear_shapes(prefix + "output.dense", 4 * width, width)
        shapes |= _norm_shapes(prefix + "output.LayerNorm", width)
    tensors = {
        name: random.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", tensors)
    config = {
        "hidden_size": width,
        "num_attention_heads": heads,
        "num_hidden_layers": layers,
        "layer_norm_eps": 1e-12,
    }
    (folder / "config.json").write_text(json.dumps(config))
    vocabulary = {chr(ord("a") + number): number for number in range(26)} | {"[UNK]": 26}
    tokenizer = {
        "version": "1.0",
        "pre_tokenizer": {"type": "Whitespace"},
        "added_tokens": [],
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return tensors


def write_safetensors(path: Path, tensors: dict[str, Array]) -> None:
    header, offset = {}, 0
    for name, tensor in tensors.items():
        header[name] = {
            "dtype": "F32",
            "shape": tensor.shape,
            "data_offsets": [offset, offset + tensor.nbytes],
        }
        offset += tensor.nbytes
    head = json.dumps(header).encode()
    data = b"".join(tensor.tobytes() for tensor in tensors.values())
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)


def _linear_shapes(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {name + ".weight": (outputs, inputs), name + ".bias": (outputs,)}


def _norm_shapes(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {name + ".weight": (width,), name + ".bias": (width,)}


def _linear(x: Array, tensors: dict[str, Array], name: str) -> Array:
    y: Array = x @ tensors[name + ".weight"].T + tensors[name + ".bias"]
    return y


def _norm(x: Array, tensors: dict[str, Array], name: str) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
    y: Array = scaled * tensors[name + ".weight"] + tensors[name + ".bias"]
    return y


def _attention(x: Array, tensors: dict[str, Array], prefix: str, heads: int) -> Array:
    parts = [_linear(x, tensors, prefix + part) for part in ("query", "key", "value")]
    queries, keys, values = [np.split(part, heads, axis=1) for part in parts]
    outputs = []
    for query, key, value in zip(queries, keys, values, strict=True):
        scores = query @ key.T / math.sqrt(query.shape[1])
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        outputs.append(weights / weights.sum(axis=1, keepdims=True) @ value)
    return np.concatenate(outputs, axis=1)
