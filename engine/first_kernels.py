"""``python -m engine.first_kernels`` compiles what the first of the samples is trained with, unless it is compiled."""

from __future__ import annotations

from engine.data import load, samples
from engine.warmup import warm_up


def compile_first() -> None:
    """Fill the cache for that sample, which is at hand when the window opens for the first time."""
    experiment = samples()[0].experiment
    warm_up(experiment, load(experiment))


if __name__ == "__main__":
    compile_first()
