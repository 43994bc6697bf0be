"""Each card is seen as the user calls it: alone in its process, as `cuda:0`, with the driver's own name."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.gpu.outcomes import Figure, Findings, Skip
from bench.gpu.setting import ROOT, Setting, module
from htrkit.core.device_choice import chosen_devices
from htrkit.core.device_seen import Seen
from htrkit.domain.device import Device
from htrkit.run.guarding import seen_now
from htrkit.run.pinning import sees_only

PROBE_SECONDS = 60
ITEM_BYTES = 2 * 10**9
"""What `-d auto` and `-d all` look for: the model and one item."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What torch sees in a process that is pinned to one card."""

    count: int
    uuid: str
    name: str
    total_bytes: int


Probe = Callable[[Mapping[str, str]], Inside]
"""Starts a process with these variables and says what it sees."""


def cards_are_pinned(setting: Setting) -> Findings:
    """Hold what torch sees in a pinned process against what the driver says, card by card."""
    if not setting.on_a_card:
        raise Skip("needs CUDA")
    return pinned(seen_now(os.environ), probe)


def pinned(seen: Seen, inside: Probe) -> Findings:
    """Choose every card by name and by UUID, look what a process sees that is pinned to it; then `auto` and `all`."""
    figures, wrong = [Figure("cards", len(seen.choosable))], []
    if not seen.choosable:
        wrong.append("there is no card that may be chosen")
    for card in seen.choosable:
        by_name, by_uuid = (_chosen(wish, seen) for wish in (card.device or "", card.uuid or ""))
        if by_name != (card.uuid,) or by_uuid != by_name:
            wrong.append(f"-d {card.device} chooses {by_name}, -d {card.uuid} {by_uuid}")
        found = inside(sees_only(card))
        figures.append(Figure(str(card.device), f"{found.name}, {found.uuid}, {found.total_bytes / 1e9:.1f} GB"))
        wrong += [f"{card.device}: {words}" for words in _differences(card, found)]
    for wish in ("auto", "all"):
        taken = _chosen(wish, seen)
        figures.append(Figure(f"-d {wish}", ", ".join(map(str, taken)) or "none"))
    return Findings(tuple(figures), tuple(wrong))


def probe(environment: Mapping[str, str]) -> Inside:
    """Ask torch in a process of its own."""
    done = subprocess.run(
        module("pinned_process"),
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=PROBE_SECONDS,
    )
    return Inside(**json.loads(done.stdout))


def _chosen(wish: str, seen: Seen) -> Sequence[str | None]:
    """Give the UUIDs of what `-d WISH` comes to."""
    return tuple(one.uuid for one in chosen_devices(wish, seen, lambda _: ITEM_BYTES).devices)


def _differences(card: Device, found: Inside) -> list[str]:
    wrong = []
    if found.count != 1:
        wrong.append(f"torch sees {found.count} cards, not one")
    if _bare(found.uuid) != _bare(card.uuid or ""):
        wrong.append(f"torch says {found.uuid}, the driver {card.uuid}")
    if found.name != card.name:
        wrong.append(f"torch says {found.name!r}, the driver {card.name!r}")
    return wrong


def _bare(uuid: str) -> str:
    """Give a UUID's digits: torch leaves the driver's `GPU-` or `MIG-` away."""
    return uuid.lower().removeprefix("gpu-").removeprefix("mig-")
