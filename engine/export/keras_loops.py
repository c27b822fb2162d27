"""Writing step by step with a model that is told all that was written before, in NumPy and nothing else.

Exported Python files hold this very text, so it imports nothing of the workbench. `answer(x, before)` gives answers
(B, U, O) to what is read and to what was written before each step, (B, U) or (B, U, ·), which no later step may sway.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def write_tokens(answer: Any, x: Any, limit: int) -> Any:
    """Tokens (B, `limit`) for `x`, the likeliest each time; 2, the stop, behind the end of each."""
    written = np.full((len(x), limit + 1), 2, np.int32)
    written[:, 0] = 1
    for step in range(limit):
        scores = answer(x, written[:, :limit])[:, step]
        likeliest = 2 + scores[:, 2:].argmax(axis=1)  # never the unknown one, never the start
        written[:, step + 1] = np.where(written[:, step] == 2, 2, likeliest)
        if (written[:, step + 1] == 2).all():
            break
    return written[:, 1:]


def write_numbers(answer: Any, x: Any, told: Any, middle: int, width: int) -> Any:
    """Answers (B, U, O), each heard before the next, of several quantiles the middle one.

    Of `told` (B, U, ·) the first step is heard, and what is known ahead of the others.
    """
    before, steps = np.array(told), told.shape[1]
    for step in range(steps):
        answers = answer(x, before)
        if step + 1 < steps:
            own = answers[:, step, middle::width]
            before[:, step + 1, : own.shape[1]] = own
    return answers
