"""Layers of settings: later wins, origins are kept, mistakes are named."""

import pytest

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
