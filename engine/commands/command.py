"""How a command line is taken apart: what is wrong with it is said in one line."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from typing import Any, NoReturn, TypeAlias

_VALUE = re.compile(r"argument (\S+): invalid (int|float) value: ('.*')")
_NUMBERS = {"int": "a whole number", "float": "a number"}
_CHOICE = re.compile(r"invalid choice: '(.*?)' \(choose from (.*)\)")


class UsageError(ValueError):
    """Options that do not go together, or lack something."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is a `--help` away."""

    def error(self, message: str) -> NoReturn:
        """Raise a `UsageError` that names what was probably meant."""
        if choice := _CHOICE.search(message):
            message += _near(choice[1], re.findall(r"[\w.]+", choice[2]))
        if value := _VALUE.search(message):
            message = f"{value[1]} is {value[3]}; it takes {_NUMBERS[value[2]]}"
        raise UsageError(f"{message}; see {self.prog} --help")


class Command(Parser):
    """One command: hears of a misspelt option before the one that is therefore missing."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As usual, after a look at the options."""
        options = [option for action in self._actions for option in action.option_strings]
        for word in args or ():
            name = word.partition("=")[0]
            if name.startswith("--") and not any(option.startswith(name) for option in options):
                self.error(f"there is no option {name}{_near(name, options)}")
        found, odd = super().parse_known_args(args, namespace)
        for action in self._actions:  # an empty path would be the folder that one stands in
            if str(action.metavar).startswith(("DIR", "FILE")) and getattr(found, action.dest, None) == "":
                self.error(f"{action.option_strings[0] if action.option_strings else action.metavar} is empty")
        return found, odd


Commands: TypeAlias = "argparse._SubParsersAction[Command]"


def _near(name: str, names: Sequence[str]) -> str:
    """A question to end a message with, where one of `names` was probably meant; else nothing."""
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]}" if close else ""
