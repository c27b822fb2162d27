"""The runs on their shelf: the list, the folder behind it, and which runs are drawn beside the one at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from workbench.desk import Desk
from workbench.dialogs.compare import CompareDialog, Side
from workbench.dialogs.go_on import GoOnDialog
from workbench.dialogs.recovery import offer_to_go_on
from workbench.files import Files
from workbench.gallery.gallery import Gallery
from workbench.looks.theme import Theme
from workbench.panels.runs import RunsPanel
from workbench.runs.records import RunRecord

if TYPE_CHECKING:
    from engine.config import Experiment
    from engine.resuming import WayOn


class Shelf(QObject):
    """Connects the list of runs with what can be done with them."""

    def __init__(self, desk: Desk, runs: RunsPanel, gallery: Gallery, files: Files, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._runs, self._gallery, self._window = desk, runs, gallery, window
        self._theme = gallery.theme
        self._drawn_unasked = WeakSet[RunRecord]()
        self._shut = WeakSet[RunRecord]()  # those that a person shut the eye of
        self.compare_dialog: CompareDialog | None = None
        self.go_on_dialog: GoOnDialog | None = None
        archive = desk.archive
        runs.go_on_asked.connect(self.ask_to_go_on)
        runs.use_asked.connect(lambda record: desk.draft.adopt(record.experiment))
        runs.inside_asked.connect(desk.look_inside)
        runs.export_asked.connect(files.ask_export)
        runs.model_asked.connect(files.ask_use)
        runs.folder_asked.connect(lambda record: files.show_folder(record.folder))
        runs.compare_asked.connect(self.compare)
        runs.delete_asked.connect(archive.deletions.delete)
        runs.bring_back_asked.connect(archive.deletions.bring_back)
        runs.noted.connect(archive.note)
        runs.shown_changed.connect(self.show_others)
        archive.found.connect(runs.add_earlier)
        archive.found.connect(self._offer_to_go_on)
        archive.let_go.connect(runs.refresh)
        archive.let_go.connect(self._on_let_go)
        archive.left_out.connect(runs.left_out.say)
        archive.deletions.removed.connect(lambda records: runs.drop(*records))
        archive.deletions.put_aside.connect(runs.offer_back)
        archive.left.connect(runs.drop)
        archive.deletions.restored.connect(self._on_restored)

    @Slot(object)
    def _on_let_go(self, record: RunRecord) -> None:
        self._offer_to_go_on([record])

    @Slot(object)
    def _offer_to_go_on(self, records: list[RunRecord]) -> None:
        """What ended in the middle, whenever that was by the clock, and was not asked about; one run at a time, and
        none of a race, which would not go on with it.
        """
        desk = self._desk
        left = [record for record in records if record.broke_off and record.can_go_on and record.of is None]
        if left and not desk.session.alive:
            newest = left[-1]
            offer_to_go_on(
                newest,
                lambda: desk.learn_way_on(newest, {}, self._go_on_with(newest)),
                lambda: desk.archive.settle(newest),
                self._window,
            )

    @Slot(object)
    def ask_to_go_on(self, record: RunRecord, changes: Mapping[str, Any] | None = None) -> None:
        """Say where a run stands, what has changed since, and until when it shall train; then go on with it."""
        self._desk.learn_way_on(record, changes or {}, lambda way: self._show_way(record, way, changes or {}))

    def _go_on_with(self, record: RunRecord) -> Callable[[WayOn], None]:
        """What goes on at once where nothing has to be agreed to."""

        def learned(way: WayOn) -> None:
            if way.problem or way.data or way.failed:
                self._show_way(record, way, {})
            else:
                self._desk.go_on(record)

        return learned

    def _show_way(self, record: RunRecord, way: WayOn, changes: Mapping[str, Any]) -> None:
        self.go_on_dialog = dialog = GoOnDialog(record, way, changes, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wanted.connect(lambda wanted, changed: self._desk.go_on(record, wanted, changed_data=changed))
        dialog.moved.connect(lambda path: self.ask_to_go_on(record, {"data.file": str(path)}))
        dialog.open()

    def begin(self, record: RunRecord) -> None:
        """A run begins. What was done before in the same sitting on the same data is drawn beside it, and no longer
        what was drawn so beside a run on other data, or what a person shut the eye of.
        """
        self._runs.add(record)
        self._note_shut()
        for other in self._desk.session.records:
            if other is not record:
                self._draw_unasked(other, _same_data(other.experiment, record.experiment))
        self.show_others()

    def _draw_unasked(self, other: RunRecord, same: bool) -> None:
        """Draw a run beside one that learns from the `same` data, or no longer; a person's own wish stays."""
        if same and not other.earlier and other not in self._shut:
            self._runs.show_beside(other, True)
            self._drawn_unasked.add(other)
        elif not same and other in self._drawn_unasked:
            self._runs.show_beside(other, False)
            self._drawn_unasked.discard(other)

    def draw_again(self, records: Sequence[RunRecord]) -> None:
        """Draw what was drawn when a project was saved; on the data it is set up with, as long as that is at hand."""
        for record in records:
            self._runs.show_beside(record, True)
            if _same_data(record.experiment, self._desk.draft.experiment):
                self._drawn_unasked.add(record)

    def _note_shut(self) -> None:
        """From then on the eyes of these runs are left to the person."""
        shut = [record for record in self._drawn_unasked if not record.shown]
        self._shut.update(shut)
        self._drawn_unasked.difference_update(shut)

    @Slot()
    def show_others(self) -> None:
        """Draw the runs whose eyes are open, but for the one at hand, which is drawn anyway."""
        session = self._desk.session
        self._runs.note_at_hand(session.record)
        self._gallery.show_others(
            tuple(record.beside() for record in session.records if record.shown and record is not session.record)
        )

    @Slot(object)
    def compare(self, records: list[RunRecord]) -> None:
        """How the settings of runs differ; those of one run from what is set up now."""
        sides = [Side(f"{record.number}  {record.name}", record.experiment, record) for record in records]
        if len(sides) == 1:
            sides.append(Side("set up now", self._desk.draft.experiment))
        self.compare_dialog = dialog = CompareDialog(sides, self._theme, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self._runs.apply_theme(theme)

    @Slot(object)
    def _on_restored(self, records: list[RunRecord]) -> None:
        """Runs are back. Whether they are drawn goes by the run at hand, which may have begun meanwhile."""
        self._runs.bring_back(records)
        self._note_shut()
        if at_hand := self._desk.session.record:
            for record in records:
                self._draw_unasked(record, _same_data(record.experiment, at_hand.experiment))
        self.show_others()


def _same_data(one: Experiment, other: Experiment) -> bool:
    """Whether both learn from the same file, not only from files of one name; or from the same sample."""
    return one.data.file == other.data.file and bool(one.data.file or one.data.sample == other.data.sample)
