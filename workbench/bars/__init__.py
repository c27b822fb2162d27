"""The bars of the window: menus above, the run, and the foot."""
