"""Each contender's commands read every page once, with what this version of htrkit has."""

from pathlib import Path

import pytest

from bench.beside.contenders import (
    API,
    BF16,
    CONTENDERS,
    FP16,
    FP32,
    KRAKEN,
    TWO_KRAKENS,
    Contender,
    Job,
    Usual,
    had,
    is_usual,
    lacking,
    ours,
)
from bench.beside.setting import CPU, MEDIEVAL, Lines, Setup
from tests.fakes.compared import pages_in


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return pages_in(tmp_path / "in", 3)


def job(pages: Path, lines: Lines = Lines.FOUND, device: str = CPU) -> Job:
    return Job(Setup(MEDIEVAL, lines), pages, pages.parent / "out", device)


def words_of(contender: Contender, job: Job) -> str:
    (command,) = contender.commands(job)
    return " ".join(command)


def test_kraken_segments_at_its_best_settings(pages: Path) -> None:
    words = words_of(KRAKEN, job(pages))
    assert "--threads 1 -d cpu" in words
    assert words.endswith(f"segment -bl ocr -m {MEDIEVAL} --num-line-workers 0")
    assert f"-i {pages / 'c.jpg'} {pages.parent / 'out' / 'c.txt'}" in words


def test_kraken_takes_given_lines_from_xml(pages: Path) -> None:
    words = words_of(KRAKEN, job(pages, Lines.GIVEN))
    assert f"-f xml -i {pages / 'a.xml'}" in words
    assert "segment" not in words.split()


def test_two_krakens_share_the_pages(pages: Path) -> None:
    shares = [[word for word in command if word.endswith(".jpg")] for command in TWO_KRAKENS.commands(job(pages))]
    assert [[Path(word).name for word in share] for share in shares] == [["a.jpg", "c.jpg"], ["b.jpg"]]


def test_two_krakens_are_one_where_there_is_one_page(tmp_path: Path) -> None:
    assert len(TWO_KRAKENS.commands(job(pages_in(tmp_path / "one", 1)))) == 1


def test_everyone_computes_on_the_card_that_is_asked_for(pages: Path) -> None:
    for contender in (KRAKEN, TWO_KRAKENS, API, FP32):
        for command in contender.commands(job(pages, device="cuda:0")):
            assert "cuda:0" in command


def test_htrkit_takes_lines_from_where_kraken_does(pages: Path) -> None:
    assert "-s kraken" in words_of(FP32, job(pages))
    assert "-s sidecar" in words_of(FP32, job(pages, Lines.GIVEN))


def test_settings_that_a_version_lacks_are_left_out(pages: Path) -> None:
    one = ours("htrkit", ("dpi", "400"), ("warp_factor", "9"))
    words = words_of(one, job(pages))
    assert words.endswith("--dpi 400")
    assert had((("segmenter", "kraken"), ("segmenter", "none at all"))) == [("segmenter", "kraken")]


def test_a_contender_that_stands_for_what_a_version_lacks_is_left_out_with_a_word() -> None:
    one = ours("htrkit", ("warp_factor", "9"), needs=(("warp_factor", "9"),))
    assert lacking(one) == "`htrkit run` has no --warp-factor 9 here"
    assert lacking(ours("htrkit", needs=(("dpi", "400"),))) is None


def test_half_precision_is_compared_on_a_card_only_and_others_when_asked_for() -> None:
    assert not is_usual(FP16, CPU)
    assert is_usual(FP16, "cuda:0")
    usual = [one for one in CONTENDERS if is_usual(one, CPU)]
    assert usual == [KRAKEN, TWO_KRAKENS, API, FP32, BF16]
    assert not any(is_usual(one, "cuda:0") for one in CONTENDERS if one.usual is Usual.WHEN_ASKED)


def test_names_are_told_apart() -> None:
    assert len({one.name for one in CONTENDERS}) == len(CONTENDERS)
