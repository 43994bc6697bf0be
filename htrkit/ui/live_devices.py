"""What a screen knows of the devices: from servers and workers, from pages done on them, and from samples."""

from dataclasses import replace
from types import MappingProxyType

from htrkit.domain.events import (
    BatchResized,
    BatchShrunk,
    OfProcess,
    OfServer,
    PageDone,
    ServerGivenUp,
    ServerLost,
    ServerStarted,
    WorkerGivenUp,
    WorkerLost,
    WorkerRetired,
    WorkerStarted,
)
from htrkit.domain.failure import Step
from htrkit.domain.glimpse import Glimpse
from htrkit.domain.sample import DeviceSample, MachineSample
from htrkit.ui.live_series import Curve, Pace
from htrkit.ui.live_state import DeviceCourse, DevicePanel, LiveState

CPU = "cpu"


def batches_seen(state: LiveState, glimpse: Glimpse) -> LiveState:
    """Take in which devices there are, and what the fullest batch on each was, until an event tells the size."""
    devices = dict(state.devices)
    names = [one.server for one in glimpse.servers] or ([CPU] if glimpse.workers else [])
    for name in names:
        devices.setdefault(name, _device(name, DeviceCourse.STARTING, glimpse.at))
    for one in glimpse.servers:
        known = devices[one.server]
        if one.step is Step.RECOGNISE and one.items > (known.batch or 0):
            devices[one.server] = replace(known, batch=one.items)
    if CPU in devices and not glimpse.servers:
        cores = f"{glimpse.cores} cores" if glimpse.cores else None
        sample = DeviceSample(CPU, None, None, glimpse.cpu_percent, name=cores)
        devices[CPU] = replace(devices[CPU], sample=sample)
    return replace(state, devices=MappingProxyType(devices))


def device_heard(state: LiveState, event: OfProcess, at: float) -> LiveState:
    """Give what is known after an event of a worker or a server."""
    match event:
        case WorkerStarted():
            device = event.device or CPU
            state = _worker(state, event.worker, alive=True)
            known = _known(state, device, at)
            return _changed(state, replace(known, course=DeviceCourse.READY)) if device == CPU else state
        case WorkerLost():
            return _agent_lost(_worker(state, event.worker, alive=False), event.worker)
        case WorkerGivenUp() | WorkerRetired():
            return _worker(state, event.worker, alive=False)
        case event:
            return _server_heard(state, event, at)


def _server_heard(state: LiveState, event: OfServer, at: float) -> LiveState:
    device = _known(state, event.server, at)
    match event:
        case ServerStarted():
            return _changed(state, replace(device, course=DeviceCourse.READY))
        case ServerLost():
            return _changed(state, replace(device, course=DeviceCourse.LOST))
        case ServerGivenUp():
            return _changed(state, replace(device, course=DeviceCourse.GIVEN_UP))
        case BatchShrunk() | BatchResized():
            return _changed(state, replace(device, batch=event.now)) if event.step is Step.RECOGNISE else state
        case _:
            return state


def page_on_device(state: LiveState, page: PageDone, at: float) -> LiveState:
    """Count a page that is done for the device that did it."""
    device = _known(state, page.device or CPU, at)
    pace, pages = device.pace.after(at, lines=page.lines), device.pages.after(at, 1.0)
    return _changed(state, replace(device, pace=pace, pages=pages, course=DeviceCourse.READY))


def device_sampled(state: LiveState, sample: MachineSample, at: float) -> LiveState:
    """Take in how the machine and its devices stand; devices that the run does not use are left out."""
    devices = dict(state.devices)
    if CPU in devices and sample.total_bytes:
        memory = devices[CPU].memory.after(at, 1 - sample.free_bytes / sample.total_bytes)
        devices[CPU] = replace(devices[CPU], memory=memory)
    for one in sample.devices:
        known = devices.get(one.device)
        if known is None:
            continue
        memory = known.memory
        if one.used_bytes is not None and one.total_bytes:
            memory = memory.after(at, one.used_bytes / one.total_bytes)
        devices[one.device] = replace(known, sample=one, memory=memory)
    return replace(state, sample=sample, devices=MappingProxyType(devices))


def _agent_lost(state: LiveState, agent: str) -> LiveState:
    """Take in that the devices of a cluster's agent are out of reach; a worker of this machine has none of its own."""
    for name, device in state.devices.items():
        if name == agent or name.startswith(f"{agent}/"):
            state = _changed(state, replace(device, course=DeviceCourse.LOST, sample=None))
    return state


def _worker(state: LiveState, name: str, *, alive: bool) -> LiveState:
    return replace(state, workers=MappingProxyType({**state.workers, name: alive}))


def _known(state: LiveState, name: str, at: float) -> DevicePanel:
    return state.devices.get(name) or _device(name, DeviceCourse.READY, at)


def _device(name: str, course: DeviceCourse, at: float) -> DevicePanel:
    return DevicePanel(name, course, Pace(at), pages=Curve(at), memory=Curve(at))


def _changed(state: LiveState, device: DevicePanel) -> LiveState:
    return replace(state, devices=MappingProxyType({**state.devices, device.name: device}))
