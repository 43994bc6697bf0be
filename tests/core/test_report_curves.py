"""Curves of a run, thinned as they are read: few points, no lost peak, whatever the length of the run."""

from htrkit.core.report_curves import MOST_POINTS, Thinning, batch_changes, point_of
from htrkit.domain.events import BatchResized, BatchShrunk, MachineSampled, RunEnded, RunStarted
from htrkit.domain.failure import Step
from htrkit.domain.sample import DeviceSample, ProcessSample
from tests.fakes.journals import at, done, report_on


def sample(used: int, *devices: DeviceSample, processes: tuple[ProcessSample, ...] = ()) -> MachineSampled:
    return MachineSampled(1000, 1000 - used, 0, devices, processes)


def test_a_point_tells_what_is_used_and_what_the_run_holds() -> None:
    processes = ProcessSample("run", 1, 50, 20), ProcessSample("w0", 2, 70)
    point = point_of(
        "now", sample(300, DeviceSample("cuda:0", 46, 12), DeviceSample("cpu", None, None), processes=processes)
    )

    assert (point.used_bytes, point.total_bytes, point.own_bytes) == (300, 1000, 90)
    assert [(one.device, one.used_bytes, one.total_bytes) for one in point.devices] == [("cuda:0", 12, 46)]


def test_a_long_run_keeps_few_points_and_its_peak() -> None:
    thinning = Thinning()
    for number in range(100_000):
        used = 999 if number == 77_777 else number % 100
        thinning.take(str(number), sample(used, DeviceSample("cuda:0", 1000, used)))
    points = thinning.points()

    assert MOST_POINTS / 2 <= len(points) <= 2 * MOST_POINTS + 1
    assert max(point.used_bytes for point in points) == 999
    assert max(one.used_bytes for point in points for one in point.devices) == 999
    assert points[-1].at == "99999"


def test_a_short_run_keeps_every_point() -> None:
    thinning = Thinning()
    for number in range(10):
        thinning.take(str(number), sample(number))

    assert [point.used_bytes for point in thinning.points()] == list(range(10))


def test_batch_sizes_keep_their_first_and_last_change() -> None:
    changes = [(str(number), BatchResized("cuda:0", Step.RECOGNISE, number, number + 1)) for number in range(5000)]
    kept = batch_changes(changes)

    assert len(kept) <= MOST_POINTS + 1
    assert (kept[0].was, kept[-1].now) == (0, 5000)


def test_a_report_has_the_curves_of_its_journal() -> None:
    report = report_on(
        ["a"],
        RunStarted("r1", 1, "f"),
        sample(300),
        BatchResized("cuda:0", Step.RECOGNISE, 8, 16),
        BatchShrunk("cuda:0", Step.RECOGNISE, 16, 8),
        done("a"),
        RunEnded(1, 1, 0, 0, 0, "finished", 0),
    )

    assert [(point.at, point.used_bytes) for point in report.curves.memory] == [(at(1), 300)]
    assert [(one.at, one.was, one.now) for one in report.curves.batches] == [(at(2), 8, 16), (at(3), 16, 8)]
    assert len(report.incidents) == 1
