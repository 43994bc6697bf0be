"""Every bar is a row that says the figure and the bar, and whether it holds."""

from dataclasses import replace

import pytest

from bench.beside.bars import Bar, Sense, bars_of
from bench.beside.setting import MEDIEVAL, MODERN, Lines, Setup
from bench.beside.steps import BY_HAND, AloneStep
from tests.fakes.compared import FOUND, MACHINE, alone, comparison, figures, outcome

GIVEN = Setup(MEDIEVAL, Lines.GIVEN)
API = figures("kraken API", step_seconds={BY_HAND: {AloneStep.FIND_NETWORK: 4.0, AloneStep.FIND: 9.0}})
WHOLE = comparison(
    figures("kraken", seconds=12.0, cpu=11.5, cer_fraction=0.1),
    figures("two krakens", seconds=7.0),
    API,
    figures("htrkit fp32", seconds=1.25, cpu=2.5, cer_fraction=0.1005, first_text_seconds=9.0),
    figures("htrkit bf16", seconds=1.0, cpu=2.0, cer_fraction=0.102, first_text_seconds=9.5),
    limits={"htrkit fp32": alone(network=2.0), "htrkit bf16": alone(network=1.25)},
)


def rows(*comparisons: object, device: str = "cpu") -> dict[str, Bar]:
    return {bar.name: bar for bar in bars_of(outcome(*comparisons, device=device))}  # type: ignore[arg-type]


def test_whole_pages_are_held_against_one_kraken_and_two_in_both_precisions() -> None:
    found = rows(WHOLE)
    fp32_one = found["1. whole pages, htrkit fp32, beside one kraken"]
    assert (fp32_one.figure, fp32_one.bar, fp32_one.holds) == (pytest.approx(9.6), 6, True)
    fp32_two = found["1. whole pages, htrkit fp32, beside two krakens"]
    assert (fp32_two.figure, fp32_two.bar, fp32_two.holds) == (pytest.approx(5.6), 3, True)
    bf16_one = found["1. whole pages, htrkit bf16, beside one kraken"]
    assert (bf16_one.figure, bf16_one.bar, bf16_one.holds) == (12.0, 10, True)
    assert found["1. whole pages, htrkit bf16, beside two krakens"].bar == 5


def test_a_cer_may_be_a_tenth_of_a_point_worse_and_no_more() -> None:
    found = rows(WHOLE)
    assert found["1. CER worse than kraken's, htrkit fp32"].figure == pytest.approx(0.05)
    assert found["1. CER worse than kraken's, htrkit fp32"].holds
    assert not found["1. CER worse than kraken's, htrkit bf16"].holds


def test_bf16_has_no_bar_where_the_processor_does_not_compute_it() -> None:
    plain = replace(outcome(WHOLE), machine=replace(MACHINE, processor_flags=("avx2",)))
    assert not [bar for bar in bars_of(plain) if bar.name.startswith("1.") and "bf16" in bar.name]


def test_the_limit_is_the_networks_share_of_all_cores() -> None:
    (bar,) = [bar for name, bar in rows(WHOLE).items() if name.startswith("2.")]
    assert bar.figure == pytest.approx(2.0 / (1.25 * 2) * 100)
    assert bar.holds


def test_cpu_outside_the_networks_is_told_in_seconds_and_beside_krakens() -> None:
    found = rows(WHOLE)
    seconds = found["3. CPU outside the networks, htrkit fp32"]
    assert (seconds.figure, seconds.bar, seconds.sense, seconds.holds) == (0.5, 0.5, Sense.AT_MOST, True)
    assert not found["3. CPU outside the networks, htrkit bf16"].holds
    ratio = found["3. kraken's CPU outside the networks over that of htrkit fp32"]
    assert (ratio.figure, ratio.bar, ratio.holds) == (15.0, 14.0, True)


def test_with_lines_given_decoding_the_image_is_taken_out_too() -> None:
    given = comparison(
        figures("htrkit fp32", cpu=0.75), setup=GIVEN, limits={"htrkit fp32": alone(network=0.5, decoding=0.125)}
    )
    bar = rows(given)["3. lines given, CPU outside the networks and decoding, htrkit fp32"]
    assert (bar.figure, bar.bar, bar.holds) == (0.125, 0.1, False)


@pytest.mark.parametrize(("model", "floor"), [(MEDIEVAL, 3.0), (MODERN, 5.0)])
def test_with_lines_given_each_model_has_its_floor(model: object, floor: float) -> None:
    given = comparison(
        figures("kraken", seconds=4.0),
        figures("htrkit fp32", seconds=1.0),
        setup=Setup(model, Lines.GIVEN),  # type: ignore[arg-type]
    )
    (bar,) = [bar for name, bar in rows(given).items() if name.startswith("4.")]
    assert (bar.figure, bar.bar, bar.holds) == (4.0, floor, floor < 4.0)


def test_the_first_text_may_take_eight_seconds_and_its_own_networks() -> None:
    found = rows(WHOLE, comparison(figures("htrkit fp32", first_text_seconds=8.5), setup=GIVEN))
    assert not found["6. first text, lines given, htrkit fp32"].holds
    bar = found["6. first text, lines found, without its networks, htrkit fp32"]
    assert (bar.figure, bar.holds) == (7.0, True)


def test_a_bar_whose_comparison_was_not_run_has_no_row() -> None:
    assert rows() == {}
    alone_there = comparison(figures("htrkit fp32"), setup=FOUND)
    assert {name[0] for name in rows(alone_there)} == set()


def test_on_a_card_only_the_cpu_beside_it_has_a_bar() -> None:
    assert {name[0] for name in rows(WHOLE, device="cuda:0")} == {"3"}
