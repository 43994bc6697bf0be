"""Strings that must not be mixed up have their own types here."""

from typing import NewType

PageKey = NewType("PageKey", str)
"""A page's place in the outputs: its tree and stem, percent-encoded ASCII, `/` between folders."""

RegionId = NewType("RegionId", str)
LineId = NewType("LineId", str)
EngineName = NewType("EngineName", str)
"""A row of the engine table, as typed after `--engine`: `kraken`, `qwen3-vl`."""
