"""What the measurements of a run mean, in plain language: what is seen, why, and what to change.

To add a check, write a function beside those of its kind and list it in `_CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.events import Finding
from engine.findings import answer_checks, learning_checks
from engine.findings.measurements import Measurements

_CHECKS: tuple[Callable[[Measurements], Finding | None], ...] = (
    answer_checks.baseline,
    answer_checks.unscored,
    answer_checks.memory,
    answer_checks.order,
    answer_checks.copycat,
    answer_checks.flat,
    answer_checks.one_class,
    learning_checks.vanishing,
    learning_checks.exploding,
    learning_checks.restless,
    learning_checks.overfitting,
    answer_checks.coverage,
)


class Diagnosis:
    """Turns measurements into findings, and says each only once until it changes; at the end, with the last numbers."""

    def __init__(self, measurements: Measurements) -> None:
        self.measurements = measurements
        self._said: dict[str, Finding] = {}

    def news(self) -> list[Finding]:
        """Findings that are new, have changed, or no longer hold."""
        found = [finding for check in _CHECKS if (finding := check(self.measurements))]
        told = (lambda finding: finding) if self.measurements.ended else _headline
        news = [finding for finding in found if told(self._said.get(finding.key)) != told(finding)]
        standing = {finding.key for finding in found}
        gone = [f for key, f in self._said.items() if key not in standing and f.level != "good"]
        news += [finding.withdrawn("The latest measurements do not show it any more.") for finding in gone]
        self._said |= {finding.key: finding for finding in news}
        return news


def _headline(finding: Finding | None) -> tuple[str, str] | None:
    return (finding.level, finding.title) if finding else None
