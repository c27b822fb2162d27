"""Trained weights in the forms that other programs read. One file per target."""
