"""What a trained model is asked with: a file, a prompt, a text, a vector, a drawing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from workbench.doors.answers import Asked, Usable
from workbench.looks.theme import GRID, Theme
from workbench.panels.labels import column, label
from workbench.uses.choosing import Choosing, real, whole
from workbench.uses.drawing import DrawingPad
from workbench.widgets.starting_place import starting_place

_BUTTONS = {"series": "Forecast", "classes": "Classify", "texts": "Classify", "tags": "Tag"}


class Asking(QWidget):
    """The base of all: `asked` gives the question, or says that there is none yet."""

    asked = Signal(object)  # Asked
    words = "Answer"  # on the button
    folder = Path.home()  # in which a file is looked for

    def __init__(self) -> None:
        super().__init__()
        self.column = column(self)
        self.button = button(self.words, "use_ask")
        self.button.clicked.connect(self.ask)

    def ask(self) -> None:
        """Hand the question on."""
        self.asked.emit(self.question())

    def question(self) -> Asked:
        """As it stands."""
        return Asked()

    def choose_file(self, title: str) -> Path | None:
        """Ask for a file, the next time where this one is; None where none is chosen."""
        chosen, _ = QFileDialog.getOpenFileName(self, title, str(starting_place(self.folder)))
        if not chosen:
            return None
        self.folder = Path(chosen).parent
        return Path(chosen)

    def take_keys(self) -> None:
        """They go to the first of its controls."""
        next(part for part in self.findChildren(QWidget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus).setFocus()

    def apply_theme(self, theme: Theme) -> None:
        """Other colours, where there is a picture."""


class FileAsking(Asking):
    """The run's own data, or a file."""

    def __init__(self, usable: Usable, above: QWidget | None = None) -> None:
        """`above` stands before all else, also for the Tab key."""
        self.words = _BUTTONS.get(usable.kind, "Answer")
        super().__init__()
        if above is not None:
            self.column.addWidget(above)
        self._path: Path | None = None
        self._named = label("", "muted", "use_file")
        own, other = button("The run's own data", "use_own"), button("A file…", "use_other")
        own.clicked.connect(self._ask_own)
        other.clicked.connect(self._browse)
        row = QHBoxLayout()
        for each in (own, other):
            row.addWidget(each, 1)
        self.column.addLayout(row)
        self.column.addWidget(self._named)
        self.column.addWidget(self.button)
        self.column.addStretch()
        self._own = (
            "The run's own data, and the steps after its last row."
            if usable.kind == "series"
            else "The run's own data: training, validation and test part."
        )
        self.take(None)

    def take(self, path: Path | None) -> None:
        """Another file; None is the run's own data."""
        self._path = path
        self._named.setText(str(path) if path else self._own)

    def question(self) -> Asked:
        """See `Asking.question`."""
        return Asked(self._path)

    def _ask_own(self) -> None:
        self.take(None)
        self.ask()

    def _browse(self) -> None:
        if path := self.choose_file("File to be answered"):
            self.take(path)
            self.ask()


class TypedAsking(FileAsking):
    """A text to be answered or a sentence whose words are to be tagged, the run's own data, or a file."""

    def __init__(self, usable: Usable) -> None:
        self.typed = QLineEdit()
        super().__init__(usable, self.typed)
        tags = usable.kind == "tags"
        self.typed.setObjectName("use_text")
        self.typed.setAccessibleName("Sentence to be tagged" if tags else "Text to be answered")
        wanted = "sentence whose words are to be tagged" if tags else "text to be answered"
        self.typed.setPlaceholderText(f"Type a {wanted}")
        self.typed.textChanged.connect(self._on_typed)
        self.typed.returnPressed.connect(self.ask)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self._named.setText("What is typed above." if text.strip() else str(self._path or self._own))

    def question(self) -> Asked:
        """See `Asking.question`. What is typed goes before a file that was asked before."""
        typed = self.typed.text().strip()
        return Asked(None, typed) if typed else super().question()

    def _ask_own(self) -> None:
        self.typed.clear()
        super()._ask_own()

    def take(self, path: Path | None) -> None:
        """See `FileAsking.take`; a file goes before what was typed until then."""
        if path:
            self.typed.clear()
        super().take(path)


class PromptAsking(Asking):
    """A beginning to go on from."""

    words = "Write"

    def __init__(self) -> None:
        super().__init__()
        self.prompt = QPlainTextEdit()
        self.prompt.setTabChangesFocus(True)
        self.prompt.setObjectName("use_prompt")
        self.prompt.setAccessibleName("Prompt to go on from")
        self.prompt.setPlaceholderText("What to go on from; empty begins a new line")
        self.length, self.seed = whole("length", 400, 1, 20_000), whole("seed", 0, 0, 2**31 - 1)
        self.temperature = real("temperature", 0.8, 0.0, 100.0)
        self.temperature.setToolTip("0 takes the likeliest each time, 1 draws as the network weighs them")
        form = QFormLayout()
        form.setSpacing(GRID)
        for title, editor in (("Length", self.length), ("Temperature", self.temperature), ("Seed", self.seed)):
            editor.setAccessibleName(title)
            form.addRow(title, editor)
        self.column.addWidget(self.prompt, 1)
        self.column.addLayout(form)
        self.column.addWidget(self.button)

    def question(self) -> Asked:
        """See `Asking.question`."""
        return Asked(
            None, self.prompt.toPlainText(), self.length.value(),
            temperature=self.temperature.value(), seed=self.seed.value(),
        )  # fmt: skip


class TextAsking(Asking):
    """A text to be translated, or a file of them."""

    words = "Write"

    def __init__(self, usable: Usable) -> None:
        super().__init__()
        self.typed = QLineEdit()
        self.typed.setObjectName("use_text")
        self.typed.setAccessibleName("Text to be read")
        self.typed.setPlaceholderText(f"Type what is to be read; {usable.target} is written")
        self.typed.returnPressed.connect(self.ask)
        self.choosing = Choosing()
        other = button("A file, row by row…", "use_other")
        other.clicked.connect(self._browse)
        for part in (self.typed, self.choosing, self.button, other):
            self.column.addWidget(part)
        self.column.addStretch()

    def question(self) -> Asked:
        """See `Asking.question`."""
        return self.choosing.into(Asked(None, self.typed.text()))

    def _browse(self) -> None:
        if path := self.choose_file("Texts to be read"):
            self.asked.emit(self.choosing.into(Asked(path)))


class VectorAsking(Asking):
    """A value for each column."""

    words = "Write"

    def __init__(self, usable: Usable) -> None:
        super().__init__()
        self.editors: list[QLineEdit | QComboBox] = []
        numbers = len(usable.columns) - len(usable.categories)
        for at, name in enumerate(usable.columns):
            editor: QLineEdit | QComboBox
            if at < numbers:
                editor = QLineEdit("0")
            else:
                editor = QComboBox()
                editor.addItems(list(usable.categories[at - numbers]))
            editor.setObjectName(f"use_value_{at}")
            editor.setAccessibleName(name)
            self.editors.append(editor)
        rows = [(name.replace("_", " "), editor) for name, editor in zip(usable.columns, self.editors, strict=True)]
        # The likeliest tune of all is one note again and again.
        self.choosing = Choosing("sampled", 0.9, above=rows) if usable.tunes else Choosing(above=rows)
        for part in (self.choosing, self.button):
            self.column.addWidget(part)
        self.column.addStretch()

    def question(self) -> Asked:
        """See `Asking.question`."""
        values = [each.currentText() if isinstance(each, QComboBox) else each.text() for each in self.editors]
        return self.choosing.into(Asked(None, ", ".join(values)))


class DrawingAsking(Asking):
    """A picture, read as soon as a stroke has ended."""

    words = "Write"

    def __init__(self, usable: Usable, theme: Theme) -> None:
        super().__init__()
        self._brightest = usable.brightest
        self.pad = DrawingPad(usable.side, theme)
        self.pad.drawn.connect(self.ask)
        self.choosing = Choosing()
        wipe = button("Wipe", "use_wipe")
        wipe.clicked.connect(self.pad.clear)
        row = QHBoxLayout()
        row.addWidget(self.button, 1)
        row.addWidget(wipe, 1)
        hint = "Draw with the left button, wipe with the right, and fill the whole height, as its pictures do."
        self.column.addWidget(label(hint, "small"))
        self.column.addWidget(self.pad, 1)
        self.column.addWidget(self.choosing)
        self.column.addLayout(row)

    def question(self) -> Asked:
        """The squares row by row, as the file has them."""
        values = (self.pad.ink * self._brightest).reshape(-1)
        return self.choosing.into(Asked(None, ", ".join(f"{value:g}" for value in values)))

    def apply_theme(self, theme: Theme) -> None:
        """See `Asking.apply_theme`."""
        self.pad.apply_theme(theme)


def asking_for(usable: Usable, theme: Theme) -> Asking:
    """The one that fits what a model learned from."""
    if usable.kind in ("series", "classes", "values"):
        return FileAsking(usable)
    if usable.kind in ("texts", "rated", "tags"):
        return TypedAsking(usable)
    if usable.kind == "text":
        return PromptAsking()
    if usable.side:
        return DrawingAsking(usable, theme)
    return VectorAsking(usable) if usable.columns else TextAsking(usable)


def button(text: str, name: str) -> QPushButton:
    """A button that Enter does not press from afar."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text.rstrip("…"))
    made.setAutoDefault(False)
    return made
