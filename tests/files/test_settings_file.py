"""Settings files are found beside the inputs and read strictly."""

from pathlib import Path

import pytest

from htrkit.config.layers import Layer, resolve
from htrkit.domain.errors import UsageProblem
from htrkit.files.settings_file import find_settings_file, read_settings_file, settings_layers


def written(folder: Path, text: str, name: str = "htrkit.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_keys_may_have_hyphens_and_lists_are_lists(tmp_path: Path) -> None:
    layer = read_settings_file(written(tmp_path, 'batch-size = 4\nformats = ["txt", "alto"]\n'))

    settings = resolve([layer]).settings
    assert (settings.batch_size, [one.value for one in settings.formats]) == (4, ["txt", "alto"])
    assert layer.origin.endswith("htrkit.toml")


def test_a_byte_order_mark_does_not_count(tmp_path: Path) -> None:
    assert read_settings_file(written(tmp_path, "\ufeffdpi = 200")).values == {"dpi": 200}


def test_a_models_path_starts_from_the_files_folder_where_it_leads_somewhere(tmp_path: Path) -> None:
    (tmp_path / "my.mlmodel").write_bytes(b"")
    layer = read_settings_file(written(tmp_path, 'model = "my.mlmodel"\nsegmenter_model = "elsewhere.mlmodel"\n'))

    assert layer.values == {"model": str(tmp_path / "my.mlmodel"), "segmenter_model": "elsewhere.mlmodel"}


@pytest.mark.parametrize(("text", "said"), [("dpi = ", "TOML"), ("[engine]\nname = 1", "table"), ("\udcff", "TOML")])
def test_what_is_no_settings_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "htrkit.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(UsageProblem, match=said) as caught:
        read_settings_file(path)
    assert "htrkit.toml" in caught.value.what
    assert caught.value.mend


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"none\.toml"):
        read_settings_file(tmp_path / "none.toml")


def test_it_is_found_in_the_input_folder_or_beside_the_input(tmp_path: Path) -> None:
    path = written(tmp_path / "box", "")
    (tmp_path / "box" / "1.jpg").write_bytes(b"")
    (tmp_path / "box" / "inner").mkdir()

    for given in ("box", "box/1.jpg", "box/inner"):
        assert find_settings_file([str(tmp_path / given)]) == path
    assert find_settings_file(["-", "@list.txt"]) is None


def test_two_of_them_are_a_question_for_the_user(tmp_path: Path) -> None:
    written(tmp_path / "a", "")
    written(tmp_path / "b", "")

    with pytest.raises(UsageProblem, match="Several"):
        find_settings_file([str(tmp_path / "a"), str(tmp_path / "b")])
    assert find_settings_file([str(tmp_path / "a"), str(tmp_path / "a" / ".." / "a")])


def test_the_layers_stand_in_their_order(tmp_path: Path) -> None:
    path = written(tmp_path, "dpi = 100\nsample = 1\npages = '1'")
    layers = settings_layers(
        [str(tmp_path)], None, Layer("environment", {"dpi": 200, "sample": 2}), Layer("x", {"dpi": 300})
    )

    settings = resolve(layers).settings
    assert (settings.dpi, settings.sample, settings.pages) == (300, 2, "1")
    assert settings_layers([], path, Layer("environment", {}))[0].values["dpi"] == 100
