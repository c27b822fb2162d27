"""Panes to the left and right of the views: moved, floated, put behind each other, and put back."""
