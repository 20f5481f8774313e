"""Reading a safetensors file."""

import json
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from groundwatch.errors import ModelUnusable

_DTYPES = {"F32": "<f4", "F16": "<f2"}
_LARGEST_HEADER = 16_000_000

Tensors = dict[str, NDArray[np.float32]]
"""Tensor by name."""


def read_safetensors(path: Path) -> Tensors:
    """Read every floating-point tensor of a file; tensors of other types are left out.

    The format: 8 bytes of little-endian header length, a JSON header, the raw tensors.

    Raises:
        ModelUnusable: the file is damaged or is not a safetensors file.
    """
    try:
        return _read(path)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error) as error:
        raise ModelUnusable(
            f"{path} is not a readable safetensors file ({type(error).__name__}); "
            "replace it with a fresh copy of the model"
        ) from error


def _read(path: Path) -> Tensors:
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > _LARGEST_HEADER:
            raise ValueError(length)
        header = json.loads(file.read(length))
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)
    tensors: Tensors = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in _DTYPES:
            continue
        start, end = entry["data_offsets"]
        flat = np.frombuffer(data[start:end], dtype=_DTYPES[entry["dtype"]])
        tensors[name] = flat.astype(np.float32, copy=False).reshape(entry["shape"])
    return tensors
