"""XML that repeats an element, as GPX, TCX and services write: each of them is a record, its parts are its fields."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from engine.data.errors import DataError
from engine.data.files.temporary import temporary_file
from engine.data.under_way import breakable

_PIECE = 1 << 22  # bytes read at a time
_TOLD_BY = 4 * _PIECE  # bytes of the beginning that tell which element is the record
_DEEPEST, _WIDEST = 64, 1_000  # elements within elements, fields of a record
_LONGEST = 16 << 20  # letters of a text
_MOST_ALIKE = 16  # elements of a name that are fields; more are a list
_FEWEST = 3  # records
_FIELDS = 2  # that a record has at least
_SHARE = 0.7  # of the most frequent element, from which on one that holds it is the record

Place = tuple[str, ...]  # the names of elements, from the outermost on
Record = dict[str, str]
Ended = Callable[[Place, Record, Record], None]  # told of an element: its own fields, and the attributes around it


def xml_as_json(path: Path) -> tuple[Path, list[str]]:
    """A temporary file with a JSON record a line for each of the elements that come most often, and what is said of it.

    Raises:
        DataError: it is no XML, declares entities, holds no records, or one beyond all measure.
    """
    seen: Counter[Place] = Counter()
    _read(path, lambda place, fields, _: seen.update([place] if len(fields) >= _FIELDS else []), _TOLD_BY)
    if not seen or (most := max(seen.values())) < _FEWEST:
        raise DataError(
            f"{path.name} is XML in which no element with several values is repeated, so it is no table; save its "
            "values as CSV."
        )
    wanted = min((place for place, count in seen.items() if count >= _SHARE * most), key=len)
    others: Counter[str] = Counter()
    with temporary_file(".json") as file:

        def write(place: Place, fields: Record, around: Record) -> None:
            if place == wanted:
                file.write(json.dumps(fields | around) + "\n")
            elif place[: len(wanted)] != wanted and len(fields) >= _FIELDS and place != wanted[: len(place)]:
                others[place[-1]] += 1

        try:
            _read(path, write)
        except BaseException:
            file.close()
            Path(file.name).unlink()
            raise
    beside = f"left out: {', '.join(f'{count:,} of {name!r}' for name, count in others.most_common(3))}"
    return Path(file.name), [f"records: each {wanted[-1]!r}", *([beside] if others else [])]


@dataclass(slots=True)
class _Element:
    """One that is open."""

    name: str
    attributes: Record
    fields: Record  # and what is within it
    within: Counter[str] = field(default_factory=Counter)  # elements, by name
    text: list[str] = field(default_factory=list)  # in pieces
    letters: int = 0  # of it


class _Elements:
    """The elements that are open, of which each one that ends is told of.

    Its fields are its attributes, and the texts and attributes within it. The outermost has nothing to say of others.
    """

    def __init__(self, name: str, ended: Ended) -> None:
        self._name, self._ended = name, ended
        self._open: list[_Element] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise self._beyond(f"elements within {_DEEPEST} others")
        own = {_plain(key): value for key, value in attributes.items() if not key.startswith(("xmlns", "xsi:"))}
        self._open.append(_Element(_plain(name), own, dict(own)))

    def say(self, piece: str) -> None:
        here = self._open[-1]
        here.text.append(piece)
        here.letters += len(piece)
        if here.letters > _LONGEST:
            raise self._beyond(f"a text of more than {_LONGEST:,} letters")

    def end(self, _: str) -> None:
        here = self._open.pop()
        text = "".join(here.text).strip()
        if text and not here.within:
            here.fields[here.name] = text
        if self._open:
            self._take_in(self._open[-1], here)
        around = {f"{one.name}.{key}": value for one in self._open[1:] for key, value in one.attributes.items()}
        self._ended((*(one.name for one in self._open), here.name), here.fields, around)

    def _take_in(self, outer: _Element, inner: _Element) -> None:
        """Fields of an element as those of the one that holds it, unless they are a list of many."""
        outer.within[inner.name] += 1
        count = outer.within[inner.name]
        if count > _MOST_ALIKE:
            if count == _MOST_ALIKE + 1:
                numbered = re.compile(rf"{re.escape(inner.name)}\d*(\..*)?")
                outer.fields = {key: own for key, own in outer.fields.items() if not numbered.fullmatch(key)}
            return
        name = inner.name if count == 1 else f"{inner.name}{count}"
        for key, value in inner.fields.items():
            outer.fields[name if key == inner.name else f"{name}.{key}"] = value
        if len(outer.fields) > _WIDEST:
            raise self._beyond(f"an element with more than {_WIDEST:,} values")

    def _beyond(self, what: str) -> DataError:
        return DataError(f"{self._name} is XML with {what}, which is beyond the record of a table; save it as CSV.")


def _read(path: Path, ended: Ended, most: int | None = None) -> None:
    """Tell of each element that ends, in a file or in its first bytes.

    Raises:
        DataError: it is no XML, or declares entities, which may grow without end.
    """
    elements = _Elements(path.name, ended)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = elements.begin, elements.end
    parser.CharacterDataHandler = elements.say

    def refuse(*_: Any) -> None:
        raise DataError(f"{path.name} is XML that declares entities, which is not read; save its values as CSV.")

    parser.EntityDeclHandler = refuse
    try:
        with breakable() as check, path.open("rb") as file:
            while (most is None or file.tell() < most) and (piece := file.read(_PIECE)):
                check()
                parser.Parse(piece, False)
            if most is None:
                parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DataError(
            f"{path.name} is XML that cannot be read from line {error.lineno:,} on ({expat.ErrorString(error.code)}); "
            "fetch it again, or save its values as CSV."
        ) from None


def _plain(name: str) -> str:
    """A name without that of the vocabulary that it is of."""
    return name.rpartition(":")[2]
