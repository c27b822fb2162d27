"""What turns raw data into a network's inputs and its outputs back into the data's own units.

It travels with the weights: `metadata` in JSON's own types, `Preparation.from_metadata` the way back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from engine.data.errors import DataError


class Preparation(ABC):
    """Common to all kinds of data. A subclass names its `kind` and is found by it."""

    __slots__ = ()
    kind = ""
    _kinds: ClassVar[dict[str, type[Preparation]]] = {}

    def __init_subclass__(cls) -> None:
        Preparation._kinds[cls.kind] = cls

    @abstractmethod
    def metadata(self) -> dict[str, Any]:
        """Everything needed to rebuild this, in JSON's own types; `kind` tells the class."""

    @classmethod
    @abstractmethod
    def read(cls, values: Mapping[str, Any]) -> Preparation:
        """The opposite of `metadata`, for this kind."""

    @staticmethod
    def from_metadata(values: Mapping[str, Any]) -> Preparation:
        """The opposite of `metadata`.

        Raises:
            DataError: something is missing or of a kind this version does not know.
        """
        try:
            return Preparation._kinds[values["kind"]].read(values)
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"the description of the data that came with the weights is incomplete: {error}.") from None
