"""The record of who holds OUT is read with care, and says that a holder is gone only where that is certain."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.journal.lock_holder import Holder, decoded
from tests.fakes.hosts import FakeProc

HOLDER = Holder("mill", "boot-1", "pid:[1]", 9, 77, "process 9 since noon", 3)


@given(st.text(), st.integers(1, 2**60))
def test_a_record_comes_back_as_it_was_written(owner: str, counter: int) -> None:
    holder = replace(HOLDER, owner=owner, counter=counter)

    assert decoded(holder.encoded()) == holder


def test_a_record_never_gets_shorter_while_its_counter_grows() -> None:
    lengths = [len(replace(HOLDER, counter=counter).encoded()) for counter in range(1200)]

    assert lengths == sorted(lengths)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"host": "mill"}', b'{"pid": 1e999}'],
)
def test_what_is_no_whole_record_is_none(content: bytes) -> None:
    assert decoded(content) is None


@given(st.data())
def test_a_record_cut_short_is_none(data: st.DataObject) -> None:
    content = HOLDER.encoded().rstrip()

    assert decoded(content[: data.draw(st.integers(0, len(content) - 1))]) is None


def test_a_pid_that_would_mean_many_processes_is_refused() -> None:
    assert decoded(replace(HOLDER, pid=-1).encoded()) is None
    assert decoded(replace(HOLDER, pid=0).encoded()) is None


def test_whoever_holds_is_shown_without_control_characters() -> None:
    assert str(replace(HOLDER, owner="\x1b[2J", host="a\nb")) == "%1B[2J on a%0Ab"


def test_a_process_of_this_host_that_is_gone_has_ended(tmp_path: Path) -> None:
    proc = FakeProc.made(tmp_path)
    here = Holder.here("me", proc.host)
    proc.add(9, session=9, start=5)
    other = replace(here, pid=9, starttime=5)

    assert here.starttime == 77
    assert not here.has_ended(proc.host)
    assert not other.has_ended(proc.host)
    assert replace(other, starttime=4).has_ended(proc.host)


@pytest.mark.parametrize("field", ["host", "boot_id", "pid_namespace"])
def test_of_processes_elsewhere_nothing_is_known(tmp_path: Path, field: str) -> None:
    proc = FakeProc.made(tmp_path)
    proc.add(9, session=9, start=5)
    gone = replace(Holder.here("me", proc.host), pid=9, starttime=4)

    assert gone.has_ended(proc.host)
    assert not replace(gone, **{field: "elsewhere"}).has_ended(proc.host)  # type: ignore[arg-type]  # each is a text


def test_a_host_that_does_not_tell_its_boots_apart_knows_nothing(tmp_path: Path) -> None:
    proc = FakeProc.made(tmp_path, boot="")
    gone = replace(Holder.here("me", proc.host), starttime=4)

    assert gone.boot_id == ""
    assert not gone.has_ended(proc.host)


def test_the_same_process_is_known_whatever_it_has_counted_to() -> None:
    assert HOLDER.is_same_process(replace(HOLDER, counter=99))
    assert not HOLDER.is_same_process(replace(HOLDER, starttime=78))
    assert not HOLDER.is_same_process(replace(HOLDER, host="windmill"))
