"""Small windows upon the window."""
