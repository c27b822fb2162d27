"""What was measured for a view: the newest of each of its probes, and when."""

from __future__ import annotations

from collections.abc import Mapping

from engine.events import Probe, Snapshot

_LASTING = frozenset({"structure"})  # probes that are the same throughout a run
_OLD = 0.01  # of the steps so far: a part of a picture that is older says so


class Measured:
    """Probes come with one snapshot or another: what takes long is measured seldom."""

    def __init__(self, probes: frozenset[str]) -> None:
        """All others are left alone."""
        self._probes = probes
        self.newest: dict[str, Probe] = {}
        self.since: dict[str, tuple[int, int]] = {}  # step and epoch that each was measured at

    def take(self, snapshot: Snapshot, *, of_moment: bool) -> bool:
        """Whether there is something for the view in it.

        `of_moment`, it holds all that was known at an earlier moment: what was measured later is put aside.
        """
        mine = {name: value for name, value in snapshot.values if name in self._probes}
        if not mine:
            return False
        if of_moment:
            self.newest = {name: probe for name, probe in self.newest.items() if name in _LASTING}
            self.since = {name: at for name, at in self.since.items() if name in _LASTING}
        self.newest |= mine
        self.since |= {name: snapshot.measured_at(name) for name in mine}
        return True

    def clear(self) -> None:
        """Nothing, as before a run."""
        self.newest.clear()
        self.since.clear()

    def older(self, step: int, parts: Mapping[str, str]) -> str:
        """Which `parts` of a picture were measured much earlier in the run than `step`, and when."""
        ages = [(words, self.since.get(name, (step, 0))[0]) for name, words in parts.items()]
        return ", ".join(f"{words} of step {then:,}" for words, then in ages if then < (1 - _OLD) * step)
