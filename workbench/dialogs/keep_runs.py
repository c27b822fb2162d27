"""Whether the runs of a race or a sweep are kept, and how much room that takes."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from engine.comparing.kept import bytes_kept

_KEPT = "Keep every run"
_HELP = (
    "Each run goes into a folder of its own and into the list of runs, where those of one race or sweep are folded "
    "under one row: to use its model, look inside, draw its curves, export it, tomorrow too. One that is cancelled is "
    "kept as far as it came. Without this, only the table stays, and only until the window closes."
)


class KeepRuns(QCheckBox):
    """Ticked at first."""

    def __init__(self, name: str) -> None:
        """`name` is "race" or "sweep"."""
        super().__init__(_KEPT)
        self.setObjectName(f"{name}_keep")
        self.setAccessibleName(_KEPT)
        self.setAccessibleDescription(_HELP)
        self.setToolTip(f"<p>{_HELP}</p>")
        self.setChecked(True)

    def show_room(self, runs: float, parameters: float) -> None:
        """How much room that many runs of networks of this size may take; 0 where it is not known."""
        room = bytes_kept(round(runs), round(parameters)) if runs and parameters else 0
        self.setText(f"{_KEPT} (up to {_in_words(room)})" if room else _KEPT)
        self.setAccessibleName(self.text())


def _in_words(size: int) -> str:
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if size >= 0.95 * factor:
            return f"{size / factor:,.0f} {unit}" if size >= 9.5 * factor else f"{size / factor:.1f} {unit}"
    return "1 MB"
