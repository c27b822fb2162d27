"""The row under which the runs of one race or sweep are folded in the list of runs."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt

from engine.events import RunFailed
from engine.findings.measures import HIGHER_IS_BETTER
from engine.storage.contest_file import Membership
from engine.wording.counting import counted
from workbench.draft import source_name
from workbench.looks.icons import icon
from workbench.looks.theme import Theme
from workbench.panels.run_rows import BEGAN, COLUMNS, EYE, RUN, Column, Row, RunRow, Sortable, plain, seconds, when
from workbench.plots.axes.numerals import numerals
from workbench.runs.records import RunRecord
from workbench.wording import unbroken

_STATE, _SECONDS = (next(place for place, kind in enumerate(COLUMNS) if kind.title == t) for t in ("State", "Seconds"))
_NOTES = len(COLUMNS) - 1


def best_of(records: Sequence[RunRecord]) -> RunRecord | None:
    """The run that stands first by the metric on the validation part, if any was scored there."""
    scored = [record for record in records if not math.isnan(record.best_metric)]
    sign = -1 if scored and scored[0].metric in HIGHER_IS_BETTER else 1
    return min(scored, key=lambda record: sign * record.best_metric, default=None)


class GroupRow(Row):
    """Tells of the best of its runs what is not told of them all."""

    def __init__(self, of: Membership) -> None:
        """`of` is what any of its runs says."""
        super().__init__()
        self.of = of
        self._texts: tuple[str, ...] = ()
        self._ranks: tuple[Sortable, ...] = ()  # by column

    @property
    def rows(self) -> list[RunRow]:
        """Its runs, as they are ordered."""
        return [row for at in range(self.childCount()) if isinstance(row := self.child(at), RunRow)]

    @property
    def records(self) -> list[RunRecord]:
        """Its runs, but for those that do not hold what is looked for."""
        return [row.record for row in self.rows if not row.isHidden()]

    @property
    def best(self) -> RunRecord | None:
        """The run that stands first."""
        return best_of([row.record for row in self.rows])

    def rank(self, column: Column) -> Sortable:
        """By the best of its runs, or by what they come to together."""
        return self._ranks[COLUMNS.index(column)]

    def _ranked(self, best: RunRecord) -> tuple[Sortable, ...]:
        runs = [row.record for row in self.rows]
        own: dict[int, Callable[[], Sortable]] = {
            EYE: lambda: all(record.shown for record in runs),
            RUN: lambda: min(record.number for record in runs),
            BEGAN: lambda: self.of.began,
            _SECONDS: lambda: math.fsum(time for record in runs if not math.isnan(time := seconds(record))),
        }
        return tuple(own[at]() if at in own else column.rank(best) for at, column in enumerate(COLUMNS))

    def refresh(self, theme: Theme) -> None:
        """Show what is known of its runs now."""
        if not self.childCount():
            return
        first = self.rows[0]
        best = self.best or first.record
        self._ranks = self._ranked(best)
        texts = self._told(best, with_source=first.with_source)
        for place, text in enumerate(texts) if texts != self._texts else ():
            self.setText(place, text)
        self._texts = texts
        for place in (RUN, _STATE):
            self.setToolTip(place, f"<p>{html.escape(self.words)}</p>")
        self.show_eye(theme)

    def _told(self, best: RunRecord, *, with_source: bool) -> tuple[str, ...]:
        source = source_name(best.experiment) if with_source else ""
        own = {
            RUN: " · ".join(filter(None, (self.of.title, self._count, when(self.of.began), source))),
            _STATE: self._standing,
            _SECONDS: plain(float(self.rank(COLUMNS[_SECONDS]))),
            BEGAN: when(self.of.began),
            _NOTES: "",
        }  # fmt: skip
        return tuple(own.get(place, column.text(best)) for place, column in enumerate(COLUMNS))

    @property
    def _count(self) -> str:
        here, of = self.childCount(), self.of.runs
        return counted(of, "run") if here == of else f"{here:,} of {counted(of, 'run')}"

    @property
    def _standing(self) -> str:
        """What stands out: runs that go on, that failed or that broke off; else that they are done."""
        runs = [row.record for row in self.rows]
        if any(record.alive or record.elsewhere for record in runs):
            return "running"
        if failed := sum(isinstance(record.outcome, RunFailed) for record in runs):
            return f"{failed} failed"
        whole = len(runs) == self.of.runs and all(record.outcome is not None for record in runs)
        return "done" if whole else "in part"

    @property
    def words(self) -> str:
        """What is told of it below the list, where a run is told of otherwise."""
        began = datetime.fromtimestamp(self.of.began)
        found = f"{self.of.title}: {self._count}, begun {began:%Y-%m-%d %H:%M}."
        best = self.best
        if best is not None:
            score = unbroken(best.metric, f"{best.best_metric:.4g}")
            found += f" Best on the validation part: run {best.number}, {best.name}, {score}."
        return numerals(f"{found} Open it (Right) and choose one of its runs to use its model.")

    def show_eye(self, theme: Theme) -> None:
        """Open where any of its runs is drawn beside the one at hand."""
        runs = [row.record for row in self.rows]
        shown = sum(record.shown for record in runs)
        self.setIcon(EYE, icon("shown" if shown else "hidden", theme, theme.text if shown else theme.muted))
        words = f"{shown} of {counted(len(runs), 'run')} drawn beside the run at hand" if shown else "none is drawn"
        change = "draw none of them" if runs and shown == len(runs) else "draw all of them"
        self.setData(EYE, Qt.ItemDataRole.AccessibleTextRole, words)
        self.setToolTip(EYE, f"{words.capitalize()}; click or Space to {change}")
