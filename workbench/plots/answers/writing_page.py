"""A prompt and how the network goes on."""

from __future__ import annotations

import html

from PySide6.QtWidgets import QFrame, QTextBrowser

from engine.events import Probe
from engine.prediction_records import TextPrediction
from workbench.plots.answers.page import AnswerPage
from workbench.plots.frame.saving import Table

_WORDS = (
    "The text that is given,",
    "and what the network writes behind it: what is likeliest at a low temperature, bolder at a high one.",
)
_FEW = "given,", "and written by the network"
_BLANKS = " · nothing but blanks was written"


class WritingPage(AnswerPage):
    """One paragraph for each text that was drawn."""

    draws = TextPrediction

    def build(self) -> None:
        """A page to read."""
        self._shown: TextPrediction | None = None
        self.page = QTextBrowser()
        self.page.setAccessibleName("What the network writes")
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.column.addWidget(self.page)

    def draw(self, prediction: Probe) -> None:
        """The texts, where the reader was."""
        assert isinstance(prediction, TextPrediction)
        self._shown = prediction
        bar = self.page.verticalScrollBar()
        place = bar.value()
        samples = (self._sample(prediction.prompt, *sample) for sample in prediction.samples)
        self.page.setHtml("".join((self._key(), *samples)))
        bar.setValue(place)

    def clear(self) -> None:
        """No text."""
        self._shown = None
        self.page.clear()

    def recolour(self) -> None:
        """The text is written again."""
        if self._shown is not None:
            self.draw(self._shown)

    def table(self, prediction: Probe) -> Table:
        """One row for each text."""
        assert isinstance(prediction, TextPrediction)
        return ("temperature", "prompt", "continuation"), [(t, prediction.prompt, s) for t, s in prediction.samples]

    def _key(self) -> str:
        """What the colours of the letters mean, in these colours."""
        given, written = _FEW if self.compact else _WORDS
        return (
            f'<p style="color:{self.theme.text}; font-size:{self.theme.small}px">'
            f'<span style="color:{self.theme.muted}">{given}</span> {written}</p>'
        )

    def _sample(self, prompt: str, temperature: float, text: str) -> str:
        small = f"color:{self.theme.muted}; font-size:{self.theme.small}px"
        body = f"color:{self.theme.text}; font-size:{self.theme.body}px; white-space:pre-wrap; line-height:140%"
        begun = prompt.lstrip("\n")  # an empty line would stand above each
        unseen = "" if text.strip() else _BLANKS
        return (
            f'<p style="{small}">temperature {temperature:g}{unseen}</p>'
            f'<p style="{body}"><span style="color:{self.theme.muted}">{html.escape(begun)}</span>'
            f"{html.escape(text)}</p>"
        )
