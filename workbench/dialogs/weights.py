"""What became of weights from elsewhere: what was understood of them, or why not, and how they get here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QPlainTextEdit, QWidget

from workbench.dialogs.frame import TextDialog, closing_row
from workbench.looks.theme import GRID
from workbench.panels.labels import column, fixed_font, label

_THEN = (
    "They become a run of their own, judged on the data at hand: look into it, use it or export it as it is. Run "
    "trains on from these weights."
)
_TRAINED_FIRST = "Run trains on from these weights, Step looks into them."


class WeightsDialog(TextDialog):
    """Opens once there is an answer; its text can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(104 * GRID, parent)
        self.setObjectName("weights_dialog")
        self.setWindowTitle("Import weights")
        self._title = label("", "title", "weights_title")
        self._text = label("", name="weights_text")
        for part in (self._title, self._text):
            part.setTextFormat(Qt.TextFormat.PlainText)
        self._code = QPlainTextEdit(readOnly=True)
        self._code.setObjectName("weights_code")
        self._code.setAccessibleName("Python that makes a file which can be read")
        self._code.setFont(fixed_font(self))
        self._code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._code.hide()
        layout = column(self, 2 * GRID, GRID)
        for shown in (self._title, self._text, self._code):
            layout.addWidget(shown)
        layout.addStretch()
        closing = closing_row(self, "weights")
        closing.button(QDialogButtonBox.StandardButton.Close).setDefault(True)  # also while the lines have the keys
        layout.addWidget(closing)

    def show_taken(self, notes: Sequence[str], answer: bool) -> None:
        """They were read: what they are, what had to be guessed, and whether they `answer` before they are trained."""
        first, *others = notes
        self._title.setText(f"{first}.")
        then = _THEN if answer else _TRAINED_FIRST
        self._text.setText("\n".join([*(f"{note[:1].upper()}{note[1:]}." for note in others), then]))
        self.open()

    def show_problem(self, text: str) -> None:
        """They cannot be used, and everything stays as it was."""
        self._refuse(f"{text.rstrip('.')}. Nothing was changed.")

    def show_way(self, why: str, code: Sequence[str]) -> None:
        """They cannot be read, but these lines of Python make a file that can."""
        self._code.setPlainText("\n".join(code))
        self._code.setFixedHeight(self._code.fontMetrics().lineSpacing() * (len(code) + 1) + 2 * GRID)
        self._code.show()
        self._refuse(f"{why}. Where it was made, this makes a file that can be read:")

    def _refuse(self, text: str) -> None:
        self._title.setText("These weights cannot be used")
        self._text.setText(text)
        self.open()
