"""``python -m engine.compiling.first_kernels`` compiles what the first sample is trained with, unless that is done."""

from __future__ import annotations

from engine.compiling.warmup import warm_up
from engine.data import load, samples


def compile_first() -> None:
    """Fill the cache for that sample, which is at hand when the window opens for the first time."""
    experiment = samples()[0].experiment
    warm_up(experiment, load(experiment))


if __name__ == "__main__":
    compile_first()
