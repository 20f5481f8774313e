"""What a careful user of onnxruntime gets: the exported graph, its own int8, sorted batches."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from onnxruntime.quantization import (  # type: ignore[import-untyped]
    QuantType,
    quantize_dynamic,
)

from benchmarks.two_threads import timed
from groundwatch.models.minilm_build import source_folder
from groundwatch.models.settings import MiniLMSettings

BATCH = 16
_TOKENS = 256


def main(exported: Path) -> None:
    """Embed a JSON list of texts from standard input; print seconds and processor seconds."""
    from tokenizers import Tokenizer

    quantised = exported.with_suffix(".int8.onnx")
    if not quantised.exists():
        quantize_dynamic(exported, quantised, per_channel=True, weight_type=QuantType.QInt8)
    tokenizer = Tokenizer.from_file(str(source_folder(MiniLMSettings()) / "tokenizer.json"))
    tokenizer.enable_truncation(_TOKENS)
    tokenizer.enable_padding()
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(quantised, options, providers=["CPUExecutionProvider"])

    def embed(batch: list[str]) -> None:
        read = tokenizer.encode_batch(batch)
        given = {"ids": [one.ids for one in read], "mask": [one.attention_mask for one in read]}
        session.run(None, {name: np.array(value, np.int64) for name, value in given.items()})

    print(json.dumps(timed(embed, json.load(sys.stdin), BATCH)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
