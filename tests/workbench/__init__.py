"""The window and all that is in it."""

from workbench.qt_imports import import_plot_libraries

import_plot_libraries()  # as at a start of the program
