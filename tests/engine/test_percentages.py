import re

import pytest

from engine.wording.percentages import percent
from tests.test_architecture import SOURCES, module_name


@pytest.mark.parametrize(
    ("share", "decimals", "words"),
    [(0.8, 0, "80 %"), (0.2049, 1, "20.5 %"), (0.8, None, "80 %"), (0.975, None, "97.5 %"), (-0.25, 0, "−25 %")],
)
def test_a_share_in_per_cent(share: float, decimals: int | None, words: str) -> None:
    assert percent(share, decimals) == words


@pytest.mark.parametrize(
    ("share", "decimals", "words"),
    [
        (0.0, 0, "0 %"),
        (1.0, 0, "100 %"),
        (0.004, 0, "0.4 %"),
        (0.997, 0, "99.7 %"),
        (0.0001, 0, "< 0.1 %"),
        (0.9999, 0, "> 99.9 %"),
        (0.0001, 1, "< 0.1 %"),
        (0.9996, 1, "> 99.9 %"),
        (-0.004, 0, "−0.4 %"),
        (1.25, 0, "125 %"),
        (1 - 1e-7, 0, "100 %"),
    ],
)
def test_only_nothing_is_0_per_cent_and_only_all_is_100(share: float, decimals: int, words: str) -> None:
    assert percent(share, decimals) == words


def test_no_share_is_written_in_another_way() -> None:
    written = re.compile(r":[+.,\d]*%\}|\* 100:[^}]*\} ?%")
    assert [module_name(path) for path in SOURCES if written.search(path.read_text(encoding="utf-8"))] == [
        "engine.forecasts.forecast_table"  # names of columns, which other programs read
    ]
