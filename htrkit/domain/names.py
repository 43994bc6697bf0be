"""Strings that must not be mixed up have their own types here."""

from typing import NewType

PageKey = NewType("PageKey", str)
"""A page's place in the outputs: its tree and stem, `/` between folders.

Letters of any script stand as they are; what is not printable, `%` and what a file system refuses is percent-encoded.
Every part is at most 200 bytes of UTF-8, and no two keys of a run differ only by case or Unicode form.
"""

RegionId = NewType("RegionId", str)
LineId = NewType("LineId", str)
EngineName = NewType("EngineName", str)
"""A row of the engine table, as typed after `--engine`: `kraken`, `qwen3-vl`."""
RUN_ID = "HTRKIT_RUN_ID"
"""The variable that every process of a run carries in its environment."""
