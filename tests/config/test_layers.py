"""Layers of settings: later wins, origins are kept, mistakes are named."""

import pytest

from htrkit.config.anew import GIVEN_ANEW
from htrkit.config.layers import Layer, assignments_layer, environment_layer, resolve
from htrkit.config.meanings import MEANINGS
from htrkit.config.settings import Settings, text_changing
from htrkit.domain.errors import UsageProblem


def test_without_layers_every_setting_is_its_default() -> None:
    resolved = resolve([])
    assert resolved.settings == Settings()
    assert set(resolved.origins.values()) == {"default"}


def test_later_layers_win_and_say_where_a_value_came_from() -> None:
    resolved = resolve([Layer("htrkit.toml", {"dpi": 200, "sample": 3}), Layer("command line", {"dpi": 400})])
    assert (resolved.settings.dpi, resolved.settings.sample) == (400, 3)
    assert (resolved.origins["dpi"], resolved.origins["sample"]) == ("command line", "htrkit.toml")


def test_an_unknown_key_names_its_layer_and_the_nearest_known_key() -> None:
    with pytest.raises(UsageProblem, match=r"htrkit\.toml: unknown setting `formatz`.*`formats`"):
        resolve([Layer("htrkit.toml", {"formatz": "txt"})])


def test_a_value_out_of_its_limits_names_its_origin_and_key() -> None:
    with pytest.raises(UsageProblem, match=r"environment: `dpi` cannot be '9'"):
        resolve([environment_layer({"HTRKIT_DPI": "9"})])


def test_the_environment_gives_lists_numbers_and_leaves_reserved_variables_alone() -> None:
    environment = {"HTRKIT_FORMATS": "txt, alto", "HTRKIT_BATCH_SIZE": "16", "HTRKIT_API_KEY": "secret", "HOME": "/"}
    settings = resolve([environment_layer(environment)]).settings
    assert [str(form) for form in settings.formats] == ["txt", "alto"]
    assert settings.batch_size == 16


def test_an_empty_variable_counts_as_not_set() -> None:
    assert resolve([environment_layer({"HTRKIT_ENGINE": ""})]).settings.engine == "kraken"


def test_set_takes_dashes_and_an_assignment_without_an_equals_sign_is_refused() -> None:
    assert assignments_layer(["max-megapixels=50"]).values == {"max_megapixels": "50"}
    with pytest.raises(UsageProblem, match="no `=`"):
        assignments_layer(["dpi"])


def test_settings_cannot_be_changed_after_they_are_made() -> None:
    with pytest.raises(Exception, match="frozen"):
        Settings().dpi = 3  # type: ignore[misc]


def test_what_can_change_the_text_is_marked_and_screens_are_not() -> None:
    assert {"engine", "model", "batch_size", "dpi"} <= text_changing()
    assert not {"progress", "color", "formats"} & text_changing()


def test_every_setting_says_what_it_means() -> None:
    assert list(MEANINGS) == list(Settings.model_fields)
    assert all(meaning.endswith(".") for meaning in MEANINGS.values())


@pytest.mark.parametrize(
    ("typed", "script"),
    [("Latn", "Latn"), ("latn", "Latn"), ("GREK, latn", "Grek,Latn"), ("Jpan", "Jpan"), ("zyyy", "Zyyy")],
)
def test_scripts_are_written_as_the_standard_does(typed: str, script: str) -> None:
    assert resolve([Layer("command line", {"script": typed})]).settings.script == script


def test_an_unknown_script_names_the_nearest_known_one() -> None:
    with pytest.raises(UsageProblem, match=r"`script` cannot be 'Latin,Gerk': latin is no known script"):
        resolve([Layer("command line", {"script": "Latin,Gerk"})])
    with pytest.raises(UsageProblem, match="did you mean grek"):
        resolve([Layer("command line", {"script": "Gerk"})])


@pytest.mark.parametrize(("typed", "rate"), [("10%", 0.1), ("10 %", 0.1), ("0.1", 0.1), ("off", "off"), (1, 1.0)])
def test_an_alarm_rate_is_a_share_or_off(typed: object, rate: object) -> None:
    assert resolve([Layer("command line", {"stop_on_alarm_rate": typed})]).settings.stop_on_alarm_rate == rate


@pytest.mark.parametrize("typed", ["0", "-1%", "200%", "often"])
def test_no_other_alarm_rate_is_taken(typed: str) -> None:
    with pytest.raises(UsageProblem, match="stop_on_alarm_rate"):
        resolve([Layer("command line", {"stop_on_alarm_rate": typed})])


def test_what_fails_a_run_and_what_stops_it_may_be_given_anew_and_the_script_may_not() -> None:
    assert {"fail_on", "stop_on_alarm_rate"} <= set(GIVEN_ANEW)
    assert "script" not in GIVEN_ANEW
    assert not {"fail_on", "stop_on_alarm_rate", "script"} & text_changing()
