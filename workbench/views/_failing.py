"""What goes wrong while one view draws: kept from all others, said in words, and in the log once."""

from __future__ import annotations

import logging
from collections.abc import Callable

_log = logging.getLogger(__name__)
_WORDS = (
    "This view could not be drawn ({error}). The run and the other views go on, and it tries again with the next"
    " numbers. The details are in the log: Help, Open log folder."
)


class Failing:
    """Does what one view consists of, part by part, and knows which parts failed when they were last tried."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._failed: dict[str, str] = {}
        self.retries = False  # what is being done failed the last time
        self._noted = set[str]()

    @property
    def why(self) -> str:
        """What is wrong with the picture, in words; "" while all of it can be drawn."""
        return _WORDS.format(error=next(iter(self._failed.values()))) if self._failed else ""

    def attempt(self, part: str, call: Callable[[], object]) -> bool:
        """Do one part; False where it raised anything."""
        self.retries = self._failed.pop(part, None) is not None
        try:
            call()
        except Exception as error:
            self._failed[part] = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self._note(part, error)
            return False
        return True

    def excuse(self, part: str) -> None:
        """It is not shown, so that nothing is wrong with the picture."""
        self._failed.pop(part, None)

    def forget(self) -> None:
        """Another run begins, in which all may go well."""
        self._failed.clear()
        self._noted.clear()

    def _note(self, part: str, error: Exception) -> None:
        if self._failed[part] not in self._noted:  # thirty times a second would fill the log
            self._noted.add(self._failed[part])
            _log.error("%s of the view %s failed", part, self._key, exc_info=error)
