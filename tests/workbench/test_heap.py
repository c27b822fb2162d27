"""Threads take memory from few places."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_THREADS = """
import ctypes, os, tempfile, threading
from workbench.heap import share_arenas

share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
taken, seen = threading.Barrier(9), threading.Barrier(9)

def take():
    libc.malloc(100_000)
    taken.wait()
    seen.wait()

for _ in range(8):
    threading.Thread(target=take).start()
taken.wait()
path = tempfile.mkstemp()[1]
file = ctypes.c_void_p(libc.fopen(path.encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
print(open(path).read().count("<heap"))
os.unlink(path)
seen.wait()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="asks glibc")
def test_many_threads_share_two_arenas() -> None:
    said = subprocess.run([sys.executable, "-c", _THREADS], capture_output=True, text=True, check=True, timeout=60)
    assert int(said.stdout) <= 2
