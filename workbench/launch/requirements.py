"""Whether an interpreter already has what pyproject.toml asks for, by the versions of what is installed."""

import operator
import re
import sys
import tomllib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+?)\s*(?P<limits>(?:[<>=!~].*)?)")
_LIMIT = re.compile(r"(==|>=|<=|<|>)\s*([\d.]+?)(\.\*)?")

Release = tuple[int, ...]


def declared(pyproject: Path, extra: str = "") -> tuple[str, ...]:
    """The requirements of the project, and of one of its extras, as they are written there."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return (*project["dependencies"], *(project["optional-dependencies"][extra] if extra else ()))


def unmet(requirements: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the requirements that this interpreter does not meet."""
    return tuple(requirement for requirement in requirements if not _is_met(requirement))


def _is_met(requirement: str) -> bool:
    match = _REQUIREMENT.fullmatch(requirement)
    if match is None:
        raise ValueError(f"cannot read the requirement {requirement!r} of pyproject.toml")
    try:
        installed = release(metadata.version(match["name"]))
    except metadata.PackageNotFoundError:
        return False
    return all(_allows(limit, installed) for limit in match["limits"].split(",") if limit)


def release(version: str) -> Release:
    """The numbers of a version, as far as they go: ``"2.4.6rc1"`` gives ``(2, 4, 6)``."""
    digits = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in digits[0].split(".")) if digits else (0,)


_COMPARISONS: dict[str, Callable[[Release, Release], bool]] = {
    "==": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def _allows(limit: str, installed: Release) -> bool:
    match = _LIMIT.fullmatch(limit.strip())
    if match is None:
        raise ValueError(f"cannot read the version limit {limit!r} of pyproject.toml")
    comparison, version, wildcard = match.groups()
    wanted = release(version)
    if wildcard:
        return _padded(installed, len(wanted))[: len(wanted)] == wanted
    length = max(len(wanted), len(installed))
    return _COMPARISONS[comparison](_padded(installed, length), _padded(wanted, length))


def _padded(numbers: Release, length: int) -> Release:
    return (*numbers, *(0,) * (length - len(numbers)))


def main(argv: list[str]) -> int:
    """Ask another interpreter: ``python -m workbench.launch.requirements PYPROJECT [EXTRA]`` ends with 0 or 1."""
    return 1 if unmet(declared(Path(argv[0]), *argv[1:])) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
