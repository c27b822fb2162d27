"""Peak memory of a process that trains, beside PyTorch's: ``python -m tests.benchmarks.memory``.

Each side does the same three training steps in a process of its own. Printed are the peak of the resident memory and
by how much it lies above what was resident when the libraries were loaded; the last line is the verdict. Linux only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.peers import Point

POINTS = (
    Point("elman", 100, 64, 64, 128), Point("lstm", 100, 64, 64, 128), Point("gru", 100, 64, 64, 128),
    Point("elman", 100, 64, 128, 512), Point("lstm", 100, 64, 128, 512), Point("gru", 100, 64, 128, 512),
    Point("lstm", 100, 64, 64, 256, layers=2, bidirectional=True),
)  # fmt: skip
_CHILD = """
import json, sys
from tests.benchmarks import peers
def resident(name):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name)) / 1024
if sys.argv[1] == "torch":
    import torch
else:
    import engine.network, engine.optimizers
side = getattr(peers, sys.argv[1])
side(peers.Point(sys.argv[2], 2, 2, 2, 2), 1)()  # loads what is loaded late
before = resident("VmRSS:")
step = side(peers.Point(**json.loads(sys.argv[3])), 1)
for _ in range(3):
    step()
print(json.dumps([resident("VmHWM:"), resident("VmHWM:") - before]))
"""


def peaks(side: str, point: Point) -> tuple[float, float]:
    """MiB: peak resident memory of a process that trains, and how far it lies above that before."""
    values = json.dumps({name: getattr(point, name) for name in Point.__slots__})
    command = [sys.executable, "-c", _CHILD, side, point.cell, values]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    if done.returncode:
        sys.exit(done.stderr)
    whole, above = json.loads(done.stdout.splitlines()[-1])
    return whole, above


def main() -> None:
    """Print a line for each point."""
    if find_spec("torch") is None:
        sys.exit(f"error: torch is not installed for {sys.executable}; install it there: pip install torch")
    print(f"{'cell':30} {'T, B, I, H':20} whole process, ours, theirs MiB     of the step, ours, theirs MiB  ratio")
    worst = 0.0
    for point in POINTS:
        peaks("workbench", point)  # compiles what is not compiled yet
        (ours, above), (theirs, their_own) = peaks("workbench", point), peaks("torch", point)
        name = point.cell + (f" {point.layers} layers, both directions" if point.bidirectional else "")
        shape = f"{point.steps}, {point.batch}, {point.inputs}, {point.hidden}"
        ratio = above / their_own
        worst = max(worst, ratio, ours / theirs)
        print(
            f"{name:30} {shape:20} {ours:12.0f} {theirs:12.0f} {above:24.1f} {their_own:12.1f} {ratio:12.2f}",
            flush=True,
        )
    reached = "" if worst <= 1.0 else " NOT REACHED"
    print(f"verdict: at most {worst:.2f} times PyTorch's memory, of process or step (goal at most 1){reached}")


if __name__ == "__main__":
    main()
