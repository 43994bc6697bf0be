"""The report as HTML: well-formed, self-contained, and deaf to what names say."""

import re
from dataclasses import replace

from lxml import html

from htrkit.core.report import Report
from htrkit.core.report_damage import Damage, DamageKind, Verified
from htrkit.core.report_pictures import DoubtfulLine, Picture, Pictures, Thumbnail
from htrkit.domain.events import BatchResized, MachineSampled, PageStruck, RunEnded, RunStarted, WorkerLost
from htrkit.domain.failure import Step
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Direction, Note
from htrkit.domain.sample import DeviceSample
from htrkit.ui.report_html import report_html
from tests.fakes.journals import done, failed, report_on

HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x1b[2J\u202e{body}"


def hostile_report() -> Report:
    report = report_on(
        [HOSTILE, "b"],
        RunStarted("r1", 2, "f"),
        PageStruck(PageKey(HOSTILE), Step.OPEN, HOSTILE, 1),
        failed(HOSTILE, message=HOSTILE),
        done("b", flags=(HOSTILE,), worker=HOSTILE, device=HOSTILE, step_seconds={HOSTILE: 1.0}),
        WorkerLost(HOSTILE, HOSTILE),
        RunEnded(2, 1, 1, 0, 0, HOSTILE, 4),
        out=HOSTILE,
    )
    damage = Damage(PageKey("b"), HOSTILE, DamageKind.CHANGED, HOSTILE)
    return replace(report, verified=Verified(1, 1, (damage,)))


def tree(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def test_names_become_words_and_never_elements() -> None:
    text = report_html(hostile_report())
    root = tree(text)

    assert "script" not in {element.tag for element in root.iter()}
    assert not root.xpath("//img | //iframe | //link | //a | //object")
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]
    assert "<script>alert(1)</script>" in root.text_content()


def test_no_control_sign_is_left_in_it() -> None:
    assert not [sign for sign in report_html(hostile_report()) if not sign.isprintable() and sign != "\n"]


def test_nothing_is_fetched_from_anywhere() -> None:
    text = report_html(hostile_report())
    root = tree(text)

    assert root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    ]
    assert not root.xpath("//@src | //@href")
    assert set(re.findall(r"url\((.*?)\)", text)) == {"#hatch"}
    assert "@import" not in text


def test_it_tells_what_the_table_tells() -> None:
    report = report_on(
        ["a", "b"], RunStarted("r1", 2, "f"), failed("a"), done("b", flags=("repetition",)), out="my scans"
    )
    words = tree(report_html(report)).text_content()

    for part in (
        report.counts.identity,
        "htrkit resume 'my scans' --retry-failed --class broken",
        "in/a.jpg",
        "ends early",
        "repetition 1",
        "latin-modern",
        "kraken",
    ):
        assert part in words


def test_the_bar_is_as_long_as_the_pages_are_many() -> None:
    report = report_on(["a", "b", "c", "d"], RunStarted("r1", 4, "f"), failed("a"), done("b"))
    widths = tree(report_html(report)).xpath("//svg[1]/rect/@width")

    assert list(map(float, widths[:3])) == [250, 250, 500]


def test_a_run_that_has_not_begun_has_a_report_too() -> None:
    assert "not begun" in report_html(report_on([]))


def test_whole_files_are_said_to_be_whole() -> None:
    report = replace(report_on(["b"], RunStarted("r1", 1, "f"), done("b")), verified=Verified(5, 100, ()))

    assert "5 promised files, 100 bytes: all are as they were written" in report_html(report)


def pictured(report: Report) -> html.HtmlElement:
    picture = Picture(b"\xff\xd8", 220, 160)
    lines = (
        DoubtfulLine(PageKey(HOSTILE), LineId(HOSTILE), HOSTILE, 0.25, picture, "", Direction.RTL),
        DoubtfulLine(PageKey("b"), LineId("l2"), "text alone", 0.5, None, "no picture: the image has changed"),
    )
    shots = {PageKey(HOSTILE): Thumbnail(picture), PageKey("c"): Thumbnail(None, HOSTILE)}
    return tree(report_html(replace(report, pictures=Pictures(shots, lines, HOSTILE))))


def test_names_and_text_beside_pictures_become_words_too() -> None:
    root = pictured(hostile_report())

    assert not root.xpath("//script | //iframe | //link | //a | //object")
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]
    assert set(root.xpath("//@src")) == {"data:image/jpeg;base64,/9g="}
    assert all("<script>" in words for words in root.xpath("//img/@alt"))


def test_a_line_stands_beside_its_picture_or_says_why_there_is_none() -> None:
    right_to_left, alone = pictured(hostile_report()).xpath("//ul[@class='lines']/li")

    assert right_to_left.xpath(".//p[@class='text']/@dir") == ["rtl"]
    assert "25.0 %" in right_to_left.text_content()
    assert "no picture: the image has changed" in alone.text_content()
    assert not alone.xpath(".//img")


def test_a_failed_page_without_a_picture_says_why() -> None:
    report = report_on(["c"], RunStarted("r1", 1, "f"), failed("c"))
    root = tree(report_html(replace(report, pictures=Pictures({PageKey("c"): Thumbnail(None, "no picture: broken")}))))

    assert root.xpath("//div[@class='shot']/span/text()") == ["no picture: broken"]


def test_flagged_pages_stand_with_their_reasons() -> None:
    note = Note("repetition", "`et` comes back 14 times.", line=LineId("l12"), flag=True)
    report = report_on(["b"], RunStarted("r1", 1, "f"), done("b").flagged(note))

    assert "repetition in line l12: `et` comes back 14 times" in tree(report_html(report)).text_content()


def test_it_can_be_cited_and_gone_on_with() -> None:
    report = report_on(["b"], RunStarted("r1", 1, "f"), done("b"), out="my scans")
    report = replace(report, facts=replace(report.facts, fingerprint="cd" * 32))
    words = tree(report_html(report)).text_content()

    for part in (
        "ab" * 32,
        "cd" * 32,
        "htrkit report 'my scans' --verify",
        "htrkit evaluate 'my scans' --truth TRUTH",
        "htrkit export 'my scans' --format alto",
    ):
        assert part in words


def test_a_run_that_stands_still_has_the_command_to_go_on() -> None:
    report = report_on(["a", "b"], RunStarted("r1", 2, "f"), done("a"))

    assert "htrkit resume OUT" in tree(report_html(report)).xpath("//ul[@class='commands']//code/text()")


def test_memory_is_drawn_and_told_in_figures() -> None:
    sample = MachineSampled(64 * 10**9, 40 * 10**9, 0, (DeviceSample("cuda:0", 46 * 10**9, 12 * 10**9),))
    resized = BatchResized("cuda:0", Step.RECOGNISE, 8, 16)
    root = tree(report_html(report_on(["a"], RunStarted("r1", 1, "f"), sample, resized, done("a"))))

    assert "RAM over time, in GB: most 64" in root.xpath("//svg/@aria-label")
    assert [cell.text for cell in root.xpath("//tr[td='cuda:0']/td")[:3]] == ["cuda:0", "12.0 GB", "46.0 GB"]
    assert "cuda:0, recognise" in root.text_content()


def test_a_message_without_end_is_cut() -> None:
    report = report_on(["a"], RunStarted("r1", 1, "f"), failed("a", message="x" * 100_000))

    assert len(report_html(report)) < 50_000
