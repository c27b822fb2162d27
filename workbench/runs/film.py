"""What the views were shown in the course of a run, thinned so that it fits, to go back to."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.events import Probe, Snapshot

MOST_MOMENTS = 200
MOST_BYTES = 256_000_000


@dataclass(slots=True)
class _Moment:
    """What was measured by one step of the run."""

    step: int
    epoch: int
    probes: dict[str, Probe]
    since: dict[str, tuple[int, int]]  # step and epoch that each was measured at: here, or at a moment that was dropped


class _Stock:
    """How often each probe is held, and the bytes of all; one that several moments share counts once."""

    def __init__(self) -> None:
        self._held: dict[int, list[int]] = {}  # by the probe's identity: how often, and its bytes
        self.bytes = 0

    def add(self, probe: Probe) -> None:
        """It is held once more."""
        held = self._held.setdefault(id(probe), [0, 0])
        if not held[0]:
            held[1] = size(probe)
            self.bytes += held[1]
        held[0] += 1

    def remove(self, probe: Probe) -> None:
        """It is held once less."""
        held = self._held[id(probe)]
        held[0] -= 1
        if not held[0]:
            self.bytes -= held[1]
            del self._held[id(probe)]


class Film(QObject):
    """Snapshots of one run by step. While `position` is None the views follow the run; else they show a past moment.

    When there are too many, the one whose neighbours lie closest together, as steps are told apart by their ratio,
    goes: what is left is dense at the beginning of a run, where most happens, and has its last moments always. Probes
    that had not changed are kept once.
    """

    grown = Signal()  # there are other moments than before
    moved = Signal()  # another moment is shown

    def __init__(self, parent: QObject | None = None, most: int = MOST_MOMENTS, most_bytes: int = MOST_BYTES) -> None:
        super().__init__(parent)
        self._most, self._most_bytes = most, most_bytes
        self._moments: list[_Moment] = []
        self._steps: list[int] = []  # of each
        self._latest: dict[str, tuple[Probe, tuple[int, int]]] = {}  # in the order in which they came
        self._stock = _Stock()
        self._position: int | None = None

    def __len__(self) -> int:
        """How many moments can be gone to."""
        return len(self._moments)

    @property
    def steps(self) -> list[int]:
        """Steps that can be gone to, rising."""
        return self._steps.copy()

    @property
    def position(self) -> int | None:
        """The step that is shown; None while the views follow the run."""
        return self._position

    @property
    def bytes(self) -> int:
        """Memory that the arrays take."""
        return self._stock.bytes

    def record(self, snapshot: Snapshot) -> bool:
        """Keep a snapshot; True when the views are to show it now."""
        if snapshot.values:
            moment = self._moment(snapshot)
            measured = {n: (self._shared(n, probe), snapshot.measured_at(n)) for n, probe in snapshot.values}
            self._put(moment, measured)
            for name, found in measured.items():
                self._latest.pop(name, None)
                self._latest[name] = found
            while len(self._moments) > self._most or (self.bytes > self._most_bytes and len(self._moments) > 2):
                self._thin()
            self.grown.emit()
        return self._position is None

    def clear(self) -> None:
        """Forget the run, and follow the next."""
        self._moments.clear()
        self._steps.clear()
        self._stock = _Stock()
        self._latest, self._position = {}, None
        self.grown.emit()

    def go(self, step: int | None) -> None:
        """Show the moment at or before `step`; None follows the run again."""
        if step is not None and self._moments:
            step = self._moments[max(self._up_to(step) - 1, 0)].step
        if step != self._position:
            self._position = step
            self.moved.emit()

    def shown(self, wanted: Collection[str] = ()) -> Snapshot | None:
        """What views show at `position`: of each probe the last measurement up to then.

        Of the `wanted` probes alone, it bears the step that the last of them was measured at. While the run is
        followed, it is the one that came last: at the end that of the best weights, which are of an earlier step.
        """
        if not self._moments:
            return None
        if self._position is not None:
            return self._shown_at(self._position, wanted)
        latest = {name: found for name, found in self._latest.items() if not wanted or name in wanted}
        newest = (self._moments[-1].step, self._moments[-1].epoch)
        return _together(latest, [at for _, at in latest.values()][-1] if wanted and latest else newest)

    def _shown_at(self, position: int, wanted: Collection[str]) -> Snapshot | None:
        last = self._up_to(position)
        if not last:
            return None
        found: dict[str, tuple[Probe, tuple[int, int]]] = {}  # newest first: most probes are in the newest moments
        for moment in reversed(self._moments[:last]):
            new = [name for name in (wanted or moment.probes) if name not in found and name in moment.probes]
            found |= {name: (moment.probes[name], moment.since[name]) for name in new}
            if wanted and len(found) == len(wanted):
                break
        newest = self._moments[last - 1]
        when = max(at for _, at in found.values()) if wanted and found else (newest.step, newest.epoch)
        return _together(found, when)

    # --- keeping ----------------------------------------------------------------------------------------

    def _up_to(self, step: int) -> int:
        """How many moments there are up to a step."""
        return bisect.bisect_right(self._steps, step)

    def _moment(self, snapshot: Snapshot) -> _Moment:
        place = bisect.bisect_left(self._steps, snapshot.step)
        if place == len(self._steps) or self._steps[place] != snapshot.step:
            self._moments.insert(place, _Moment(snapshot.step, snapshot.epoch, {}, {}))
            self._steps.insert(place, snapshot.step)
        return self._moments[place]

    def _shared(self, name: str, probe: Probe) -> Probe:
        """The object that was kept last, where it says the same: a probe that rests comes with every snapshot."""
        last, _ = self._latest.get(name, (None, None))
        return last if last is not None and same(last, probe) else probe

    def _put(self, moment: _Moment, probes: dict[str, tuple[Probe, tuple[int, int]]]) -> None:
        """Let it know these too, with when they were measured; what it knew of the same names is known no more."""
        for name, (probe, at) in probes.items():
            self._stock.add(probe)
            if name in moment.probes:
                self._stock.remove(moment.probes[name])
            moment.probes[name], moment.since[name] = probe, at

    def _thin(self) -> None:
        """Drop the moment that is missed least; what it alone knew goes to the one after it."""
        steps = np.array(self._steps, np.float64) + 1  # the first may be 0
        place = 1 + int(np.argmin(steps[2:] / steps[:-2]))
        gone = self._moments.pop(place)
        del self._steps[place]
        after = self._moments[place]
        alone = {name: (probe, gone.since[name]) for name, probe in gone.probes.items() if name not in after.probes}
        self._put(after, alone)
        for probe in gone.probes.values():
            self._stock.remove(probe)


def _together(found: Mapping[str, tuple[Probe, tuple[int, int]]], when: tuple[int, int]) -> Snapshot:
    """Of a moment; each probe with when it was measured."""
    values = tuple((name, probe) for name, (probe, _) in found.items())
    return Snapshot(*when, 0, values, tuple((name, at) for name, (_, at) in found.items() if at != when))


def same(one: Any, other: Any) -> bool:
    """Whether two probes hold the same numbers."""
    pairs = [(one, other)]
    while pairs:
        one, other = pairs.pop()
        if one is other:
            continue
        if type(one) is not type(other):
            return False
        if isinstance(one, np.ndarray):
            if one.shape != other.shape or one.tobytes() != other.tobytes():
                return False
        elif names := _fields(one.__class__):
            pairs += [(getattr(one, name), getattr(other, name)) for name in names]
        elif isinstance(one, tuple):
            if len(one) != len(other):
                return False
            pairs += zip(one, other, strict=True)
        elif one != other:
            return False
    return True


def size(probe: Any) -> int:
    """Bytes of the arrays and texts in a probe."""
    found, parts = 0, [probe]
    while parts:
        part = parts.pop()
        if isinstance(part, np.ndarray):
            found += part.nbytes
        elif names := _fields(part.__class__):
            parts += [getattr(part, name) for name in names]
        elif isinstance(part, tuple):
            parts += part
        else:
            found += 60 if isinstance(part, str) else 8
    return found


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """Names of the fields of a dataclass; none of another class."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
