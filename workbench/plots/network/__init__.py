"""The network at hand as a diagram, with the equations of its parts."""
