"""What views draw with: curves, heat maps, legends, axes, and the ways out of a picture."""
