"""The Linux libraries that Qt is linked with, looked for before Qt is touched.

Qt ends the whole process when one of them is missing, and often names another one than it misses.
"""

import ctypes
import sys

from workbench.launch.errors import LaunchError

# Library → Debian package. The first group is linked by QtGui itself, whatever it draws on.
ALWAYS = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
X11 = {
    "libxcb.so.1": "libxcb1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
_BY_PLATFORM = {"xcb": ALWAYS | X11, "wayland": ALWAYS | WAYLAND}


def missing(platform: str) -> dict[str, str]:
    """Library → Debian package of what Qt's platform plug-in needs and the system does not have."""
    wanted = _BY_PLATFORM.get(platform, ALWAYS) if sys.platform == "linux" else {}
    return {library: package for library, package in wanted.items() if not _loads(library)}


def require(platform: str) -> None:
    """Make sure of the libraries for a platform plug-in: "xcb", "wayland", "offscreen", …

    Raises:
        LaunchError: some are missing and were not installed; names them and the command. Status 2.
    """
    lacking = missing(platform)
    if not lacking:
        return
    from workbench.launch.system_packages import provide

    capabilities = [f"{library}()({'64bit' if sys.maxsize > 2**32 else ''})" for library in lacking]
    provide(_sentence(lacking), sorted(set(lacking.values())), capabilities)
    if still := missing(platform):
        raise LaunchError(_sentence(still), 2)


def _sentence(lacking: dict[str, str]) -> str:
    return f"Qt needs system libraries that are not installed: {', '.join(lacking)}."


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
