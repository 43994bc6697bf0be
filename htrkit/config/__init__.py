"""The one settings model that every command shares, and how its layers come together."""

from htrkit.config.layers import Layer, Resolved, resolve
from htrkit.config.settings import Settings

__all__ = ["Layer", "Resolved", "Settings", "resolve"]
