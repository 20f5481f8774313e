"""all-MiniLM-L6-v2 on onnxruntime."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from groundwatch.errors import ModelUnusable, TextRejected
from groundwatch.models.embedder import Urgency, Vectors
from groundwatch.models.minilm_build import PreparedModel
from groundwatch.models.minilm_graph import INPUT, OUTPUT
from groundwatch.models.tokens import open_tokenizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = 256
"""What the model reads of a text, the two marker tokens included."""

_MAX_CHARACTERS = 16_384
_TOLERANCE = 1e-3


class MiniLM:
    """Embeds on the calling thread, one text a run; any number of threads may call at once.

    Raises:
        ModelUnusable: the prepared files cannot be opened.
    """

    def __init__(self, prepared: PreparedModel) -> None:
        import onnxruntime  # type: ignore[import-untyped]

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # With one text a run the arena stays small; plans for each length would not.
        options.enable_mem_pattern = False
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(prepared.path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises classes of its own
            raise ModelUnusable(
                f"the embedding model {prepared.path} cannot be opened "
                f"({type(error).__name__}); delete it, it is built again"
            ) from error
        self._tokenizer = load_tokenizer(prepared)
        self._prepared = prepared

    @property
    def name(self) -> str:
        return self._prepared.name

    @property
    def dimensions(self) -> int:
        return self._prepared.dimensions

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:  # noqa: ARG002  one thread, no queue
        """Return one unit vector a text; only the first `MAX_TOKENS` tokens are read.

        Raises:
            TextRejected: a text is blank or has no vector.
        """
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for position, text in enumerate(texts):
            vectors[position] = self._embed_one(text, position)
        return vectors

    def _embed_one(self, text: str, position: int) -> NDArray[np.float32]:
        if not text.strip():
            raise TextRejected(position, "is blank; give at least one word")
        # The call for several texts, unlike the one for one, lets other threads run meanwhile.
        ids = self._tokenizer.encode_batch_fast([text[:_MAX_CHARACTERS]])[0].ids
        feed = {INPUT: np.array([ids], dtype=np.int64)}
        vector: NDArray[np.float32] = self._session.run([OUTPUT], feed)[0][0]
        if not abs(float(np.linalg.norm(vector)) - 1) < _TOLERANCE:
            raise TextRejected(position, "has no vector; leave it out")
        return vector


def load_tokenizer(prepared: PreparedModel) -> "Tokenizer":
    """Return the model's tokenizer, cutting at `MAX_TOKENS`; the packaged file cuts at 128.

    Raises:
        ModelUnusable: the file is damaged.
    """
    tokenizer = open_tokenizer(prepared.tokenizer)
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer
