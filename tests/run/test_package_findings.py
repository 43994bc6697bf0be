"""Packages that are missing, or in a version that htrkit was not made for, are found without importing any."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError

import pytest

from htrkit.config.settings import Settings
from htrkit.domain.engine import ExtraNeed
from htrkit.domain.finding import Severity
from htrkit.engines.catalog import CHURRO, KRAKEN, PYLAIA
from htrkit.run.package_findings import ENGINE_PACKAGES, Installed, fits, package_findings, wishes

ASKED = ["kraken<7.2,>=7.1.1", "torch>=2.9", "numpy>=1.26", "sphinx>=8; extra == 'docs'", "pillow (>=11)"]
HERE = {**dict.fromkeys(ENGINE_PACKAGES, "99.0"), "kraken": "7.1.1", "torch": "2.14.0+cu124"}


def installed(versions: Mapping[str, str], *, lacking: frozenset[str] = frozenset()) -> Installed:
    def version(name: str) -> str:
        if name not in versions:
            raise PackageNotFoundError(name)
        return versions[name]

    return Installed(lambda _: ASKED, version, lambda module: module not in lacking)


def test_what_is_installed_here_is_what_htrkit_was_made_for() -> None:
    assert list(package_findings(KRAKEN)) == []


def test_versions_that_fit_are_no_finding() -> None:
    assert list(package_findings(KRAKEN, installed(HERE))) == []


@pytest.mark.parametrize("version", ["5.3.0", "7.1.0", "7.2", "7.2.1.dev3", "8.0"])
def test_a_kraken_of_another_version_blocks_and_names_both(version: str) -> None:
    (found,) = package_findings(KRAKEN, installed({**HERE, "kraken": version}))

    assert (found.code, found.severity) == ("package", Severity.BLOCKER)
    assert version in found.message
    assert found.mend == 'pip install "kraken<7.2,>=7.1.1"'


def test_a_package_that_is_missing_or_not_whole_blocks() -> None:
    gone = {name: version for name, version in HERE.items() if name != "torch"}
    (missing,) = package_findings(KRAKEN, installed(gone))
    (torn,) = package_findings(KRAKEN, installed(HERE, lacking=frozenset({"PIL"})))

    assert "torch is not installed" in missing.message
    assert (missing.mend, torn.mend) == ('pip install "torch>=2.9"', 'pip install "pillow>=11"')


def test_what_an_engine_needs_besides_is_told_with_its_command() -> None:
    row = replace(KRAKEN, needs=(ExtraNeed("sentencepiece", "pip install sentencepiece"),))
    (found,) = package_findings(row, installed(HERE, lacking=frozenset({"sentencepiece"})))

    assert found.mend == "pip install sentencepiece"
    assert list(package_findings(replace(row, code=None), installed({}))) == []


def test_an_extra_is_missed_only_where_a_setting_asks_for_it() -> None:
    bare = installed(HERE, lacking=frozenset({"flashlight"}))
    (found,) = package_findings(PYLAIA, bare, settings=Settings(language_model="auto"))

    assert (found.severity, found.mend) == (Severity.BLOCKER, 'pip install "htrkit[lm]"')
    assert "The setting language_model needs the Python package flashlight" in found.message
    assert list(package_findings(PYLAIA, bare, settings=Settings())) == []
    assert list(package_findings(PYLAIA, installed(HERE), settings=Settings(language_model="auto"))) == []


def test_without_metadata_of_our_own_every_version_will_do() -> None:
    def none(name: str) -> list[str]:
        raise PackageNotFoundError(name)

    assert wishes(Installed(none)) == dict.fromkeys(ENGINE_PACKAGES, "")
    assert list(package_findings(KRAKEN, replace(installed({**HERE, "kraken": "1.0"}), requires=none))) == []


@pytest.mark.parametrize(
    ("found", "versions", "good"),
    [
        ("7.1.1", ">=7.1.1,<7.2", True),
        ("7.1", ">=7.1.0", True),
        ("7.10", ">=7.9,<8", True),
        ("7.2", "<7.2", False),
        ("2.0", "!=2.0", False),
        ("2.0.1", "==2.0.1", True),
        ("unknown", ">=7", True),
        ("1.0", "", True),
    ],
)
def test_versions_are_compared_as_numbers(found: str, versions: str, good: bool) -> None:
    assert fits(found, versions) is good


def test_what_a_served_engine_needs_besides_is_on_the_server() -> None:
    lacking = installed(HERE, lacking=frozenset({"accelerate", "transformers"}))
    assert list(package_findings(CHURRO, lacking, served=True)) == []
