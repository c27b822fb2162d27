"""The surface that is drawn on, its axes, and the names and numbers at them."""
