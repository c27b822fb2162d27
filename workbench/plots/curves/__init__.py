"""Plots of curves: of losses, of gradients and of functions."""
