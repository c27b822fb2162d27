"""What to do with a table of numbers over time: its date, its target, its seasons, and how its level behaves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.config import DataConfig
from engine.data.frequency import Frequency, Stamps, distinct, find_frequency
from engine.data.guess import Guess
from engine.data.notation.quoting import quoted
from engine.data.scaling import Reals, Transform
from engine.data.series.series import still_note
from engine.data.series.target import counting, find_target
from engine.data.tables.columns import LARGEST
from engine.data.tables.dates import DateColumn, date_format, find_date_column, read_stamps
from engine.data.tables.inner_rows import leave_out_undated
from engine.data.tables.tables import Table

_ONCE = ": no date comes twice in one of them"
_LOOK = 1_000_000  # rows that tell the step from one to the next
_COLUMNS = 64  # columns of which one may tell several series apart
_TRIED = {1: 64, 2: 12, 3: 8}  # columns that are tried: alone, two and three together
_LEAST_DATES = 0.2  # share of all dates that come with what two or three columns say, in the mean
_LEAST_ROWS = 6  # of a series, in the mean
_LOOK_AT_VALUES = 200_000  # rows that tell how a series behaves
_SERIES = 50  # of several that are looked at
_TRAINING = 0.7  # share of a series that is trained on at most, and may be looked at
_LEAST_VALUES = 20
_FEW_VALUES = 8  # below that many different ones numbers are marks, and have no level
_MOVED = 1.0  # deviations by which a level that moves does so, from the first part to the last
_SEASONS = 4  # that a series has to hold before it is asked whether they come again
_LEFT = 0.5  # share of the variance that a seasonal difference may leave
_GROWN = 1.2  # times by which changes are larger, where they grow with the level


def suggest_series(table: Table, said: DataConfig) -> Guess:
    """Settings of the data for a series, or several in one table, with the reasons; `said` may name the columns.

    Raises:
        DataError: no column of numbers, or no column of a name that was said.
    """
    date = _date(table, said.time_column)
    if date:
        leave_out_undated(table, date.name)
        date = DateColumn(date.name, date_format(table, date.name))
    guessed = None if said.targets else find_target(table, date.name if date else "")
    target = guessed.name if guessed else said.targets[0]
    several = said.sequence_column or table.series or (find_series_columns(table, date.name, target) if date else ())
    stamps = read_stamps(table, date.name, _LOOK) if date else None
    frequency = find_frequency(distinct(stamps)) if stamps is not None else None
    count = int(table.one(f"count(DISTINCT {_key(several)})")[0]) if several else 1
    values = _values(table, target, stamps, several)
    transform, why = transform_for(values)
    season = frequency.season if frequency else 1
    repeats = comes_again(values, transform, season)
    steps = look_back(table.rows // count, frequency)
    still = still_note(target, np.concatenate(values)) if not several and table.rows <= _LOOK_AT_VALUES else ""
    changes: dict[str, Any] = {
        "data.kind": "series",
        "data.time_column": date.name if date else "",
        "data.sequence_column": several,
        "data.targets": said.targets or (target,),
        "data.look_back": steps,
        "data.transform": transform,
        "data.seasonal_difference": repeats,
        "model.topology": "many_to_one",
    }
    told = " and ".join(map(repr, several))
    reasons = [
        *([f"{count:,} series, told apart by {told}{_ONCE if date else ''}"] if several else []),
        _date_reason(date, frequency) or _order_reason(table),
        *([guessed.words] if guessed else []),
        *([still] if still else []),
        *([f"transform: {transform.replace('_', ' of the ')}, since {why}"] if why else []),
        *([f"seasonal difference over {season} steps, since most of what happens comes again"] if repeats else []),
        "topology: many-to-one, past steps in, the next value out",
    ]
    return Guess(changes, reasons, table.rows - count * steps)


def transform_for(series: Sequence[Reals]) -> tuple[str, str]:
    """The transform that suits what most of the series do in their training part, and why; "none" and "" otherwise.

    A network answers within the range that it was trained on. Where the level moves, or values lie nearer to the one
    before than to the mean, the change is the better question; where changes grow with the level, its logarithm.

    Args:
        series: Values in order of time, NaN where missing; their last parts, held out, are not looked at.
    """
    looks = [look for own in series[:_SERIES] if (look := _behaviour(own))]
    if not looks:
        return "none", ""
    moves, persists, grows = (sum(look) * 2 > len(looks) for look in zip(*looks, strict=True))
    if not (moves or persists):
        return "none", ""
    why = "its level moves" if moves else "a value is near the one before"
    return ("log_difference", f"{why}, and changes grow with it") if grows else ("difference", why)


def comes_again(series: Sequence[Reals], transform: str, season: int) -> bool:
    """Whether a difference over a season leaves much less to be told of most series, in their training part.

    Of noise upon a season it leaves twice the noise, so the season has to be far larger.
    """
    if season < 2:
        return False
    plain, without = Transform(transform), Transform(transform, season)
    shares = []
    for own in series[:_SERIES]:
        known = own[: round(len(own) * _TRAINING)]
        if np.isfinite(known).sum() >= _SEASONS * season and (not plain.logarithm or np.nanmin(known) > 0):
            shares.append(_variance(without.changes(known)) < _LEFT * _variance(plain.changes(known)))
    return bool(shares) and sum(shares) * 2 > len(shares)


def _variance(values: Reals) -> float:
    known = values[np.isfinite(values)]
    return float(known.var()) if known.size else np.inf


def _behaviour(values: Reals) -> tuple[bool, bool, bool] | None:
    """Whether the level moves, whether values persist, whether changes grow with the level; None of too few values."""
    known = values[: round(len(values) * _TRAINING)]
    known = known[np.isfinite(known)]
    if len(known) < _LEAST_VALUES or len(np.unique(known)) < _FEW_VALUES:
        return None
    early, late = np.split(known, [2 * len(known) // 3])
    moves = bool(abs(late.mean() - early.mean()) > _MOVED * early.std())
    persists = bool(np.diff(known).var() < known.var())
    grows = bool(known.min() > 0) and _grows(early, late)
    return moves, persists, grows


def _grows(early: Reals, late: Reals) -> bool:
    """Whether changes differ between two stretches, and those of the logarithm differ less."""
    plain = _ratio(np.diff(early), np.diff(late))
    return plain > np.log(_GROWN) and _ratio(np.diff(np.log(early)), np.diff(np.log(late))) < plain


def _ratio(early: Reals, late: Reals) -> float:
    """Size of the logarithm of the ratio of two deviations; 0 where nothing changes."""
    small, large = sorted((float(early.std()), float(late.std())))
    return float(np.log(large / small)) if small > 0 else 0.0


def _values(table: Table, target: str, stamps: Stamps | None, several: Sequence[str]) -> list[Reals]:
    """The first values of the target in order of time, a series each; of many series those that come first."""
    key = f"CAST({_key(several)} AS VARCHAR)" if several else "''"
    found = table.fetch(f"{table.number(target)} AS v, {key} AS s", _LOOK_AT_VALUES)
    values = np.ma.filled(found["v"].astype(np.float64), np.nan)
    values[np.abs(values) > LARGEST] = np.nan  # refused when they are read; their squares would be infinite
    order = np.argsort(stamps[: len(values)], kind="stable") if stamps is not None else np.arange(len(values))
    keys = np.ma.filled(found["s"], "")[order]
    return [values[order][keys == key] for key in list(dict.fromkeys(keys.tolist()))[:_SERIES]]


def look_back(rows: int, frequency: Frequency | None) -> int:
    """Two seasons where the dates tell one, else 24 steps; never more than a sixth of the rows."""
    season = frequency.season if frequency else 1
    wanted = 2 * season if 1 < season <= 60 else 24
    return max(1, min(wanted, rows // 6))


def _date(table: Table, said: str) -> DateColumn | None:
    if said:
        return DateColumn(said, written) if (written := date_format(table, said)) else None
    return find_date_column(table)


def _date_reason(date: DateColumn | None, frequency: Frequency | None) -> str:
    if date is None:
        return ""
    step = f", {frequency.name}" if frequency else ""
    return f"date column: {date.name!r} ({date.format}{step})"


def _order_reason(table: Table) -> str:
    counts = counting(table, table.names[:_COLUMNS])
    return "no date column found; rows are taken in their order" + (f", which {counts[0]!r} counts" if counts else "")


def find_series_columns(table: Table, date: str, target: str) -> tuple[str, ...]:
    """The first column, or the first two or three, that tell several series apart; none without.

    Each date comes once with each of their values. A name has to come back with other dates, so that numbers which
    never come twice are none, and what a number or several columns say with many, so that no measurement is one.
    """
    dates, rows = table.one(f"count(DISTINCT {quoted(date)}), count({quoted(date)})", rows=_LOOK)
    if dates == rows:
        return ()
    names = [name for name in table.names[:_COLUMNS] if name not in (date, target)]
    x = {name: table.number(name) for name in names}
    asked = (f"count(DISTINCT {quoted(n)}), count({x[n]}), count(*) FILTER ({x[n]} <> round({x[n]}))" for n in names)
    looks = table.one(", ".join(asked), rows=_LOOK) if names else ()
    kinds = {name: found for name, found, broken in zip(names, looks[::3], looks[2::3], strict=True) if not broken}
    words = {name for name, numbers in zip(names, looks[1::3], strict=True) if not numbers}
    names = [name for name in kinds if 1 < kinds[name] <= rows / _LEAST_ROWS]
    for count, tried in _TRIED.items():
        for some in itertools.combinations(names[:tried], count):
            if math.prod(kinds[name] for name in some) * dates < rows:
                continue
            found, pairs = table.one(f"count(DISTINCT {_key(some)}), count(DISTINCT {_key((*some, date))})", rows=_LOOK)
            often = rows >= _LEAST_DATES * found * dates or (count == 1 and some[0] in words)
            if pairs == rows and 1 < found <= rows / _LEAST_ROWS and often:
                return some
    return ()


def _key(names: Sequence[str]) -> str:
    """SQL of what several columns say together."""
    return f"({', '.join(map(quoted, names))})"
