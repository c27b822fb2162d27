"""Settings of what is kept on disk while a network trains."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config.fields import Section, option


@dataclass(frozen=True, slots=True)
class SavingConfig(Section):
    """When a run is saved, and how much of its past is kept. None of it changes a weight."""

    SECTION = "saving"

    seconds: float = option(
        10.0, "Save every", "Longest time between two saves; a save that takes long is made less often. 0 saves after "
        "every batch.", unit="s", minimum=0.0, maximum=86_400.0,
    )  # fmt: skip
    epochs: int = option(
        0, "And every", "Also save after so many epochs. 0: by time only.", unit="epochs", minimum=0, maximum=1_000_000
    )
    keep: int = option(2, "Keep", "So many checkpoints, the newest ones.", unit="checkpoints", minimum=1, maximum=1000)
