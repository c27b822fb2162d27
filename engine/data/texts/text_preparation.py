"""From a text to tokens and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.preparation import Preparation
from engine.data.texts.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class TextPreparation(Preparation):
    """Characters, words or bytes as tokens."""

    vocabulary: Vocabulary
    topology: str = "many_to_many"
    kind = "text"

    @property
    def unit(self) -> str:
        """What a token is: "characters", "words" or "bytes"."""
        return self.vocabulary.level

    def encode(self, prompt: str) -> NDArray[np.int32]:
        """Tokens (T,) of a prompt, at least one: of an empty one a new line. What was never seen becomes token 0.

        A blank at the end of words is left out, since the next word brings its own.
        """
        if self.unit == "words" and prompt.strip():
            prompt = prompt.removesuffix(" ")
        return self.vocabulary.encode(prompt or "\n")

    def decode(self, tokens: NDArray[Any]) -> str:
        """The text of tokens (T,)."""
        return self.vocabulary.decode(tokens)

    def after(self, prompt: str, tokens: NDArray[np.int32]) -> str:
        """The text of tokens (T,) as it goes on behind a prompt: with or without a blank, and with whole letters."""
        before = self.encode(prompt)
        text = self.decode(np.concatenate([before, tokens]))[len(self.decode(before)) :]
        return text.removeprefix(" ") if self.unit == "words" and prompt[-1:].isspace() else text

    def metadata(self) -> dict[str, Any]:
        """See `Preparation.metadata`."""
        own = {"kind": self.kind, "topology": self.topology, "unit": self.unit}
        return {**own, "vocabulary": list(self.vocabulary.symbols)}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> TextPreparation:
        """The opposite of `metadata`."""
        return cls(Vocabulary(values["unit"], values["vocabulary"][1:]), values["topology"])
