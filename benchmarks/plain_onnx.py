"""What a careful user of onnxruntime gets: the exported graph, its own int8, sorted batches."""

import json
import sys
import threading
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]
from onnxruntime.quantization import (  # type: ignore[import-untyped]
    QuantType,
    quantize_dynamic,
)

from groundwatch.models.minilm_build import source_folder
from groundwatch.models.settings import MiniLMSettings

BATCH = 16
THREADS = 2
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
    texts = sorted(json.load(sys.stdin), key=len, reverse=True)
    batches = [texts[first : first + BATCH] for first in range(0, len(texts), BATCH)]
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(quantised, options, providers=["CPUExecutionProvider"])

    def embed(batch: list[str]) -> None:
        read = tokenizer.encode_batch(batch)
        given = {"ids": [one.ids for one in read], "mask": [one.attention_mask for one in read]}
        session.run(None, {name: np.array(value, np.int64) for name, value in given.items()})

    def work() -> None:
        while batches:
            try:
                embed(batches.pop(0))
            except IndexError:
                return

    embed(texts[:BATCH])
    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    began, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(
        json.dumps(
            {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
