"""Where the data files of the project are: samples, lessons, icons, help texts."""

from pathlib import Path


def resources_folder() -> Path:
    """The folder `resources`: beside the package in a checkout, and beside it where pip installs it."""
    return Path(__file__).resolve().parents[1] / "resources"
