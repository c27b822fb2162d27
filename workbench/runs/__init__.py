"""What the window keeps of runs: records, their curves, what was seen of them, and how fast they go."""
