"""The live views. Each is one file in this folder; `discover` finds them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from workbench.views.live_view import LiveView


def discover() -> tuple[type[LiveView], ...]:
    """Every view of this folder, in the order in which the window shows them."""
    found = []
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        members = vars(importlib.import_module(module.name)).values()
        found += [c for c in members if inspect.isclass(c) and issubclass(c, LiveView) and c.__module__ == module.name]
    return tuple(sorted((view for view in found if view.key), key=lambda view: (view.order, view.key)))
