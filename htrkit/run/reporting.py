"""A run's report from what lies in OUT: the plan and its journals, and nothing else."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from htrkit.core.report import Report, report_of
from htrkit.core.report_facts import ModelFact, RunFacts, SettingFact
from htrkit.core.report_pages import PlannedPage
from htrkit.core.report_shards import ShardTold, report_of_shards
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.names import PageKey
from htrkit.run.out_folder import OutFolder
from htrkit.run.shard_cuts import read_cuts
from htrkit.run.shard_journals import owners_in, parts_of, replayed
from htrkit.run.shard_seen import seen_at
from htrkit.run.verifying import verified


def reported(out: OutFolder) -> Report:
    """Give the report of a run that ended, goes on, or was cut off.

    Raises UsageProblem where OUT holds no run, or one that cannot be read; HtrkitError for a damaged journal.
    """
    cuts, facts = read_cuts(out), facts_of(out)
    parts = list(parts_of(out, cuts))
    if not cuts.all:
        return report_of(str(out.path), facts, replayed(parts[0]))
    journals = [ShardTold(part.shard, replayed(part), seen_at(part) or "") for part in parts]
    return report_of_shards(str(out.path), facts, owners_in(out, cuts, len(facts.pages)), journals)


def reported_and_verified(out: OutFolder) -> Report:
    """Give the same after looking at every promised file."""
    report = reported(out)
    return replace(report, verified=verified(out.path, report.done))


def facts_of(out: OutFolder) -> RunFacts:
    """Read what run.json says of the run; raises UsageProblem."""
    try:
        document = json.loads(out.plan.read_bytes())
        return _facts(document)
    except FileNotFoundError as error:
        raise UsageProblem(f"{shown(out.path)}: holds no run.", mend="Give the OUT of an `htrkit run`.") from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UsageProblem(
            f"{shown(out.plan)}: cannot be read ({type(error).__name__}: {error}).", mend="Take it from a backup."
        ) from error


def _facts(document: Mapping[str, object]) -> RunFacts:
    """Give the facts; only the pages must be there, since everything else is there to be read by people."""
    pages = document["pages"]
    if not isinstance(pages, list):
        raise TypeError("`pages` is no list")
    return RunFacts(
        run_id=_text(document.get("run_id")),
        started=_text(document.get("started")),
        pages=tuple(PlannedPage(PageKey(page["key"]), shown(page.get("path") or page["key"])) for page in pages),
        inputs=tuple(_text(one) for one in _listed(document.get("inputs"))),
        settings=tuple(_settings(_mapping(document.get("settings")))),
        models=tuple(_models(document)),
        versions=tuple((shown(name), _text(value)) for name, value in _mapping(document.get("versions")).items()),
        machine=tuple((shown(name), _text(value)) for name, value in _mapping(document.get("machine")).items()),
        fingerprint=_text(document.get("fingerprint")),
    )


def _settings(settings: Mapping[str, object]) -> Iterator[SettingFact]:
    for name, fact in settings.items():
        values = _mapping(fact)
        yield SettingFact(shown(name), _text(values.get("value")), _text(values.get("origin")))


def _models(document: Mapping[str, object]) -> Iterator[ModelFact]:
    for entry, role in (("model", "recognition"), ("segmentation", "segmentation")):
        if facts := _mapping(document.get(entry)):
            yield ModelFact(role, _text(facts.get("name")), _text(facts.get("sha256")))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _text(value: object) -> str:
    """Give a value of JSON as people read it, safe to show."""
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case list():
            return ",".join(_text(part) for part in value)
        case _:
            return shown(str(value))
