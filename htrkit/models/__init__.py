"""Starter models, the local store, and where others come from."""
