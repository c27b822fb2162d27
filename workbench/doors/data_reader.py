"""The door to what reads data. What takes long to import is imported on first use, not in the window's thread."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config import Experiment
from engine.loading import stamp
from workbench.doors import previews
from workbench.doors.answers import Loaded
from workbench.doors.inspections import Inspections
from workbench.doors.reading_pace import LOADING, LOOKING, HowFar, ReadingPace, UnderWay

if TYPE_CHECKING:
    from engine.data import Inspection

_PREVIEW_ROWS = 30


class DataReader:
    """Opens files and samples, and knows how far that is. Methods may take long unless they say otherwise."""

    def __init__(self) -> None:
        self._inspections = Inspections()
        self._reads = False  # that `engine.data` has been imported
        self._pace = ReadingPace()
        self._reading: UnderWay | None = None  # the last, as for the next
        self._inspecting: UnderWay | None = None

    def open(self, source: Path | str, changes: Mapping[str, Any] | None = None) -> Loaded:
        """Read a file or a sample, with what it suggests for all settings; `changes` go before that.

        Raises:
            DataError: it cannot be used.
        """
        from engine.data import SAID, suggest

        self._reads = True
        wanted = dict(changes or {})
        said = {name: value for name, value in wanted.items() if name in SAID}
        self._reading = under_way = UnderWay(self._pace, str(source), LOOKING, LOADING)
        with _told(under_way):
            suggestion = suggest(source) if isinstance(source, str) else self._inspections.suggestion(source, said)
            return self._load(suggestion.experiment.replace(wanted), suggestion.notes)

    def how_far_reading(self) -> HowFar | None:
        """Where `open` or `load` is; None where it reads no table. Quick."""
        return self._reading.look() if self._reading else None

    def how_far_inspecting(self) -> HowFar | None:
        """Where `inspect` is, likewise."""
        return self._inspecting.look() if self._inspecting else None

    def reading_progress(self) -> float:
        """Share of what is read just now that is done; negative where that is not known. Quick."""
        if not self._reads:
            return -1.0  # to ask would be to wait for the import
        from engine.data import reading_progress

        return reading_progress()

    def stop_reading(self) -> None:
        """Break off what is read just now. Quick."""
        if self._reads:
            from engine.data import stop_reading

            stop_reading()

    def inspect(self, path: Path, changes: Mapping[str, Any]) -> Inspection:
        """What is understood of a file that is read as `changes` say, with the roles that suit its columns.

        Raises:
            DataError: it cannot be read so.
        """
        from engine.data import understand

        self._reads = True
        self._inspecting = under_way = UnderWay(self._pace, str(path), LOOKING)
        with _told(under_way):
            return understand(path, changes, _PREVIEW_ROWS).inspection

    def load(self, experiment: Experiment, reasons: tuple[str, ...] = ()) -> Loaded:
        """Read what `experiment` names; `reasons` go before the notes on what was done.

        Raises:
            DataError: the data or its settings cannot be used.
        """
        source = experiment.data.file or experiment.data.sample
        self._reading = under_way = UnderWay(self._pace, source, LOADING)
        with _told(under_way):
            return self._load(experiment, reasons)

    def _load(self, experiment: Experiment, reasons: tuple[str, ...] = ()) -> Loaded:
        from engine.data import kept_apart, load, sample

        self._reads = True
        before = stamp(experiment.data.file)
        dataset = load(experiment)
        found = sample(experiment.data.sample) if experiment.data.sample and not experiment.data.file else None
        path = found.path if found else Path(experiment.data.file).expanduser()
        inspection = self._inspections.of(path, experiment) if path else None
        preview = previews.preview(experiment, dataset, inspection)
        title = found.title if found else path.name if path else ""
        notes = tuple(dict.fromkeys((*reasons, *dataset.notes())))
        about = found.description if found else previews.about(inspection)
        columns = previews.columns(inspection)
        made, apart = path is None, kept_apart(dataset)
        return Loaded(experiment, dataset, title, about, notes, preview, columns, made, apart, before)


@contextlib.contextmanager
def _told(under_way: UnderWay) -> Iterator[None]:
    """Let a reading hear of its steps from the engine, in this thread; the last one counts where it came to its end."""
    from engine.data import heard

    with heard(under_way.tell):
        yield
    under_way.end_step()
