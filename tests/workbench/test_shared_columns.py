"""Columns that fill the width of their table."""

from __future__ import annotations

import pytest

from workbench.widgets.shared_columns import shares


@pytest.mark.parametrize(
    ("needs", "room", "widths"),
    [
        ([50, 60, 70], 300, [90, 100, 110]),  # what is over is spread
        ([60, 200, 200], 300, [60, 120, 120]),
        ([200, 300, 400], 300, [100, 100, 100]),
        ([90, 110, 400], 300, [90, 105, 105]),
        ([200, 300, 400], 301, [100, 100, 101]),
        ([50, 60], 0, [0, 0]),
        ([], 300, []),
    ],
)
def test_what_needs_less_than_an_even_part_leaves_the_rest_to_others(
    needs: list[int], room: int, widths: list[int]
) -> None:
    assert shares(needs, room) == widths
