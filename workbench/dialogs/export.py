"""Save a run's best weights, and see what goes into the file and how to load it elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from workbench.panels.labels import column, label
from workbench.panels.message import Message
from workbench.records import RunRecord
from workbench.theme import GRID

_TRAVELS = (
    "The weights, in PyTorch's names, shapes and gate order; and in the file's metadata all that is needed to use "
    "them: scaler or vocabulary, transform, window, columns, and every setting of the run."
)
_LOADS = (
    "from safetensors.torch import load_file\n"
    "module.load_state_dict(load_file({name!r}), strict=True)\n"
    "# module: a plain torch.nn.Module with rnn and readout{embedding}"
)


class ExportDialog(QDialog):
    """Asks where to; the writing itself is asked of the window, which answers by `show_result`."""

    write_asked = Signal(object)  # Path

    def __init__(self, record: RunRecord, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export weights")
        self.setMinimumWidth(70 * GRID)
        self._tokens = record.experiment.data.kind == "text"
        self._path = QLineEdit(str(folder / f"{record.name}.safetensors"))
        self._path.setObjectName("export_path")
        self._path.setAccessibleName("File to write")
        self.message = Message("export_message", "What went wrong with the export")
        self._done = label("", "strong", "export_done")
        self._tensors = QPlainTextEdit(readOnly=True)
        self._tensors.setObjectName("export_tensors")
        self._tensors.setAccessibleName("Tensors in the file, and how to load them")
        self._tensors.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._tensors.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._tensors.setMinimumHeight(24 * GRID)
        self._tensors.hide()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._write = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.ActionRole)
        self._lay_out(record)

    def show_result(self, target: Path, tensors: dict[str, tuple[int, ...]]) -> None:
        """It was written: say what is in it and how to load it."""
        self.message.say("")
        self._done.setText(f"Written: {target}")
        names = "\n".join(f"{name:32} {' × '.join(map(str, shape))}" for name, shape in tensors.items())
        how = _LOADS.format(name=target.name, embedding=" and embedding" if self._tokens else "")
        self._tensors.setPlainText(f"{names}\n\nIn PyTorch:\n{how}")
        self._tensors.show()
        self._write.setEnabled(True)

    def show_problem(self, text: str) -> None:
        """It could not be written."""
        self._done.setText("")
        self.message.say(text)
        self._write.setEnabled(True)

    def _lay_out(self, record: RunRecord) -> None:
        browse = QPushButton("Choose…")
        for button, name in ((browse, "Choose"), (self._write, "Export")):
            button.setObjectName(f"export_{name.lower()}")
            button.setAccessibleName(name)
        close = self._buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("export_close")
        close.setAccessibleName("Close")
        close.setIcon(QIcon())
        browse.setAutoDefault(False)
        self._write.setDefault(True)
        browse.clicked.connect(self._browse)
        self._write.clicked.connect(self._on_write)
        self._buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self._path, 1)
        row.addWidget(browse)
        layout = column(self, 2 * GRID, GRID)
        layout.addWidget(label(f"Best weights of run {record.number}, {record.name}", "title"))
        layout.addWidget(label(_TRAVELS, "muted"))
        layout.addLayout(row)
        for part in (self.message, self._done, self._tensors, self._buttons):
            layout.addWidget(part)
        self.message.dismissed.connect(lambda: self.message.say(""))

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export weights", self._path.text(), "safetensors (*.safetensors)"
        )
        if chosen:
            self._path.setText(chosen)

    def _on_write(self) -> None:
        text = self._path.text().strip()
        if not text:
            self.show_problem("Name a file to write to.")
            return
        target = Path(text).expanduser()
        if target.suffix != ".safetensors":
            target = target.with_name(f"{target.name}.safetensors")
            self._path.setText(str(target))
        self._write.setEnabled(False)
        self.write_asked.emit(target)
