"""The mark of a file's format, its version last, as in "rnn-workbench checkpoint 1"."""

from __future__ import annotations


def other_version(found: object, own: str) -> str:
    """What to say of a file marked `found` that is of another version than `own`; "" where it is not of its kind."""
    kind, _, read = own.rpartition(" ")
    name, _, number = str(found)[:100].rpartition(" ")
    if name != kind or not (number.isascii() and number.isdigit()) or number == read:
        return ""
    if int(number) > int(read):
        age, cure = "a newer", "update this one to open it"
    else:
        age, cure = "an older", "open it with that one"
    return f"was written by {age} workbench (version {number} of the format; this one reads {read}); {cure}"
