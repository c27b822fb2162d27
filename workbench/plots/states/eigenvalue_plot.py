"""Eigenvalues in the complex plane, with the unit circle, inside which a state shrinks, and that of the outermost."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

from engine.inside_records import Spectrum
from workbench.looks.theme import Theme
from workbench.plots.axes.numerals import numeral
from workbench.plots.curves.curves import CurvePlot

_VALUES, _CIRCLE, _RADIUS, _HERE = "eigenvalues", "unit circle", "spectral radius", "eigenvalue read out"
_REACH = 12  # pixels: how near to a point the mouse has to be


class EigenvaluePlot(CurvePlot):
    """One spectrum; distances are true in both directions."""

    said = Signal(str)  # the value under the mouse, in words

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._spectrum: Spectrum | None = None
        self.at: int | None = None  # the eigenvalue that keys went to
        super().__init__(theme, bottom="real part", left="imaginary part")
        self.box.setAspectLocked(True)
        for name, stroke in ((_CIRCLE, "muted"), (_RADIUS, self._radius_pen)):
            self.add_curve(name, stroke)
        self.add_curve(_VALUES, "train", symbol=True, line=False)
        self.add_curve(_HERE, "cursor", symbol=True, line=False, ring=True, key=False)
        self.canvas.moved.connect(self._say)
        self.canvas.left.connect(self.leave)
        self.canvas.left.connect(lambda: self.said.emit(""))

    def show_spectrum(self, spectrum: Spectrum) -> None:
        """Draw it; the circle of the outermost one is that of the spectral radius."""
        if self._spectrum is None or spectrum.name != self._spectrum.name:
            self.leave()
        self._spectrum = spectrum
        angle = np.linspace(0, 2 * np.pi, 121)
        values, radius = spectrum.eigenvalues, f"{self._radius:.3f}"
        count = "" if spectrum.exact else f"the outermost {len(values)} of {spectrum.units}"
        around = self._radius * np.cos(angle), self._radius * np.sin(angle)
        self.show_curve(_CIRCLE, np.cos(angle), np.sin(angle))
        self.show_curve(_RADIUS, *around, radius if spectrum.exact else f"about {radius}")
        self.show_curve(_VALUES, values.real, values.imag, count)
        self.curves[_RADIUS].dress(self._theme)
        self.show_key()
        if self.at is not None:
            self.walk(0)

    def forget(self) -> None:
        """No spectrum."""
        self._spectrum, self.at = None, None
        self.clear()
        self.show_everything()

    def walk(self, by: int) -> bool:
        """Go to another eigenvalue, by size from the outermost, and say it; False where there is none."""
        values = self._spectrum.eigenvalues if self._spectrum else np.empty(0, np.complex64)
        if not len(values):
            return False
        self.at = at = 0 if self.at is None else min(max(self.at + by, 0), len(values) - 1)
        self.show_curve(_HERE, values.real[at : at + 1], values.imag[at : at + 1])
        self._tell(at)
        return True

    def leave(self) -> None:
        """No eigenvalue is picked out."""
        self.at = None
        self.show_curve(_HERE, [], [])

    @property
    def _radius(self) -> float:
        return float(np.abs(self._spectrum.eigenvalues[0])) if self._spectrum else 0.0

    def _radius_pen(self, theme: Theme) -> QPen:
        return theme.pen("warning" if self._radius > 1 else "good")

    def _say(self, place: QPointF) -> None:
        self.leave()
        if self._spectrum is None or not len(self._spectrum.eigenvalues):
            return
        point, (wide, high) = self.box.mapSceneToView(place), self.box.viewPixelSize()
        values = self._spectrum.eigenvalues
        away = np.hypot((values.real - point.x()) / wide, (values.imag - point.y()) / high)
        near = int(away.argmin())
        if away[near] > _REACH:
            self.said.emit("")
        else:
            self._tell(near)

    def _tell(self, at: int) -> None:
        assert self._spectrum is not None
        value = self._spectrum.eigenvalues[at]
        sign = "+" if value.imag >= 0 else "−"
        number = f"{numeral(f'{value.real:.4f}')} {sign} {abs(value.imag):.4f} i"
        self.said.emit(f"{self._spectrum.name} · {number} · size {abs(value):.4f}")
