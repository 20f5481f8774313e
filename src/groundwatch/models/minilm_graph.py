"""The ONNX graph of a MiniLM sentence encoder (BERT, mean pooling, unit length) in int8.

The graph is written directly in the operators onnxruntime runs fastest on a CPU, so no optimiser
and no quantisation tool runs, at build time or at start. It takes one text at a time: without
padding there is no mask, and because activations are quantised over the whole input, a vector
never depends on which other texts were embedded beside it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from groundwatch.models.safetensors import Tensors

if TYPE_CHECKING:
    import onnx

INPUT = "input_ids"
OUTPUT = "sentence_embedding"

_OPSET = 18
_IR_VERSION = 9
_MICROSOFT = "com.microsoft"

_LEVELS = 63
"""Seven bits: processors without VNNI add two products of eight bits in sixteen and overflow."""

_TABLE_LEVELS = 127


@dataclass(frozen=True, slots=True)
class BertShape:
    """What the tensors alone do not say."""

    heads: int
    layers: int
    epsilon: float


def build_graph(tensors: Tensors, shape: BertShape) -> "onnx.ModelProto":
    """Return the model: `input_ids` int64 (1, tokens) to `sentence_embedding` float32 (1, width).

    Weights are symmetric integers with one scale an output channel (a row, in the word table);
    activations are quantised to uint8 as they come.

    Raises:
        KeyError: a tensor of the architecture is missing.
    """
    writer = _Writer()
    x = _embeddings(writer, tensors, shape)
    for layer in range(shape.layers):
        x = _layer(writer, tensors, shape, f"encoder.layer.{layer}.", x)
    mean = writer.node("ReduceMean", [x, writer.constant("axis", np.array([1]))], keepdims=0)
    writer.node("LpNormalization", [mean], output=OUTPUT, axis=1, p=2)
    width = tensors["embeddings.LayerNorm.weight"].shape[0]
    return writer.model(width)


class _Writer:
    """Collects nodes and constants; each `node` returns the name of its output."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self,
        operator: str,
        inputs: list[str],
        *,
        output: str = "",
        domain: str = "",
        **attributes: float,
    ) -> str:
        return self.nodes(operator, inputs, [output] if output else 1, domain, **attributes)[0]

    def nodes(
        self,
        operator: str,
        inputs: list[str],
        outputs: list[str] | int,
        domain: str = "",
        **attributes: float,
    ) -> list[str]:
        from onnx import helper

        if isinstance(outputs, int):
            stem = f"{operator}.{len(self._nodes)}"
            outputs = [f"{stem}.{number}" for number in range(outputs)]
        self._nodes.append(
            helper.make_node(operator, inputs, outputs, name=outputs[0], domain=domain)
        )
        for key, value in attributes.items():
            self._nodes[-1].attribute.append(helper.make_attribute(key, value))
        return outputs

    def model(self, width: int) -> "onnx.ModelProto":
        import onnx
        from onnx import TensorProto, helper

        graph = helper.make_graph(
            self._nodes,
            "minilm",
            [helper.make_tensor_value_info(INPUT, TensorProto.INT64, [1, "tokens"])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [1, width])],
            initializer=self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="groundwatch")
        model.ir_version = _IR_VERSION
        onnx.checker.check_model(model)
        return model


def _embeddings(w: _Writer, tensors: Tensors, shape: BertShape) -> str:
    words = tensors["embeddings.word_embeddings.weight"]
    quantised, scales = _quantise(words.T, _TABLE_LEVELS)
    rows = w.node("Gather", [w.constant("words", quantised.T), INPUT], axis=0)
    scale = w.node("Gather", [w.constant("words.scale", scales[:, None]), INPUT], axis=0)
    x = w.node("Mul", [w.node("Cast", [rows], to=1), scale])
    positions = (
        tensors["embeddings.position_embeddings.weight"]
        + tensors["embeddings.token_type_embeddings.weight"][0]
    )
    # A Gather over a Range would be rewritten by onnxruntime into a Slice that fails when run.
    zero = w.constant("zero", np.array([0]))
    tokens = w.node("Shape", [INPUT], start=1, end=2)
    place = w.node("Slice", [w.constant("positions", positions), zero, tokens, zero])
    return _norm(w, tensors, shape, "embeddings.LayerNorm", w.node("Add", [x, place]))


def _layer(w: _Writer, tensors: Tensors, shape: BertShape, prefix: str, x: str) -> str:
    attended = _attention(w, tensors, shape, prefix, x)
    projected = _linear(w, tensors, prefix + "attention.output.dense", attended)
    # Add and LayerNormalization apart: the fused operator takes nine times as long on a CPU.
    x = w.node("Add", [projected, x])
    x = _norm(w, tensors, shape, prefix + "attention.output.LayerNorm", x)
    hidden = _linear(w, tensors, prefix + "intermediate.dense", x)
    hidden = w.node("Gelu", [hidden], domain=_MICROSOFT)
    x = w.node("Add", [_linear(w, tensors, prefix + "output.dense", hidden), x])
    return _norm(w, tensors, shape, prefix + "output.LayerNorm", x)


def _attention(w: _Writer, tensors: Tensors, shape: BertShape, prefix: str, x: str) -> str:
    parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
    weight = np.concatenate([tensors[part + ".weight"].T for part in parts], axis=1)
    bias = np.concatenate([tensors[part + ".bias"] for part in parts])
    quantised, scales = _quantise(weight, _LEVELS)
    name = prefix + "attention.self"
    activations, scale, zero = w.nodes("DynamicQuantizeLinear", [x], 3)
    return w.node(
        "QAttention",
        [
            activations,
            w.constant(name + ".weight", quantised),
            w.constant(name + ".bias", bias),
            scale,
            w.constant(name + ".scale", scales),
            "",
            zero,
        ],
        domain=_MICROSOFT,
        num_heads=shape.heads,
    )


def _linear(w: _Writer, tensors: Tensors, name: str, x: str) -> str:
    quantised, scales = _quantise(tensors[name + ".weight"].T, _LEVELS)
    return w.node(
        "DynamicQuantizeMatMul",
        [
            x,
            w.constant(name + ".weight", quantised),
            w.constant(name + ".scale", scales),
            "",
            w.constant(name + ".bias", tensors[name + ".bias"]),
        ],
        domain=_MICROSOFT,
    )


def _norm(w: _Writer, tensors: Tensors, shape: BertShape, name: str, x: str) -> str:
    gain = w.constant(name + ".weight", tensors[name + ".weight"])
    bias = w.constant(name + ".bias", tensors[name + ".bias"])
    return w.node("LayerNormalization", [x, gain, bias], axis=-1, epsilon=shape.epsilon)


def _quantise(
    weight: NDArray[np.float32], levels: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise each column to -levels..levels: `weight` is about `quantised * scales`."""
    scales = np.maximum(np.abs(weight).max(axis=0), 1e-12) / levels
    return np.rint(weight / scales).astype(np.int8), scales.astype(np.float32)
