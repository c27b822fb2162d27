"""From a text or a row of values to what a network reads, and from tokens to a text, in NumPy and nothing else.

Exported Python files hold this very text after that of `engine.data.texts.tokens`. `data` is what
`PairsPreparation.metadata` says. Tokens 0, 1 and 2 are what is unknown, the start and the stop.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.texts.tokens import cut, put_together


def encoded(data: dict[str, Any], text: str) -> Any:
    """A text as the network reads it, (S, 1) tokens and the stop; or values with commas between as a vector (1, 1, I).

    Raises:
        ValueError: too few values or too many, or one that is no number.
    """
    if "vector" in data:
        return vector(data["vector"], [value.strip() for value in text.split(",")])
    source, text = data["source"], text.strip()
    text = " ".join(text.split()) if source["level"] == "words" else text
    numbers = {symbol: at for at, symbol in enumerate(source["symbols"], 3)}
    return np.array([*(numbers.get(symbol, 0) for symbol in cut(text, source["level"])), 2])[:, None]


def vector(parts: dict[str, Any], values: list[str]) -> Any:
    """Numbers, scaled, and categories, an input for each, (1, 1, I)."""
    names, scaler = [*parts["numbers"], *(name for name, _ in parts["categories"])], parts["scaler"]
    if len(values) != len(names):
        raise ValueError(f"the network reads {len(names)} values, commas between: {', '.join(names)}")
    count = len(parts["numbers"])
    try:
        numbers = (np.array(values[:count], np.float64) - scaler["offset"][:count]) / scaler["scale"][:count]
    except ValueError as error:
        raise ValueError(f"{error}; these are numbers: {', '.join(parts['numbers'])}") from None
    chosen = zip(values[count:], (known for _, known in parts["categories"]), strict=True)
    marks = [float(value == name) for value, known in chosen for name in known]
    return np.array([*numbers, *marks], np.float32)[None, None]


def decoded(data: dict[str, Any], tokens: Any) -> str:
    """The text of tokens, up to the first stop."""
    symbols, numbers = data["symbols"], [int(token) for token in tokens]
    until = numbers.index(2) if 2 in numbers else len(numbers)
    return put_together([symbols["symbols"][number - 3] for number in numbers[:until]], symbols["level"])
