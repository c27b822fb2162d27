"""Export a run's best weights: choose a form, see whether it is exact, and by how much the file differs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from workbench.dialogs.frame import TextDialog
from workbench.doors.answers import Exported, ExportForm
from workbench.doors.export_pace import UnderWay
from workbench.looks.theme import GRID
from workbench.panels.labels import column, fixed_font, label, rename
from workbench.panels.message import Message
from workbench.runs.pace import duration
from workbench.runs.records import RunRecord
from workbench.spoken import announce
from workbench.widgets.path_line import PathLine
from workbench.widgets.starting_place import starting_place

_TRAVELS = (
    "Scaler or vocabulary, window, columns, settings, scores and the licence of the data travel with the weights. "
    "After the export the file is run on held-out data, and what it says is compared with the engine."
)

_TICK = 200  # milliseconds between two looks at what is under way
_WHOLE = 1000


class ExportDialog(TextDialog):
    """Asks what and where to; the work itself is asked of the window, which answers by the methods `show_…`."""

    write_asked = Signal(str, object)  # the form's key, Path
    cancel_asked = Signal(object)  # UnderWay
    left = Signal()  # closed while a file was being written, which ends that

    def __init__(self, record: RunRecord, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(90 * GRID, parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export weights")
        self._folder = folder
        self._forms: tuple[ExportForm, ...] = ()
        self._replacing: Path | None = None  # what is there, and may be written over
        self._under_way: UnderWay | None = None
        self._clock = QTimer(self, interval=_TICK)
        self._clock.timeout.connect(self._show_step)
        self._path = PathLine(str(folder / record.name.replace("-", "_")))  # as Python can import
        self._path.setObjectName("export_path")
        self._path.setAccessibleName("File to write")
        self._browse_button = QPushButton("Choose…")
        self._list = self._made_list()
        self._about = label("Looking at what this network can be exported to…", "muted", "export_about")
        self.message = Message("export_message", "What went wrong with the export")
        self._done = label("", "strong", "export_done")
        self._bar = QProgressBar(textVisible=False)
        self._bar.hide()
        self._bar.setObjectName("export_progress")
        self._bar.setAccessibleName("How far the export is")
        self._usage = QPlainTextEdit(readOnly=True)
        self._usage.setObjectName("export_usage")
        self._usage.setAccessibleName("Files that were written, and how to use them")
        self._usage.setFont(fixed_font(self))
        self._usage.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._usage.setMinimumHeight(20 * GRID)
        self._usage.hide()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._write = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.ActionRole)
        self._write.setEnabled(False)
        self._lay_out(record)

    # --- what the window answers ---

    def show_forms(self, forms: Sequence[ExportForm]) -> None:
        """What there is to choose from, the possible ones first chosen."""
        self._forms = tuple(forms)
        for form in forms:
            item = QTreeWidgetItem([form.title, form.suffix, "exact" if form.possible else "not possible"])
            item.setSizeHint(0, QSize(0, 3 * GRID))
            item.setToolTip(0, form.summary)
            item.setToolTip(2, form.text)
            if not form.possible:
                for at in range(3):
                    item.setForeground(at, self.palette().placeholderText())
            self._list.addTopLevelItem(item)
        rows = self._list.sizeHintForRow(0) * len(forms)
        self._list.setFixedHeight(rows + self._list.header().sizeHint().height() + 2 * self._list.frameWidth())
        possible = [place for place, form in enumerate(forms) if form.possible]
        self._list.setCurrentIndex(self._list.model().index(possible[0] if possible else 0, 0))

    def watch(self, under_way: UnderWay) -> None:
        """Say what the export is at, until it has come to an end."""
        self._under_way = under_way
        self._path.setEnabled(False)
        self._browse_button.setEnabled(False)
        rename(self._write, "Cancel")
        self._write.setEnabled(True)
        self._clock.start()
        self._show_step()

    def show_result(self, exported: Exported) -> None:
        """It was written: say by how much it differs, what lies where, and how to use it."""
        self.message.say("" if exported.passed else exported.sentence)
        self._done.setText(exported.sentence if exported.passed else "")
        files = "\n".join(str(file) for file in exported.files)
        self._usage.setPlainText(f"{files}\n\n{exported.usage}".rstrip())
        self._usage.show()
        self._at_rest()
        announce(self, self._done.text())

    def show_problem(self, text: str) -> None:
        """It could not be written, or not be looked at."""
        self._done.setText("")
        if not self._forms:
            self._about.setText("")
        self._usage.hide()
        self.message.say(text)
        self._at_rest()

    def done(self, result: int) -> None:
        """Nothing goes on unseen behind a dialog that was closed."""
        if self._under_way is not None:
            self._cancel(self._under_way)
            self.left.emit()
        super().done(result)

    # --- the inside ---

    def _show_step(self) -> None:
        if self._under_way is None:
            return
        took, left = self._under_way.seconds, self._under_way.left
        words = "time left not known yet" if left is None else f"about {duration(left)} left"
        self._done.setText(f"{self._under_way.step or 'Waiting'}… {took:.0f} s, {words}")
        self._bar.setRange(0, 0 if left is None else _WHOLE)  # without an end it moves to and fro
        self._bar.setValue(0 if left is None else round(_WHOLE * took / (took + left)))
        self._bar.show()

    def _cancel(self, under_way: UnderWay) -> None:
        """No file is there before its last step, so none is left."""
        self.cancel_asked.emit(under_way)
        self._at_rest()
        self._done.setText("Cancelled: nothing was written.")
        announce(self, self._done.text())

    def _at_rest(self) -> None:
        """Nothing is being written."""
        self._under_way = None
        self._clock.stop()
        self._bar.hide()
        self._replacing = None
        for part in (self._list, self._path, self._browse_button):
            part.setEnabled(True)
        self._write.setEnabled(self._form() is not None)
        rename(self._write, "Export")

    def _made_list(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setObjectName("export_forms")
        tree.setAccessibleName("Form to export to")
        tree.setHeaderLabels(["Form", "File", "For this network"])
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setStretchLastSection(False)
        tree.currentItemChanged.connect(self._on_chosen)
        return tree

    def _lay_out(self, record: RunRecord) -> None:
        browse = self._browse_button
        for button, name in ((browse, "Choose"), (self._write, "Export")):
            button.setObjectName(f"export_{name.lower()}")
            button.setAccessibleName(name)
        close = self._buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("export_close")
        close.setAccessibleName("Close")
        close.setIcon(QIcon())
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self._path.textEdited.connect(self._forget)
        self._write.clicked.connect(self._on_write)
        self._buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self._path, 1)
        row.addWidget(browse)
        layout = column(self, 2 * GRID, GRID)
        layout.addWidget(label(f"Best weights of run {record.number}, {record.name}", "title"))
        layout.addWidget(label(_TRAVELS, "muted"))
        layout.addWidget(self._list)
        layout.addWidget(self._about)
        layout.addLayout(row)
        for part in (self.message, self._done, self._bar, self._usage):
            layout.addWidget(part)
        layout.addStretch()
        layout.addWidget(self._buttons)
        self._write.setDefault(True)  # a button knows its dialog only now
        self.message.dismissed.connect(lambda: self.message.say(""))

    def _form(self) -> ExportForm | None:
        """The chosen form, where it is possible."""
        row = self._list.currentIndex().row()
        return self._forms[row] if row >= 0 and self._forms[row].possible else None

    def _on_chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        form = self._forms[self._list.indexOfTopLevelItem(item)]
        self._about.setText(f"{form.summary} {form.text[:1].upper()}{form.text[1:]}")
        self._path.setText(str(self._with_suffix(form.suffix)))
        self._forget()

    def _forget(self) -> None:
        """What was said of another form, or of another file, is true no longer."""
        self.message.say("")
        self._done.setText("")
        self._usage.hide()
        self._at_rest()

    def _with_suffix(self, suffix: str) -> Path:
        """The path in the field with a form's ending in place of another form's."""
        path = Path(self._path.text().strip() or "weights").expanduser()
        ours = {form.suffix for form in self._forms}
        return path.with_name((path.stem if path.suffix in ours else path.name) + suffix)

    def _browse(self) -> None:
        form = self._form()
        kinds = f"{form.title} (*{form.suffix})" if form else ""
        asks = QFileDialog.Option.DontConfirmOverwrite  # this dialog asks for all files
        path = Path(self._path.text().strip() or "weights").expanduser()
        start = str(starting_place(path.parent, self._folder) / path.name)
        chosen, _ = QFileDialog.getSaveFileName(self, "Export weights", start, kinds, options=asks)
        if chosen:
            self._path.setText(chosen)
            self._forget()

    def _on_write(self) -> None:
        if self._under_way is not None:
            self._cancel(self._under_way)
            return
        form, text = self._form(), self._path.text().strip()
        if form is None:
            return
        if not text:
            self.show_problem("Name a file to write to.")
            return
        target = self._with_suffix(form.suffix)
        self._path.setText(str(target))
        there = [path.name for path in (target, *map(target.with_suffix, form.beside)) if os.path.lexists(path)]
        if there and self._replacing != target:
            self._forget()
            self._replacing = target
            self.message.say(
                f"There already: {', '.join(there)}. Press Replace to write over that, or choose another name."
            )
            rename(self._write, "Replace")
            return
        self._forget()
        self._list.setEnabled(False)
        self.write_asked.emit(form.key, target)
