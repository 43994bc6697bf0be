"""Party's package is told from its namesake, and its models are loaded without a network and refused by name."""

from pathlib import Path

import pytest

from htrkit.core.lacking import lacking
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.engines.catalog import ENGINES, KRAKEN, PARTY
from htrkit.engines.party_lines import PartyLines
from htrkit.models.catalog import STARTERS
from htrkit.models.header import read_header
from htrkit.run.model_fit import WrongEngine, refuse_other_engine
from htrkit.run.package_findings import Installed, is_met, package_findings
from tests.fakes.party_models import offer, write_fake


@pytest.fixture(autouse=True)
def fake_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(tmp_path / "site", monkeypatch)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_fake(tmp_path / "party.safetensors")


def stage(model: Path) -> PartyLines:
    return PartyLines(LoadOrder(str(model), ModelFacts("m", "0" * 64)))


def test_the_weights_that_its_training_began_with_are_not_asked_for(model: Path) -> None:
    assert "pretrained" not in str(model.read_bytes()[:2000])
    assert stage(model)._party.picture_size.width == 30


def without_party(monkeypatch: pytest.MonkeyPatch, entries: str) -> None:
    monkeypatch.setattr("htrkit.engines.party_plugin.entry_points", lambda **_: [None] * len(entries))


@pytest.mark.parametrize(("entries", "said"), [("", "is not installed"), ("ab", "more than once")])
def test_a_missing_package_says_what_to_install_and_its_version(
    model: Path, monkeypatch: pytest.MonkeyPatch, entries: str, said: str
) -> None:
    without_party(monkeypatch, entries)
    with pytest.raises(PreflightRefused, match=said) as refused:
        stage(model)
    assert "pip install timm" in refused.value.mend
    assert "git+https://github.com/mittagessen/party@c2589b1" in refused.value.mend


def test_the_namesake_on_the_registry_is_not_taken_for_party() -> None:
    need = PARTY.needs[-1]
    assert is_met(need)
    namesake = Installed(importable=lambda _: True, offered=lambda _: False)
    found = [one for one in package_findings(PARTY, namesake) if "party" in one.message]
    assert [("another program" in one.message, one.mend) for one in found] == [(True, need.command)]
    assert "party" in " ".join(lacking(PARTY, installed=lambda one: is_met(one, namesake), cards=1))
    assert not is_met(need, Installed(offered=lambda entry: entry == "kraken.models:Other"))


def test_what_a_package_offers_is_read_from_its_entry_points() -> None:
    offered = Installed().offered
    assert offered("kraken.models:PartyModel")
    assert not offered("kraken.models:NoSuchModel")


def test_a_model_of_another_kind_is_refused_by_name() -> None:
    with pytest.raises(PreflightRefused, match=r"Party cannot load this model.*PartyModel") as refused:
        stage(STARTERS[0].path)
    assert "made by Party" in refused.value.mend


@pytest.mark.parametrize("content", [b"", b"nothing at all", b"\xff" * 64])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.safetensors").write_bytes(content)
    with pytest.raises(PreflightRefused, match="Party cannot load this model"):
        stage(tmp_path / "m.safetensors")


def test_a_model_whose_weights_are_not_whole_is_refused(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("htrkit.engines.party_plugin.load_model", lambda *_, **__: ({"nn.encoder.weight"}, set()))
    with pytest.raises(PreflightRefused, match=r"weights are missing, nn\.encoder\.weight among 1"):
        stage(model)


def test_the_row_of_kraken_needs_no_party() -> None:
    assert KRAKEN.needs == ()


def test_a_model_is_refused_by_the_engine_that_does_not_read_it_and_sent_to_the_one_that_does(model: Path) -> None:
    partys, krakens = read_header(model).classes, read_header(STARTERS[0].path).classes
    refuse_other_engine("m", partys, PARTY, ENGINES)
    refuse_other_engine("m", krakens, KRAKEN, ENGINES)
    refuse_other_engine("m", (), KRAKEN, ENGINES)
    with pytest.raises(WrongEngine, match="PartyModel, which kraken") as refused:
        refuse_other_engine("m", partys, KRAKEN, ENGINES)
    assert refused.value.mend == "This one reads: -e party"
    with pytest.raises(WrongEngine, match="which party") as refused:
        refuse_other_engine("m", krakens, PARTY, ENGINES)
    assert refused.value.mend == "This one reads: -e kraken"
    with pytest.raises(WrongEngine) as refused:
        refuse_other_engine("m", ("Unheard",), PARTY, ENGINES)
    assert refused.value.mend == "Give one of the kind PartyModel."
