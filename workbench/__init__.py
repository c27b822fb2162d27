"""The desktop application. Importing it imports nothing else: the launcher does so before there is an environment."""

__version__ = "0.1.0"
