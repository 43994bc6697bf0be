"""What Slurm is asked to give each shard: as typed, and where nothing was typed, from the estimate."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from htrkit.core.device_plan import device_plan
from htrkit.core.interval import Interval
from htrkit.core.limits import patient
from htrkit.core.planned_cards import SPEEDS_KNOWN_FOR
from htrkit.core.rules import Rules
from htrkit.core.slurm_limits import MARGIN, drain_seconds, limit_seconds, memory_words, shard_bytes, warned_seconds
from htrkit.core.slurm_script import ShardRoom
from htrkit.core.slurm_time import seconds_of_time, time_words
from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import UsageProblem
from htrkit.run.crew import rules_of
from htrkit.run.estimation import Wish, estimated
from htrkit.run.estimation_looks import looked_at
from htrkit.run.preflight import Request, row_of, settings_of
from htrkit.run.slurm_nodes import CPU, Nodes, on_nodes
from htrkit.ui.words import counted, duration

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of a shard's room; None for what the estimate is to say."""

    shards: int
    time: str | None
    memory: str | None


def room_of(request: Request, typed: Typed, nodes: Nodes, *, say: Say) -> ShardRoom:
    """Give what each shard gets; `request` is the shard's own.

    Raises UsageProblem for a time that is none, and where a server reads the pages and no time was given.
    """
    resolved = settings_of(request)
    settings, row = resolved.settings, row_of(resolved)
    rules = rules_of(settings, on_cards=nodes.gpus > 0)
    drain = drain_seconds(_patient(rules, row, nodes).limits)
    whole, ram = None, None
    if typed.time is None:
        _refuse_unknown(settings.server)
        known = nodes.cards is None or row.speed.minutes(1, cards=nodes.gpus) is not None
        estimate = estimated(*_estimable(request, nodes, known=known), say=say)
        whole = estimate.seconds
        ram = shard_bytes(estimate.plan.ram_bytes, estimate.pages) if known else None
        if not known:
            say(_without_gpus_words(row, nodes))
    time, seconds = _time(typed, whole, drain, nodes, say)
    memory = typed.memory
    if memory is None:
        memory = memory_words(ram or _ram_bytes(request, nodes), limit_share=settings.memory_limit)
    return ShardRoom(nodes.gpus, nodes.cores, memory, time, warned_seconds(drain, seconds))


def _patient(rules: Rules, row: EngineRow, nodes: Nodes) -> Rules:
    if nodes.gpus:
        return rules
    return replace(rules, limits=patient(rules.limits, page_seconds=row.cpu_page.seconds))


def _refuse_unknown(server: str | None) -> None:
    if server is not None:
        raise UsageProblem(
            "How long an inference server takes for a page, nobody has published, and each shard needs a time limit.",
            mend="Give one with --time HH:MM:SS; on a node, `htrkit estimate --measure 10` finds it out.",
        )


def _estimable(request: Request, nodes: Nodes, *, known: bool) -> tuple[Request, Wish]:
    """Give what can be estimated: where nobody knows the engine's pace on a GPU, the shard's cores without one."""
    if known:
        return request, Wish(cards=nodes.cards)
    cores = {"device": CPU, "jobs": nodes.cores, "threads": 1, "batch_size": "auto", "parallel_gpus": False}
    return on_nodes(request, cores), Wish()


def _without_gpus_words(row: EngineRow, nodes: Nodes) -> str:
    # An upper end: all that a GPU takes from the cores, it does faster than they.
    return (
        f"how long {row.name} takes for a page on a GPU, nobody has published: the time limit is what"
        f" {counted(nodes.cores, 'core')} take without one. With `htrkit estimate --measure 10` on a node, and --time,"
        " it is closer, and a shorter one is given sooner"
    )


def _time(typed: Typed, whole: Interval | None, drain: int, nodes: Nodes, say: Say) -> tuple[str, int | None]:
    """Give the time limit in Slurm's words and in seconds, None for none; one that was reckoned is explained."""
    if typed.time is not None:
        return typed.time.strip(), seconds_of_time(typed.time)
    assert whole is not None, "no time was typed"  # noqa: S101
    seconds = limit_seconds(whole, typed.shards, drain_seconds=drain)
    share = duration(whole.high / typed.shards)
    parts = f"the upper end of the estimate, {share} a shard, {MARGIN - 1:.0%} more, and the start and the end"
    say(f"time limit of a shard: {time_words(seconds)}, from {parts}; --time gives another")
    if nodes.assumed:
        say(f"the GPUs are taken for {counted(nodes.gpus, SPEEDS_KNOWN_FOR.upper())}; --gpu CARD names others")
    return time_words(seconds), seconds


def _ram_bytes(request: Request, nodes: Nodes) -> int:
    looked = looked_at(request, nodes.cards, to_read=False)
    plan = device_plan(looked.guarded, looked.jobs, to_segment=looked.to_segment, bytes_a_page=0.0)
    return shard_bytes(plan.ram_bytes, len(looked.pages))
