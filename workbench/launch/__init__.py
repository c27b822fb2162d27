"""From one command to a running program: environment, system libraries, display, hand-over.

Standard library only. This code runs before anything is installed, in whatever Python 3.11 or newer is there.
"""
