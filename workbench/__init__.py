"""The desktop application: sets up, runs and shows what the engine computes. Knows no kernel and no cell by name."""

__version__ = "0.1.0"
