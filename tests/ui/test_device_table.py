"""The devices as a table that fits its terminal, and as one document."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from htrkit.core.device_batches import Batches
from htrkit.domain.device import Device, DeviceState, DriverState, Health, Holder, Machine, Memory
from htrkit.domain.engine import DeviceKind, ModelForm
from htrkit.engines.catalog import ENGINES
from htrkit.ui.device_document import device_document
from htrkit.ui.device_table import device_page, device_watch
from htrkit.ui.device_words import cut, memory_bar, name_words, power_words

GB = 10**9
UUID = "GPU-11112222-3333-4444-5555-666677778888"
BUSY = Device(
    DeviceKind.CUDA,
    device="cuda:0",
    name="NVIDIA L40S",
    uuid=UUID,
    pci_bus="00000000:01:00.0",
    compute_capability="8.9",
    memory=Memory(46 * GB, 38 * GB, 8 * GB),
    utilisation_percent=97,
    temperature_celsius=71,
    power_watts=312.4,
    power_limit_watts=350,
    holders=(Holder(4711, "python3", "anna", 37 * GB, ours=True), Holder(9, None, None, None, ours=False)),
)
SILENT = Device(DeviceKind.CUDA, device="cuda:1")
CPU = Device(
    DeviceKind.CPU,
    device="cpu",
    name="AMD EPYC 9654 96-Core Processor",
    cores=192,
    memory=Memory(755 * GB, 148 * GB, 607 * GB),
    utilisation_percent=4,
)
HERE = [row for row in ENGINES if row.model_form is not ModelForm.SERVED]
GIVEN: Batches = {row.name: size for row, size in zip(HERE, [16, 64, None, 0, 8, 16], strict=True)}
MACHINE = Machine(DriverState.READY, "550.54.15", "12.4", (BUSY, SILENT, CPU))


def page(*devices: Device, width: int = 80, batches: Sequence[Batches] | None = None) -> str:
    machine = replace(MACHINE, devices=devices or MACHINE.devices)
    return device_page(machine, batches or [GIVEN for _ in machine.devices], HERE, width=width)


def line(text: str, begins: str) -> str:
    return next(one for one in text.splitlines() if one.startswith(begins))


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_is_longer_than_the_terminal(width: int) -> None:
    worst = replace(
        BUSY,
        name="NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition",
        state=DeviceState.RESET_NEEDED,
        memory=Memory(141 * GB, 999_900_000, 140 * GB),
        power_watts=1000,
        power_limit_watts=1200,
        temperature_celsius=104,
        utilisation_percent=100,
        health=Health(9, 9, repair_pending=True, xids=(31, 79)),
        holders=(Holder(4194304, "x" * 90, "u" * 40, 999_900_000, ours=False),),
    )
    text = page(worst, replace(worst, state=DeviceState.READY), CPU, width=width)

    assert max(map(len, text.splitlines())) <= width
    assert "reset needed" in text


def test_a_narrow_terminal_shows_all_numbers_and_a_wide_one_bars_too() -> None:
    narrow, wide = page(width=80), page(width=120)

    numbers = "38.0 GB 8.0 GB 46.0 GB 97 % 71 °C 312/350 W"
    assert line(narrow, "cuda:0").split() == ["cuda:0", "L40S", *numbers.split(" ")]
    assert "▇▇▇▇▇▇▇▇░░" in line(wide, "cuda:0")
    assert "192 cores, AMD EPYC 9654 96-Core Processor" in line(wide, "cpu")


def test_what_is_not_told_is_a_dash() -> None:
    assert line(page(), "cuda:1").split() == ["cuda:1", "?", *["–"] * 6]


def test_holders_say_whose_they_are() -> None:
    text = page()

    assert "cuda:0  4711  anna  37.0 GB  htrkit  python3" in text
    assert "cuda:0     9  –           –  other   –" in text


def test_cards_that_nobody_holds_say_so_and_those_that_do_not_tell_say_nothing() -> None:
    free = "No process holds memory of a GPU."

    assert free in page(replace(BUSY, holders=()), CPU)
    assert free not in page(SILENT, CPU)


def test_what_a_divided_card_and_its_instances_both_tell_is_said_once() -> None:
    part = replace(BUSY, instance_of=UUID, uuid="MIG-1a", name="NVIDIA H100 80GB HBM3 MIG 1g.10gb")
    text = page(replace(BUSY, state=DeviceState.DIVIDED, device=None), part, CPU)

    assert text.count("4711") == 1
    assert "MIG 1g.10gb" in text
    assert "L40S (divided)" in text


def test_batches_are_numbers_no_or_a_dash() -> None:
    row = line(page().partition("Batch size")[2], "cuda:0")

    assert row.split() == ["cuda:0", "16", "64", "–", "no", "8", "16"]


def test_a_device_without_batches_has_no_row_among_them() -> None:
    text = page(batches=[{}, {}, GIVEN])

    assert [one[:3] for one in text.partition("now:\n")[2].splitlines()[2:3]] == ["cpu"]
    assert "Batch size" not in page(batches=[{}, {}, {}])


def test_trouble_is_told_below_the_table_under_the_devices_name() -> None:
    hurt = replace(BUSY, health=Health(ecc_uncorrected=2))
    unnamed = replace(SILENT, device=None, state=DeviceState.LOST)
    text = page(hurt, unnamed, CPU)

    assert "\ncuda:0: memory errors that could not be mended" in text
    assert "\na GPU: it has fallen off the bus" in text


def test_a_card_that_is_hidden_from_us_says_so() -> None:
    assert name_words(replace(BUSY, device=None), 20) == "L40S (hidden)"


def test_names_that_would_steer_the_terminal_are_shown_harmless() -> None:
    assert "\x1b" not in page(replace(BUSY, name="L40S\x1b[2J"), CPU)


def test_the_cpu_alone_has_neither_driver_nor_identities() -> None:
    text = device_page(Machine(DriverState.ABSENT, None, None, (CPU,)), [GIVEN], HERE, width=80)

    assert text.startswith("device  name")
    assert "UUID" not in text


def test_the_watch_shows_what_changes_and_fits_a_small_terminal() -> None:
    text = device_watch(MACHINE, [GIVEN, GIVEN, GIVEN], HERE, width=80)

    assert "UUID" not in text
    assert "cuda:0  4711" in text
    assert len(text.splitlines()) <= 22


def test_the_document_has_a_schema_and_all_that_is_known() -> None:
    document = json.loads(device_document(MACHINE, [GIVEN, {}, GIVEN]))
    first, second, cpu = document["devices"]

    assert (document["schema"], document["driver"], document["cuda_version"]) == (1, "ready", "12.4")
    assert first["memory"] == {"total_bytes": 46 * GB, "used_bytes": 38 * GB, "free_bytes": 8 * GB}
    assert first["holders"][0]["ours"] is True
    assert first["batches"] == {str(name): size for name, size in GIVEN.items()}
    assert (second["memory"], second["name"], second["holders"], second["batches"]) == (None, None, None, {})
    assert (cpu["kind"], cpu["cores"]) == ("cpu", 192)


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (BUSY, "312/350 W"),
        (replace(BUSY, power_limit_watts=None), "312 W"),
        (replace(BUSY, power_watts=None), "–"),
    ],
)
def test_power_says_what_is_told(device: Device, words: str) -> None:
    assert power_words(device) == words


@pytest.mark.parametrize(("used", "full"), [(0, 0), (23, 5), (46, 10), (60, 10)])
def test_the_bar_has_ten_cells(used: int, full: int) -> None:
    assert memory_bar(Memory(46, used, 0)) == "▇" * full + "░" * (10 - full)


def test_a_memory_of_nothing_has_no_bar() -> None:
    assert memory_bar(Memory(0, 0, 0)) == memory_bar(None)


def test_a_long_word_is_cut_where_it_would_not_fit() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"
