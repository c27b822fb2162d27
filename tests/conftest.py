"""Which of the tests with many combinations are run each time."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.sampling import chosen


@pytest.hookimpl(tryfirst=True)  # before the slow ones are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test marked `sampled(n)` one combination in n is run each time, the others with the slow tests."""
    tests = defaultdict[str, list[pytest.Function]](list)
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("sampled"):
            tests[item.nodeid.partition("[")[0]].append(item)
    for combinations in tests.values():
        mark = combinations[0].get_closest_marker("sampled")
        assert mark is not None
        kept = chosen([item.callspec.params for item in combinations], *mark.args)
        for item, run in zip(combinations, kept, strict=True):
            if not run:
                item.add_marker(pytest.mark.slow)
