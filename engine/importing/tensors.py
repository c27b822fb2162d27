"""Tensors of a safetensors file that another program wrote, in whatever precision its weights were kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from engine.importing.elsewhere import ElsewhereError, from_torch
from engine.storage.weights import WeightsFileError

_PLAIN = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?"}


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Tensors by name; half precision comes as float32.

    Raises:
        WeightsFileError: not such a file, or a kind of number that no weights here have.
        ElsewhereError: ``torch.save`` wrote it.
        OSError: the file cannot be read.
    """
    content = path.read_bytes()
    if _is_from_torch(content):
        why = f"{path.name} is no safetensors file but what torch.save writes, under another name"
        raise ElsewhereError(why, from_torch(path))
    try:
        found: list[tuple[str, dict[str, Any]]] = deserialize(content)  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise WeightsFileError(f"{path.name} is not a safetensors file that can be read: {error}") from error
    return {name: _values(path, name, about) for name, about in found}


def _is_from_torch(content: bytes) -> bool:
    """ZIP, or a pickle; a safetensors file begins with the length of its JSON, whose lowest byte may be a pickle's."""
    return content[:4] == b"PK\3\4" or (content[:1] == b"\x80" and content[8:9] != b"{")


def _values(path: Path, name: str, about: dict[str, Any]) -> NDArray[Any]:
    data, shape, dtype = about["data"], about["shape"], about["dtype"]
    if dtype == "BF16":  # the upper half of a float32
        return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4").astype(np.float32).reshape(shape)
    if dtype not in _PLAIN:
        raise WeightsFileError(f"{path.name}: tensor {name!r} holds {dtype}; weights are read from floats")
    values = np.frombuffer(data, _PLAIN[dtype]).reshape(shape)
    return values.astype(np.float32 if dtype == "F16" else values.dtype.newbyteorder("="))
