"""Kernels are compiled, or found on the disk, before a run needs them."""
