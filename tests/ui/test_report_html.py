"""The report as HTML: well-formed, self-contained, and deaf to what names say."""

from dataclasses import replace

from lxml import html

from htrkit.core.report import Report
from htrkit.core.report_damage import Damage, DamageKind, Verified
from htrkit.domain.events import PageStruck, RunEnded, RunStarted, WorkerLost
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
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
        "default-src 'none'; style-src 'unsafe-inline'"
    ]
    assert not root.xpath("//@src | //@href")
    assert "url(" not in text
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
