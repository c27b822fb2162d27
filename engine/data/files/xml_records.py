"""XML that repeats an element, as GPX, TCX and services write: each of them is a record, its parts are its fields."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from engine.data.errors import DataError
from engine.data.files.temporary import temporary_file
from engine.data.under_way import breakable

_PIECE = 1 << 20  # bytes read at a time
_TOLD_BY = _PIECE  # bytes of the beginning that tell which element is the record
_LARGEST = 256 << 20  # bytes
_DEEPEST, _WIDEST = 64, 1_000  # elements within elements, fields of a record
_LONGEST = 16 << 20  # letters of a text
_MOST_ALIKE = 16  # elements of a name with fields of their own that are fields; more are a list
_LONGEST_LIST = 900  # elements of a name that hold a value each, as the steps of a sequence
_FEWEST = 3  # records
_FIELDS = 2  # that a record has at least
_NUMBERED = re.compile(r"(.*?)(\d+)")
_SHARE = 0.7  # of the most frequent element, from which on one that holds it is the record

Place = tuple[str, ...]  # the names of elements, from the outermost on
Record = dict[str, str]


@dataclass(slots=True)
class _Element:
    """One that is open, or has ended."""

    place: Place
    attributes: Record
    fields: Record  # and what is within it
    within: dict[str, int] = field(default_factory=dict)  # how many elements, by name
    text: str = ""

    @property
    def name(self) -> str:
        return self.place[-1]


Ended = Callable[[_Element], None]


def xml_as_json(path: Path) -> tuple[Path, tuple[str, ...], list[str]]:
    """A temporary file with a JSON record a line for each of the elements that come most often.

    And the names of its fields in their order, and what is said of it.

    Raises:
        DataError: it is no XML, declares entities, holds no records, or one beyond all measure.
    """
    if path.stat().st_size > _LARGEST:
        raise DataError(f"{path.name} is XML of more than {_LARGEST >> 20} MB; save its values as CSV or Parquet.")
    wanted, others, names = _most_frequent(path), Counter[str](), dict[str, None]()
    with temporary_file(".json") as file:
        elements = _Elements(path.name)

        def write(here: _Element) -> None:
            if here.place == wanted:
                record = here.fields | elements.around()
                names.update(dict.fromkeys(record))
                if len(names) > _WIDEST:
                    raise elements.beyond(f"elements {here.name!r} with more than {_WIDEST:,} different values")
                file.write(json.dumps(record) + "\n")
            elif len(here.fields) >= _FIELDS and here.place[: len(wanted)] != wanted[: len(here.place)]:
                others[here.name] += 1

        try:
            _read(path, elements, write)
        except BaseException:
            file.close()
            Path(file.name).unlink()
            raise
    beside = f"left out: {', '.join(f'{count:,} of {name!r}' for name, count in others.most_common(3))}"
    lists = [name for (*above, name) in elements.lists if tuple(above[: len(wanted)]) == wanted]
    told = f"left out: lists of more than {_LONGEST_LIST} values or {_MOST_ALIKE} elements in one {wanted[-1]!r}: "
    notes = [f"records: each {wanted[-1]!r}", *([beside] if others else [])]
    return Path(file.name), _in_order(names), [*notes, *([told + ", ".join(map(repr, lists))] if lists else [])]


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Names in the order in which they first came, those of one list one after the other: v, v2, v3."""
    places: dict[str, int] = {}
    keys: dict[str, tuple[int, int]] = {}
    for name in names:
        found = _NUMBERED.fullmatch(name)
        base, number = (found[1], int(found[2])) if found else (name, 1)
        keys[name] = places.setdefault(base, len(places)), number
    return tuple(sorted(keys, key=lambda name: keys[name]))


def _most_frequent(path: Path) -> Place:
    """The element with several values that comes most often, or one that holds it and comes nearly as often."""
    seen: Counter[Place] = Counter()
    _read(path, _Elements(path.name), lambda here: seen.update([here.place][: len(here.fields) // _FIELDS]), _TOLD_BY)
    if not seen or (most := max(seen.values())) < _FEWEST:
        raise DataError(
            f"{path.name} is XML in which no element with several values is repeated, so it is no table; save its "
            "values as CSV."
        )
    return min((place for place, count in seen.items() if count >= _SHARE * most), key=len)


class _Elements:
    """The elements that are open. Their fields are their attributes, and the texts and attributes within them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[_Element] = []
        self.lists: dict[Place, None] = {}  # of too many elements of a name within another

    def around(self) -> Record:
        """What the open elements say of themselves, but for the outermost, which has nothing to say of others."""
        return {f"{one.name}.{key}": value for one in self._open[1:] for key, value in one.attributes.items()}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Open one."""
        if len(self._open) >= _DEEPEST:
            raise self.beyond(f"elements within {_DEEPEST} others")
        own = {_plain(key): value for key, value in attributes.items() if not key.startswith(("xmlns", "xsi:"))}
        above = self._open[-1].place if self._open else ()
        self._open.append(_Element((*above, _plain(name)), own, own.copy()))

    def say(self, piece: str) -> None:
        """Add to the text of the innermost, which is of no use where others stand in it, as blanks between records."""
        here = self._open[-1]
        if here.within:
            return
        here.text += piece
        if len(here.text) > _LONGEST:
            raise self.beyond(f"a text of more than {_LONGEST:,} letters")

    def end(self) -> _Element:
        """Close the innermost."""
        here = self._open.pop()
        if not here.within and (text := here.text.strip()):
            here.fields[here.name] = text
        if self._open:
            self._take_in(self._open[-1], here)
        return here

    def _take_in(self, outer: _Element, inner: _Element) -> None:
        """Fields of an element as those of the one that holds it, unless they are a list of many."""
        count = outer.within[inner.name] = outer.within.get(inner.name, 0) + 1
        most = _LONGEST_LIST if inner.fields.keys() <= {inner.name} else _MOST_ALIKE
        if count > most:
            if count == most + 1:
                self.lists[inner.place] = None
                numbered = re.compile(rf"{re.escape(inner.name)}\d*(\..*)?")
                outer.fields = {key: own for key, own in outer.fields.items() if not numbered.fullmatch(key)}
            return
        name = inner.name if count == 1 else f"{inner.name}{count}"
        for key, value in inner.fields.items():
            outer.fields[name if key == inner.name else f"{name}.{key}"] = value
        if len(outer.fields) > _WIDEST:
            if not inner.within:
                raise self.beyond(f"an element with more than {_WIDEST:,} values")
            outer.fields = outer.attributes.copy()  # it holds records

    def beyond(self, what: str) -> DataError:
        """The refusal of what no table has."""
        return DataError(f"{self._name} is XML with {what}, which is beyond the record of a table; save it as CSV.")


def _read(path: Path, elements: _Elements, ended: Ended, most: int | None = None) -> None:
    """Tell of each element that ends, in a file or in its first bytes.

    Raises:
        DataError: it is no XML, or declares entities, which may grow without end.
    """
    parser = expat.ParserCreate()
    parser.buffer_text, parser.buffer_size = True, _PIECE
    parser.StartElementHandler, parser.EndElementHandler = elements.begin, lambda _: ended(elements.end())
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
    except DataError:
        raise
    except (LookupError, ValueError) as error:
        raise DataError(
            f"{path.name} is XML in an encoding that is not read here ({error}); save it again as UTF-8."
        ) from None
    except expat.ExpatError as error:
        raise DataError(
            f"{path.name} is XML that cannot be read from line {error.lineno:,} on ({expat.ErrorString(error.code)}); "
            "fetch it again, or save its values as CSV."
        ) from None


def _plain(name: str) -> str:
    """A name without that of the vocabulary that it is of."""
    return name.rpartition(":")[2]
