"""The doors to the engine: its process, what it is asked, and its answers as plain values."""
