"""What the gradient that arrives at the states of a layer comes to: over a batch, and of one sequence."""

from __future__ import annotations

import math
from typing import Any

from engine.kernels.jit import kernel


@kernel
def arrivals(squares: Any, lengths: Any, backward: bool, by_time: Any, by_distance: Any, ends: Any) -> None:
    """Sum up ‖∂L/∂h_t‖² of each sequence, (T · B), in the order in which the layer went.

    Args:
        squares: One row for each step, from where a sequence has ended of no account.
        lengths: (B,) of the sequences.
        backward: Whether the layer went backward through time.
        by_time: (T,) gets the norm over the batch, as time went in the sequences.
        by_distance: (T,) gets the norm of one sequence by steps back from where the layer ends in it. Where all are of
            one length the root of their mean square; else the geometric mean of what is left, so far from its end, of
            what each begins with there, and NaN where none goes so far.
        ends: (3, B) gets the square at the layer's first step, at its last one, and the logarithm of what each begins
            with beside its last answer.
    """
    steps, batch = by_time.size, lengths.size
    begins, answered, together = 0.0, 0, True
    for b in range(batch):
        together = together and lengths[b] == steps
        ends[0, b], ends[1, b], ends[2, b] = squares[b], squares[(lengths[b] - 1) * batch + b], 0.0
        for place in range(lengths[b] - 1, -1, -1):
            if squares[place * batch + b] > 0:
                ends[2, b] = math.log(squares[place * batch + b])
                begins, answered = begins + ends[2, b], answered + 1
                break
    for step in range(steps):
        forward, back, left, going, known = 0.0, 0.0, 0.0, 0, 0
        for b in range(batch):
            if step < lengths[b]:
                going += 1
                square = squares[(lengths[b] - 1 - step) * batch + b]
                forward += squares[step * batch + b]
                back += square
                if square > 0 and not together:
                    left += math.log(square) - ends[2, b]
                    known += 1
        by_time[step] = math.sqrt(back if backward else forward)
        if together:
            by_distance[step] = math.sqrt(back / batch)
        elif known > 0:
            by_distance[step] = math.exp((begins / answered + left / known) / 2)
        else:
            by_distance[step] = 0.0 if going > 0 else math.nan
