"""Every accelerator that is wished for gets a server that sees it alone; the CPU gets one where that is asked."""

from pathlib import Path

import pytest

from htrkit.config.settings import Settings
from htrkit.core.limits import Fixed, cpu_limits, gpu_limits
from htrkit.core.lookup import engine_named
from htrkit.core.resume import Left
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.engines.catalog import ENGINES
from htrkit.run.bench import Bench
from htrkit.run.crew import ahead_bytes_of, rules_of, servers_of, workforce_for
from htrkit.run.messages import SetUp
from htrkit.run.model_file import ModelFile
from htrkit.run.processes import Post
from htrkit.run.workforce import Serving, Workforce, staff_of

PROCESSOR = Device(DeviceKind.CPU, device="cpu")
CARDS = (
    Device(DeviceKind.CUDA, device="cuda:0", uuid="GPU-aa", name="NVIDIA L40S"),
    Device(DeviceKind.CUDA, device="cuda:2", uuid="MIG-bb", instance_of="GPU-bb"),
)


def test_every_card_and_instance_that_was_chosen_gets_a_server_that_sees_it_alone() -> None:
    servers = servers_of(Settings(), CARDS)
    assert [(one.name, one.inside, one.title, one.environment) for one in servers] == [
        ("cuda:0", "cuda:0", "NVIDIA L40S", {"CUDA_VISIBLE_DEVICES": "GPU-aa", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}),
        ("cuda:2", "cuda:0", "", {"CUDA_VISIBLE_DEVICES": "MIG-bb", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}),
    ]


@pytest.mark.parametrize("devices", [(), (PROCESSOR,)])
def test_the_cpu_gets_a_server_only_where_that_is_asked(devices: tuple[Device, ...]) -> None:
    assert servers_of(Settings(device="all"), devices) == ()
    assert servers_of(Settings(serve_cpu=True, threads=3), devices) == (Serving("cpu", "cpu", 3),)


def test_on_cards_a_page_may_be_segmented_for_half_a_minute() -> None:
    assert rules_of(Settings(), on_cards=True).limits == gpu_limits()
    assert rules_of(Settings()).limits == cpu_limits()
    asked = rules_of(Settings(segment_timeout=7.0), on_cards=True).limits
    assert asked.steps[Step.SEGMENT] == Fixed(7.0)


def test_the_brakes_are_what_was_asked_for() -> None:
    assert (rules_of(Settings()).max_fail_rate, rules_of(Settings()).max_alarm_rate) == (0.25, None)
    asked = rules_of(Settings.model_validate({"max_fail_rate": "off", "stop_on_alarm_rate": "10%"}))
    assert (asked.max_fail_rate, asked.max_alarm_rate) == (None, 0.1)


def force(*servers: Serving) -> Workforce:
    model = ("/none", ModelFacts("none", "0" * 64))
    set_up = SetUp({"device": "all"}, "kraken", model, model, Reading("kraken", "1"), "/out", 2)
    return Workforce(
        2, set_up, logs=Path("/out/.htrkit/logs"), run_id="run-7", rules=rules_of(Settings()), servers=servers
    )


def test_workers_without_servers_see_the_devices_that_they_compute_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    worker = staff_of(force()).worker
    assert not worker.set_up.served
    assert worker.environment["CUDA_VISIBLE_DEVICES"] == "0"
    assert worker.environment["OMP_NUM_THREADS"] == "2"
    assert worker.environment["OPENCV_FOR_THREADS_NUM"] == "2"


def test_workers_with_servers_see_no_device_and_each_server_its_own() -> None:
    card = Serving("cuda:1", "cuda:0", 9, {"CUDA_VISIBLE_DEVICES": "GPU-bb"})
    staff = staff_of(force(card))
    server = staff.servers["cuda:1"]

    assert staff.worker.set_up.served
    assert staff.worker.environment["CUDA_VISIBLE_DEVICES"] == ""
    assert server.serves
    assert (server.set_up.settings["device"], server.set_up.threads) == ("cuda:0", 9)
    assert server.environment["CUDA_VISIBLE_DEVICES"] == "GPU-bb"
    assert server.environment["OMP_NUM_THREADS"] == "9"
    assert {post.environment["HTRKIT_RUN_ID"] for post in (server, staff.worker)} == {"run-7"}


@pytest.mark.parametrize(
    ("settings", "pages", "megabytes"),
    [
        (Settings(), 999, 2000),
        (Settings(), 1000, 0),
        (Settings(cache_images=True), 100_000, 2000),
        (Settings(cache_images=False), 3, 0),
        (Settings(cache_budget=50), 3, 50),
        (Settings(cache_images=True, cache_budget=70), 100_000, 70),
    ],
)
def test_files_are_read_ahead_for_small_runs_or_where_asked(settings: Settings, pages: int, megabytes: int) -> None:
    assert ahead_bytes_of(settings, pages=pages, free_bytes=8000 * 10**6) == megabytes * 10**6


def test_no_more_is_read_ahead_than_is_good_for_anybody() -> None:
    assert ahead_bytes_of(Settings(), pages=9, free_bytes=755 * 10**9) == 16 * 10**9


def test_what_the_settings_ask_for_is_what_the_processes_get(tmp_path: Path) -> None:
    settings = Settings(
        device="cpu", serve_cpu=True, cache_budget=7, recycle_after=9, memory_limit=0.5, tidy_every=3, jobs=1
    )
    model = ModelFile(tmp_path / "a.mlmodel", ModelFacts("a", "0" * 64))
    bench = Bench(settings, engine_named("kraken", ENGINES), model, model, Reading("kraken", "1"), tmp_path)
    left = Left((PageKey("a"), PageKey("b")), strikes={PageKey("b"): 1})
    made = workforce_for(bench, left, logs=tmp_path / "logs", run_id="r", devices=(PROCESSOR,))

    assert (made.workers, [one.name for one in made.servers]) == (1, ["cpu"])
    assert (made.ahead_bytes, made.memory.limit_share, made.set_up.tidy_every) == (7_000_000, 0.5, 3)
    assert made.rules.recycling.after_pages == 9
    assert made.rules.recycling.growth_bytes is not None
    assert made.strikes == {PageKey("b"): 1}


def test_processes_have_no_choice_of_device_any_more(tmp_path: Path) -> None:
    settings = Settings(device="cuda:2,cuda:0", parallel_gpus=True, jobs=1)
    model = ModelFile(tmp_path / "a.mlmodel", ModelFacts("a", "0" * 64))
    bench = Bench(settings, engine_named("kraken", ENGINES), model, model, Reading("kraken", "1"), tmp_path)
    made = workforce_for(bench, Left((PageKey("a"),)), logs=tmp_path / "logs", run_id="r", devices=CARDS)
    staff = staff_of(made)

    def devices(post: Post) -> str:
        return Settings.model_validate(post.set_up.settings).devices

    assert [devices(one) for one in staff.servers.values()] == ["cuda:0", "cuda:0"]
    assert devices(staff.worker) == "cpu"
    assert staff.worker.environment["CUDA_VISIBLE_DEVICES"] == ""
    assert made.rules.limits == gpu_limits()
