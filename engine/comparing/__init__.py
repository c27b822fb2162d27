"""Several runs side by side: races of cells and strategies, sweeps over settings."""
