"""As many hidden units as a budget of parameters allows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from engine.config import ModelConfig, field_info


def fitted(model: ModelConfig, budget: int, count: Callable[[ModelConfig], int]) -> ModelConfig:
    """`model` with the number of hidden units, the same in every layer, that comes nearest to `budget`."""
    info = field_info("model", "hidden_size")
    low, high = int(info.minimum), int(info.maximum)
    while low < high:  # the smallest that is not below the budget
        middle = (low + high) // 2
        low, high = (middle + 1, high) if count(_sized(model, middle)) < budget else (low, middle)
    sizes = [size for size in (low - 1, low) if size >= info.minimum]
    return _sized(model, min(sizes, key=lambda size: abs(count(_sized(model, size)) - budget)))


def _sized(model: ModelConfig, size: int) -> ModelConfig:
    return dataclasses.replace(model, hidden_size=size, hidden_sizes=())
