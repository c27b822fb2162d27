"""What happens to files, and how much of time and memory a reader may take over them."""

from __future__ import annotations

import io
import random
import resource
import signal
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS, PATIENCE = 20, 300  # of computing, and of waiting: more than any of these small inputs may take
MEGABYTES = 1500  # by which the process may grow


@contextmanager
def limited() -> Iterator[None]:
    """No input may hang or fill the memory."""
    met: list[str] = []

    def late(number: int, _frame: object) -> None:
        what = f"{SECONDS} seconds of computing" if number == signal.SIGPROF else f"{PATIENCE} seconds of waiting"
        met.append(f"not done after {what}")
        raise AssertionError(met[0])  # which a library may make an error of its own of

    before = {each: signal.signal(each, late) for each in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(PATIENCE)
    high = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        for each, handler in before.items():
            signal.signal(each, handler)
        assert not met, met[0]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - high) / (1024 if sys.platform != "darwin" else 2**20)
    assert grown < MEGABYTES


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A file with something wrong; of most archives, within one of the files in it."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(200))
    if content.startswith(b"PK\x03\x04") and chance.random() < 0.8:
        return _within(content, chance)
    return _worn(content, chance)


def _within(archive: bytes, chance: random.Random) -> bytes:
    """One of the files in an archive with something wrong, or under a name that leads elsewhere."""
    out, renamed = io.BytesIO(), chance.random() < 0.3
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            if name != chosen:
                new.writestr(name, content)
            elif renamed:
                new.writestr(zipfile.ZipInfo(chance.choice(_NAMES) + chance.choice(("", name))), content)
            else:
                new.writestr(name, _worn(content, chance))
    return out.getvalue()


def _worn(content: bytes, chance: random.Random) -> bytes:
    """A few of the things that happen to files: bits, cuts, repeats, swaps, extreme numbers, other files' words."""
    out = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at, length = chance.randrange(len(out) + 1), chance.choice((1, 1, 2, 8, 64, 1000))
        match chance.randrange(8):
            case 0 if out:
                out[at % len(out)] ^= 1 << chance.randrange(8)
            case 1:
                out[at : at + length] = b""
            case 2:
                out[at:at] = out[at : at + length] * chance.choice((1, 2, 50))
            case 3:
                out[at : at + length] = chance.randbytes(length)
            case 4:
                out[at:at] = chance.choice(_WORDS)
            case 5:
                out[at:] = b""
            case 6:
                other = chance.randrange(len(out) + 1)
                out[at : at + length], out[other : other + length] = out[other : other + length], out[at : at + length]
            case _:
                digits = [place for place, byte in enumerate(out) if 48 <= byte <= 57]
                if digits:
                    place = chance.choice(digits)
                    out[place : place + 1] = chance.choice((b"-1", b"999999999999", b"1e999", b"NaN", b"0", b"null"))
    return bytes(out)


_NAMES = ("", "/", "//", "../", "../../", "/tmp/", "a/../..", "C:", "x" * 300, "\\", "\x00", "\n", "~")
_WORDS = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b'"', b"{", b"[" * 3000, b"a = " + b"[" * 3000, b"9" * 5000),
    *(
        b"../../etc/passwd",
        b"file = '/dev/zero'",
        b"!!python/object",
        b"__reduce__",
        b"\x80\x04\x95",
        b"=cmd|' /C calc'!A0",
    ),
    *(
        b"Infinity",
        b"-0",
        b"\xf0\x9f\x98\x80",
        b"\xed\xa0\x80",
        b"PK\x03\x04",
        b"PAR1",
        b"\x1f\x8b",
        b"SQLite format 3\x00",
    ),
)
