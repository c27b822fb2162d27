"""The rows of the list of runs: what each column says of a run, and in which order it stands."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidgetItem

from engine.config import Experiment, field_info
from engine.events import RunFailed, RunFinished
from engine.findings.few_examples import caution
from engine.findings.measures import HIGHER_IS_BETTER
from engine.wording.aligned import step_rows
from workbench.draft import source_name
from workbench.looks.icons import icon
from workbench.looks.theme import Theme
from workbench.plots.axes.numerals import numerals
from workbench.runs.records import RunRecord
from workbench.wording import scores_words, setting_words, unbroken

Sortable = str | float
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what it shows, what it is sorted by; numbers and their heading stand at the right."""

    title: str
    help: str
    text: Callable[[RunRecord], str]
    rank: Callable[[RunRecord], Sortable]
    number: bool = False
    first: bool = False  # shown unless it is switched off


def _named(record: RunRecord) -> str:
    """Of a race or a sweep, by what tells it from the others there."""
    of = record.of
    if of is None:
        return record.name
    own = of.entrant if of.kind == "sweep" else ", ".join(filter(None, (record.name, of.entrant)))
    return f"{own} · seed {of.seed}"


def _best(record: RunRecord) -> str:
    return "" if math.isnan(record.best_metric) else numerals(f"{record.best_metric:.4g}")


_SHORT = {"all epochs done": "done", "finished early": "early", "running elsewhere": "elsewhere"}


def _state(record: RunRecord) -> str:
    """In a word or two, which leaves room for the name; the tool tip says all."""
    return _SHORT.get(record.standing, record.standing)


def _test(record: RunRecord) -> float:
    metrics = record.outcome.test_metrics if isinstance(record.outcome, RunFinished) else ()
    return metrics[0][1] if metrics else math.nan


def seconds(record: RunRecord) -> float:
    """Spent training; NaN where it is not known."""
    return record.outcome.seconds if isinstance(record.outcome, RunFinished) else math.nan


def _parameters(record: RunRecord) -> int:
    return record.started.parameters if record.started else 0


def plain(value: float) -> str:
    """To four digits; nothing where it is not known."""
    return "" if math.isnan(value) else numerals(f"{value:.4g}")


def when(began_at: float) -> str:
    """The time of day; of another day, the day."""
    began = datetime.fromtimestamp(began_at)
    return f"{began:%H:%M}" if began.date() == datetime.now().date() else f"{began:%Y-%m-%d}"


COLUMNS = (
    Column("", "Draw this run's curves beside those of the run at hand (Space)", lambda r: "", lambda r: r.shown,
           first=True),
    Column("Run", "Cell and hidden units", lambda r: f"{r.number}  {_named(r)}", lambda r: r.number, first=True),
    Column("Best", "Metric of the best weights on the validation part", _best, lambda r: r.best_metric, True, True),
    Column("State", "Where it is, or why it ended", _state, lambda r: r.standing, first=True),
    Column("Test", "Metric of the best weights on the test part", lambda r: plain(_test(r)), _test, True),
    Column("Data", "What it learned from", lambda r: source_name(r.experiment), lambda r: source_name(r.experiment)),
    Column("Parameters", "Trainable numbers", lambda r: f"{_parameters(r):,}" if _parameters(r) else "", _parameters,
           True),
    Column("Seconds", "Time spent training", lambda r: plain(seconds(r)), seconds, True),
    Column("Began", "When it began", lambda r: when(r.began), lambda r: r.began),
    Column("Notes", "What was written on it", lambda r: r.notes, lambda r: r.notes),
)  # fmt: skip
EYE, RUN, BEGAN = 0, 1, [column.title for column in COLUMNS].index("Began")


class Row(QTreeWidgetItem):
    """Something in the list that has its place in every order."""

    def __init__(self) -> None:
        super().__init__()
        for place, column in enumerate(COLUMNS):
            if column.number:
                self.setTextAlignment(place, RIGHT)

    @property
    def records(self) -> list[RunRecord]:
        """The runs that it stands for."""
        raise NotImplementedError

    def rank(self, column: Column) -> Sortable:
        """What it is sorted by."""
        raise NotImplementedError

    def show_eye(self, theme: Theme) -> None:
        """Open or shut."""
        raise NotImplementedError

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        tree = self.treeWidget()
        if not isinstance(other, Row) or tree is None:
            return super().__lt__(other)
        column = COLUMNS[tree.sortColumn()]
        rising = tree.header().sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        mine, theirs = (_last_if_unknown(row.rank(column), rising) for row in (self, other))
        return bool(mine < theirs)


class RunRow(Row):
    """One run in the list."""

    def __init__(self, record: RunRecord) -> None:
        super().__init__()
        self.record = record
        self.with_source = False  # runs on other data stand in the list, too
        self.at_hand = False  # it is what the views show
        self._shown: tuple[object, ...] = ()

    @property
    def records(self) -> list[RunRecord]:
        """The run."""
        return [self.record]

    def rank(self, column: Column) -> Sortable:
        """What the run is sorted by."""
        return column.rank(self.record)

    def refresh(self, theme: Theme) -> bool:
        """Show what is known of the run now; False when that is what is shown already."""
        record = self.record
        news = (theme, record.shown, record.notes, record.standing, record.saved, record.can_go_on, record.best_loss,
                record.started, record.outcome, self.with_source)  # fmt: skip
        if news == self._shown:
            return False
        self._shown = news
        for place, column in enumerate(COLUMNS):
            text = column.text(self.record)
            if place == RUN and self.with_source:
                text += f" · {source_name(record.experiment)}"
            if text != self.text(place):
                self.setText(place, text)
        self.setToolTip(2, best_words(self.record))
        self.setToolTip(3, self.record.standing)
        self.setToolTip(1, f"<p>{html.escape(self.record.notes or self.text(1))}</p>")
        self.show_eye(theme)
        return True

    @property
    def words(self) -> str:
        """What it can be found by, in small letters."""
        record = self.record
        whole = record.of.title if record.of else ""
        told = self.text(RUN), record.name, whole, source_name(record.experiment), record.standing, record.notes
        return " ".join(told).lower()

    def show_eye(self, theme: Theme) -> None:
        """Open in the colour of the run's curves, or shut; that of the run at hand, which is drawn anyway, is open."""
        shown = self.record.shown
        color = theme.series_pen(self.record.number).color().name() if shown else theme.muted
        self.setIcon(EYE, icon("shown" if shown or self.at_hand else "hidden", theme, color))
        words, change = "drawn beside the run at hand" if shown else "not drawn", "to change"
        if self.at_hand:
            words, change = "drawn, as the run at hand", f"to draw it {'no longer ' if shown else ''}beside later ones"
        self.setData(EYE, Qt.ItemDataRole.AccessibleTextRole, words)
        self.setToolTip(EYE, f"{words.capitalize()}; click or Space {change}")


def _last_if_unknown(value: Sortable, rising: bool) -> tuple[Sortable, ...]:
    """Runs without the number stand at the end, whichever way the list is sorted."""
    if isinstance(value, str):
        return (value,)
    unknown = math.isnan(value)
    return (unknown if rising else not unknown, 0.0 if unknown else value)


@lru_cache
def different_settings(experiment: Experiment) -> str:
    """Model and training settings that are not the defaults."""
    values, defaults = experiment.to_dict(), Experiment().to_dict()
    changed = [
        _set(section, name, value)
        for section in ("model", "training")
        for name, value in values[section].items()
        if value != defaults[section][name]
    ]
    return " · ".join(changed) or "default settings"


def _set(section: str, name: str, value: object) -> str:
    """A setting in the words of its form; a switch that is on by its name alone."""
    label = field_info(section, name).label.lower()
    if value is True:
        return label
    number = isinstance(value, int) and not isinstance(value, bool) and name != "seed"
    return f"{label} {value:,}" if number else numerals(f"{label} {setting_words(f'{section}.{name}', value)}")


def tested_words(record: RunRecord) -> str:
    """What the best weights reach on the test part, and the best of the baselines; what has no value is left out."""
    if not isinstance(record.outcome, RunFinished) or not record.outcome.test_metrics:
        return ""
    scores = scores_words(record.outcome.test_metrics) or "nothing could be scored"
    first = record.outcome.test_metrics[0][0]  # which the baselines are measured in
    higher = first in HIGHER_IS_BETTER
    scored = [item for item in record.outcome.test_baselines if not math.isnan(item[1])]
    baselines = sorted(scored, key=lambda item: item[1], reverse=higher)
    against = "; ".join(unbroken(name, f"{value:.4g}") for name, value in baselines[:3])
    few = caution(record.experiment.data.kind, record.outcome.test_examples)
    return numerals("<br>".join(filter(None, (f"<b>test: {scores}</b>", against and f"baselines: {against}", few))))


def step_words(record: RunRecord) -> str:
    """A table of the errors of forecasts over several steps, by step, beside the best of the baselines."""
    by_step = record.outcome.by_step if isinstance(record.outcome, RunFinished) else ()
    if not by_step:
        return ""
    own = ("step", "RMSE", "MAE", "MASE")
    simple = {name: sum(row[name] for row in by_step) for name in by_step[0] if name not in (*own, "skill")}
    names = (*own, *([min(simple, key=simple.__getitem__)] if simple else []))
    rows = step_rows([{name.partition(" (")[0]: row[name] for name in names} for row in by_step])  # there is no room
    lines = ["".join(f"<td align='right'>{cell}&nbsp;&nbsp;</td>" for cell in row) for row in rows]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def best_words(record: RunRecord) -> str:
    """What the best weights reach on the validation part, or why there are none."""
    if math.isinf(record.best_loss) and isinstance(record.outcome, RunFailed):
        return f"{record.outcome.title}. {record.outcome.why}"
    if math.isinf(record.best_loss):
        return "not scored yet"
    if math.isnan(record.best_loss):
        return "no validation part: the best weights are those of the lowest training loss"
    loss, metric = f"{record.best_loss:.4g}", f"{record.best_metric:.4g}"
    return numerals(f"{unbroken('best validation loss', loss)}, {unbroken(record.metric, metric)}")
