"""From characters to tokens and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.preparation import Preparation
from engine.data.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class TextPreparation(Preparation):
    """Characters as tokens."""

    vocabulary: Vocabulary
    topology: str = "many_to_many"
    kind = "text"

    def encode(self, prompt: str) -> NDArray[np.int32]:
        """Tokens (T,) of a prompt; characters that were never seen become token 0."""
        return self.vocabulary.encode(prompt)

    def decode(self, tokens: NDArray[Any]) -> str:
        """The text of tokens (T,)."""
        return self.vocabulary.decode(tokens)

    def metadata(self) -> dict[str, Any]:
        """See `Preparation.metadata`."""
        return {"kind": self.kind, "topology": self.topology, "vocabulary": list(self.vocabulary.symbols)}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> TextPreparation:
        """The opposite of `metadata`."""
        return cls(Vocabulary(values["vocabulary"]), values["topology"])
