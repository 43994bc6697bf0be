"""A heart beats until its lock ends, or until there is nothing more to hold."""

from threading import Event

from htrkit.journal.lock_heartbeat import Heartbeat

LONG = 20.0


def test_it_beats_until_it_is_ended() -> None:
    beats, enough = [0], Event()

    def beat() -> bool:
        beats[0] += 1
        if beats[0] == 3:
            enough.set()
        return True

    heart = Heartbeat(beat, lambda: None, seconds=0)
    heart.start()
    assert enough.wait(LONG)
    assert heart.end()
    after = beats[0]

    assert after >= 3
    assert beats[0] == after


def test_it_ends_at_once_though_the_next_beat_is_far() -> None:
    heart = Heartbeat(lambda: True, lambda: None, seconds=3600)
    heart.start()

    assert heart.end()


def test_what_is_lost_is_told_once_and_nothing_beats_any_more() -> None:
    beats: list[int] = []
    told: list[str] = []
    lost = Event()

    def beat() -> bool:
        beats.append(1)
        return len(beats) < 2

    def tell() -> None:
        told.append("lost")
        lost.set()

    heart = Heartbeat(beat, tell, seconds=0)
    heart.start()
    assert lost.wait(LONG)
    assert heart.end()

    assert (len(beats), told) == (2, ["lost"])
