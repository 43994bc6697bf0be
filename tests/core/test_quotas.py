"""What control groups say of cores and memory, in both versions, is read from their text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.quotas import (
    Group,
    bytes_in,
    cores_in,
    cores_of,
    groups_in,
    number_in,
    of_controller,
    of_version_2,
    reclaimable_in,
)

HYBRID = """12:cpu,cpuacct:/slurm/uid_1000/job_7
4:memory:/slurm/uid_1000/job_7/step_0
1:name=systemd:/user.slice
0::/user.slice/odd:name
"""


def test_a_process_is_in_one_group_a_hierarchy() -> None:
    groups = groups_in(HYBRID)

    assert of_version_2(groups) == Group((), "/user.slice/odd:name")
    assert of_controller(groups, "cpu") == Group(("cpu", "cpuacct"), "/slurm/uid_1000/job_7")
    assert of_controller(groups, "memory") == Group(("memory",), "/slurm/uid_1000/job_7/step_0")
    assert of_controller(groups, "cpuset") is None


def test_without_version_2_there_is_no_such_group() -> None:
    assert of_version_2(groups_in("4:memory:/a\n")) is None


@pytest.mark.parametrize("text", ["", "\n", "garbage", "a:b:c", "1:cpu:relative", "::/x", "1:cpu"])
def test_what_is_no_line_of_the_kernel_is_passed_over(text: str) -> None:
    assert groups_in(text) == ()


@pytest.mark.parametrize(
    ("path", "folders"),
    [
        ("/a/b", ("a/b", "a", "")),
        ("/", ("",)),
        ("/../..", ("",)),
        ("/../other", ("",)),
    ],
)
def test_a_group_is_limited_by_those_above_it(path: str, folders: tuple[str, ...]) -> None:
    assert Group((), path).folders == folders


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("max 100000\n", None),
        ("150000 100000\n", 1.5),
        ("50000 100000\n", 0.5),
        ("200000\n", 2.0),
        ("400000 50000\n", 8.0),
        ("", None),
        ("0 100000", None),
        ("100000 0", None),
        ("-1 100000", None),
        ("many few", None),
        ("1e5 100000", None),
    ],
)
def test_cores_of_version_2(text: str, cores: float | None) -> None:
    assert cores_in(text) == cores


def test_cores_of_version_1() -> None:
    assert cores_of("-1\n", "100000\n") is None
    assert cores_of("250000\n", "100000\n") == 2.5
    assert cores_of("", "") is None


@pytest.mark.parametrize(
    ("text", "limit"),
    [("max\n", None), ("9223372036854771712\n", None), ("8000000000\n", 8_000_000_000), ("0\n", 0), ("", None)],
)
def test_bytes(text: str, limit: int | None) -> None:
    assert bytes_in(text) == limit


def test_files_that_the_kernel_gives_up_are_counted_over_the_groups_below_too() -> None:
    assert reclaimable_in("anon 5\ninactive_file 70\nactive_file 3\n") == 70
    assert reclaimable_in("inactive_file 7\ntotal_inactive_file 90\n") == 90
    assert reclaimable_in("nonsense\n\ninactive_file x\n") == 0


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    groups_in(text)
    reclaimable_in(text)
    for value in (cores_in(text), cores_of(text, text), bytes_in(text), number_in(text)):
        assert value is None or value >= 0
