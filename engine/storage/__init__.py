"""What lies on disk, whole or not at all: weights, checkpoints, tables, settings, run folders, projects."""
