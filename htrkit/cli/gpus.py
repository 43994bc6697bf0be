"""`htrkit gpus`: what there is to compute on, how full it is, and what would fit."""

import os
import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from htrkit.config.choices import Color

if TYPE_CHECKING:
    from htrkit.core.device_batches import Batches
    from htrkit.devices.machine import MachineReader
    from htrkit.domain.device import Machine


def gpus(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
    watched: Annotated[bool, typer.Option("--watch", help="Go on, twice a second; q or Ctrl-C leaves.")] = False,
) -> None:
    """Show each device: memory, load, heat, power, who holds it, and the batch that each engine would get on it now."""
    from htrkit.core.driver_findings import driver_finding
    from htrkit.devices.machine import machine_reader
    from htrkit.domain.errors import UsageProblem
    from htrkit.ui.console import can_draw, streams
    from htrkit.ui.device_document import device_document
    from htrkit.ui.watching import watch

    if watched and as_json:
        raise UsageProblem("--watch and --json: one document has one moment.", mend="Leave one of them away.")
    out = streams(Color.AUTO, os.environ)
    with machine_reader(os.environ) as reader:
        machine = reader.read()
        if (finding := driver_finding(machine)) is not None:
            out.find(finding)
        if as_json:
            out.result(device_document(machine, _batches(machine)))
        elif watched and can_draw(sys.stdout, os.environ):
            out.result(watch(lambda: _drawn(reader), screen=sys.stdout))
        else:
            out.result(_page(machine))
            if watched:
                out.say("--watch needs a terminal that can be drawn on: this is one moment.")


def _page(machine: "Machine") -> str:
    from htrkit.engines.outside import engines_here
    from htrkit.ui.device_table import device_page

    return device_page(machine, _batches(machine), engines_here(), width=shutil.get_terminal_size().columns)


def _drawn(reader: "MachineReader") -> str:
    from htrkit.engines.outside import engines_here
    from htrkit.ui.device_table import device_watch

    machine = reader.read(look_seconds=None)
    return device_watch(machine, _batches(machine), engines_here(), width=shutil.get_terminal_size().columns)


def _batches(machine: "Machine") -> "list[Batches]":
    from htrkit.core.batch_sizing import starting_batch
    from htrkit.core.device_batches import batches_on
    from htrkit.engines.outside import engines_here

    return [batches_on(device, engines_here(), starting_batch) for device in machine.devices]
