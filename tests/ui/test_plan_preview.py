"""What a run would do, and what a page for trial came to, as people and programs read it."""

import json
from dataclasses import replace

from htrkit.core.interval import Interval
from htrkit.core.prospect import DiskRoom, FirstPage, Prospect
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.geometry import Size
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import ImageFacts, Layout, LayoutKind, LayoutOrigin, Line, Note, PageRecord, Reading
from htrkit.domain.trial import NO_TRIAL, Trial
from htrkit.ui.checking import Checking
from htrkit.ui.findings import MOST_OF_A_CODE, findings_document, told_findings
from htrkit.ui.plan_preview import SHOWN_CHARACTERS, prospect_words, trial_words

FIRST = tuple(FirstPage(f"box/{n}", f"in/box/{n}.jpg", f"in/box/page/{n}.xml" if n % 2 else None) for n in range(10))
PROSPECT = Prospect(
    engine="kraken",
    model="latin-modern",
    devices=("cpu (Zen 5)",),
    segmentation="Kraken finds the lines of every page",
    formats=("json", "txt"),
    batch=1,
    workers=2,
    pages=1234,
    first=FIRST,
    seconds=Interval(1800, 3600, 14400),
    seconds_from=("A page takes 11.3 s of one core.",),
    disk=DiskRoom("out", 5_000_000, 60_000_000_000),
)


def record_of(*texts: str) -> PageRecord:
    lines = [Line(LineId(f"l{n}"), (), (), text=text, confidence=0.5 + n / 10) for n, text in enumerate(texts)]
    layout = Layout(LayoutOrigin(LayoutKind.KRAKEN, "blla"), lines=tuple(lines))
    picture = ImageFacts("1.jpg", "1.jpg", "0" * 64, Size(10, 10))
    return PageRecord(PageKey("box/1"), picture, layout, Reading("kraken", "7"), (Note("script", "In Greek."),))


TRIAL = Trial(record_of("Notes of the walk", "\x1b[31mThe snow"), 1.5, 20.0, 900_000_000)


def test_the_first_ten_pages_are_named_and_the_others_counted() -> None:
    told = prospect_words(PROSPECT)

    assert "box/9: in/box/9.jpg, lines from 9.xml" in told
    assert "box/8: in/box/8.jpg\n" in told
    assert "and 1,224 more pages" in told
    assert "1 h 00 min (30 min 00 s to 4 h 00 min)" in told
    assert "A page takes 11.3 s of one core." in told
    assert "up to 5.0 MB to write; 60.0 GB are free" in told
    assert "more" not in prospect_words(replace(PROSPECT, pages=10, seconds=None, disk=None))


def test_text_stands_beside_its_confidence_with_what_it_cost_and_cannot_draw_on_the_screen() -> None:
    told = trial_words(TRIAL)

    assert told.startswith("box/1: 2 lines, 30 characters, mean confidence")
    assert "read in 1.5 s, 40.0 pages a minute one at a time; 20 s to load the model; 900.0 MB of memory" in told
    assert "  Notes of the walk\n" in told
    assert "confidence of these lines: 50.0 %, 60.0 %" in told
    assert "\x1b" not in told
    assert "The snow" in told
    assert told.endswith("note: In Greek.")


def test_no_more_than_the_first_characters_are_shown() -> None:
    shown = trial_words(Trial(record_of("a" * 150, "b" * 150, "c" * 150), 1.0))

    assert f"  {'a' * 150}\n  {'b' * (SHOWN_CHARACTERS - 151)}…\n" in shown
    assert "ccc" not in shown
    assert "confidence of these lines: 50.0 %, 60.0 %\n" in shown


def test_without_a_trial_there_is_nothing_to_show() -> None:
    assert trial_words(NO_TRIAL) == ""


def test_the_document_holds_findings_plan_and_trial() -> None:
    findings = [Finding("disk", Severity.WARNING, "Little room.", "Make some.")]
    document = json.loads(findings_document(findings, pages=1234, prospect=PROSPECT, trial=TRIAL))

    (finding,) = document["findings"]
    assert {"code", "severity", "message", "mend", "why"} == set(finding)
    assert finding["why"]
    assert document["plan"]["first"][1] == {"key": "box/1", "image": "in/box/1.jpg", "xml": "in/box/page/1.xml"}
    assert document["plan"]["seconds"] == {"low": 1800.0, "expected": 3600.0, "high": 14400.0}
    trial = document["trial"]
    assert (trial["page"], trial["lines"], trial["characters"], trial["pages_per_minute"]) == ("box/1", 2, 30, 40.0)
    assert (trial["memory_bytes"], trial["seconds"]) == (900_000_000, 1.5)
    assert trial["text"].startswith("Notes of the walk\n")


def test_what_is_not_known_is_null_in_the_document() -> None:
    document = json.loads(findings_document([], pages=None))
    assert (document["pages"], document["plan"], document["trial"]) == (None, None, None)


def test_why_is_said_with_the_first_of_a_code_and_never_for_notes() -> None:
    many = [Finding("page-empty", Severity.WARNING, f"{n}.jpg: empty.", "Scan.") for n in range(MOST_OF_A_CODE + 2)]
    told = told_findings([Finding("model", Severity.NOTE, "Taken."), *many])

    assert [bool(one.why) for one in told] == [True, *[False] * (MOST_OF_A_CODE - 1), False, False]
    assert "2 more findings `page-empty`" in told[-1].message


def test_progress_is_said_every_few_seconds_and_never_for_few_pages() -> None:
    said: list[str] = []
    clock = iter([0.0, 1.0, 3.0, 4.0, 6.5, 9.9]).__next__
    checking = Checking(said.append, clock)
    for seen in (1, 1000, 2000, 3000, 4000, 4321):
        checking(seen, 4321)

    assert said == ["checked 2,000 of 4,321 pages", "checked 4,000 of 4,321 pages"]
