from __future__ import annotations

import itertools

import pytest

from tests.sampling import chosen


@pytest.mark.parametrize("every", [2, 3, 6])
@pytest.mark.parametrize(("cells", "layers"), [(23, 2), (6, 3), (4, 4)])
def test_every_value_comes_up_however_many_are_left_out(cells: int, layers: int, every: int) -> None:
    all_of_them = [{"cell": c, "layers": n} for c, n in itertools.product(range(cells), range(layers))]
    kept = [combination for combination, run in zip(all_of_them, chosen(all_of_them, every), strict=True) if run]
    assert {each["cell"] for each in kept} == set(range(cells))
    assert {each["layers"] for each in kept} == set(range(layers))
    assert len(kept) < len(all_of_them)


def test_of_a_list_of_cases_none_is_left_out() -> None:
    assert all(chosen([{"case": number} for number in range(9)], 3))
