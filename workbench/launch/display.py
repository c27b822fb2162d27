"""Whether a window can open, and through which of Qt's platform plug-ins; looked at before Qt is touched."""

import ctypes
import os
import sys
import threading
from collections.abc import Mapping

from workbench.launch.errors import LaunchError

SECONDS_TO_ANSWER = 10.0


def chosen_platform(environment: Mapping[str, str], headless_command: str) -> str:
    """Qt's platform plug-in for this session: what QT_QPA_PLATFORM says, else "wayland" or "xcb".

    Empty on Windows and macOS, where Qt always has a screen.

    Raises:
        LaunchError: there is nothing that a window could open on. Status 2.
    """
    if asked := environment.get("QT_QPA_PLATFORM", ""):
        return asked.split(";")[0].split(":")[0].removesuffix("-egl")
    if sys.platform != "linux":
        return ""
    x11, wayland = environment.get("DISPLAY"), environment.get("WAYLAND_DISPLAY")
    if wayland and (not x11 or environment.get("XDG_SESSION_TYPE") == "wayland") and _wayland_answers(environment):
        return "wayland"
    if x11:
        return "xcb"
    if wayland:
        raise LaunchError(_no_window(f"the Wayland display {wayland!r} does not answer", headless_command), 2)
    raise LaunchError(_no_window("neither DISPLAY nor WAYLAND_DISPLAY is set", headless_command), 2)


def require_answer(platform: str, environment: Mapping[str, str], headless_command: str) -> None:
    """Make sure that the display which the platform plug-in will use lets us in.

    Raises:
        LaunchError: it does not. Status 2.
    """
    if platform == "xcb" and not _x11_answers():
        display = environment.get("DISPLAY", "")
        raise LaunchError(_no_window(f"the X display {display!r} cannot be reached", headless_command), 2)
    if platform == "wayland" and not _wayland_answers(environment):
        display = environment.get("WAYLAND_DISPLAY", "")
        raise LaunchError(_no_window(f"the Wayland display {display!r} does not answer", headless_command), 2)


def _no_window(reason: str, headless_command: str) -> str:
    return f"no window can open here: {reason}.\nThe same work without a window: {headless_command}"


def _x11_answers() -> bool:
    """Connect and log in as Qt would. In a thread, because a host that keeps silent would hold us for minutes."""
    answers: list[bool] = []
    attempt = threading.Thread(target=lambda: answers.append(_x11_connects()), daemon=True)
    attempt.start()
    attempt.join(SECONDS_TO_ANSWER)
    return answers == [True]


def _x11_connects() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    import socket

    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    path = os.path.join(environment.get("XDG_RUNTIME_DIR", ""), name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SECONDS_TO_ANSWER)
        return connection.connect_ex(path) == 0
