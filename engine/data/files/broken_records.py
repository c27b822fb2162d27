"""Lines of a file of JSON records that hold none, as where writing was cut off: left out, each with its reason."""

from __future__ import annotations

import json
from pathlib import Path

from engine.data.files.odd_rows import Rejected
from engine.data.files.source import Source
from engine.data.files.temporary import temporary_file
from engine.data.notation.quoting import literal
from engine.wording.counting import counted

_NAMED = 10_000
_SHOWN = 200  # characters


def leave_out_broken(source: Source) -> bool:
    """Have `source` read a copy without them; False, and nothing changes, where more lines are broken than are not.

    Looked for where the database has met one, and not before: it stops at the first and says no more than where.
    """
    if source.records is None:
        return False
    broken, count, kept = list[Rejected](), 0, 0
    plain = source.records.open(encoding="utf-8", errors="replace", newline="\n")
    with plain as lines, temporary_file(".json") as copy:
        for number, line in enumerate(lines, 1):
            if why := _why_broken(line):
                count += 1
                broken += [Rejected(number, why, line.strip()[:_SHOWN])] if count <= _NAMED else []
            elif line.strip():
                copy.write(line)
                kept += 1
    if not count or count > kept:
        Path(copy.name).unlink()
        return False
    if source.temporary is not None:
        source.temporary.unlink()
    source.relation = source.relation.replace(literal(source.records), literal(copy.name))
    source.temporary = source.records = Path(copy.name)
    source.left_out, source.left_out_rows = (*source.left_out, *broken), source.left_out_rows + count
    source.remarks.append(
        f"{counted(count, 'line')} {'is' if count == 1 else 'are'} no JSON record and left out, the first is line "
        f"{broken[0].line:,} ({broken[0].reason})"
    )
    return True


def _why_broken(line: str) -> str:
    """What is wrong with a line in words; nothing where it holds a record, or is empty."""
    if not line.strip():
        return ""
    try:
        record = json.loads(line.rstrip())
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg.lower()}, character {error.pos + 1:,}"
    except ValueError as error:  # a number of thousands of digits
        return f"not JSON: {error}"
    except RecursionError:
        return "not JSON that can be read: it is nested too deep"
    return "" if isinstance(record, dict) else "no record, but a single value"
