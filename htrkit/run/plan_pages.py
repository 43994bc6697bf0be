"""The plan of a run that is on disk, read back strictly: what this version does not know is never guessed at."""

import json
from collections.abc import Mapping
from pathlib import Path

from htrkit.config.layers import Layer, Resolved, resolve
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts
from htrkit.domain.source import PageSource, SourceKind
from htrkit.run.input_files import Stamp
from htrkit.run.model_file import ModelFile
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import PLAN_SCHEMA, Plan, fingerprint_of
from htrkit.run.strict_json import NotAsWritten, Table, table_of


class PlanUnreadable(UsageProblem):
    """run.json is not what a run of this version wrote."""


def read_plan(out: OutFolder) -> Plan:
    """Give the plan of the run in OUT; raises UsageProblem where it holds none, PlanUnreadable naming what is wrong."""
    document = _document(out)
    try:
        _refuse_other_schema(out, document.number_or_none("schema"))
        return _plan(document)
    except PlanUnreadable:
        raise
    except (NotAsWritten, UsageProblem) as error:
        raise _unreadable(out, error.what if isinstance(error, UsageProblem) else str(error)) from error


def page_order(out: OutFolder) -> tuple[PageKey, ...]:
    """Give the keys of the plan's pages; raises UsageProblem where OUT holds no run, or one that cannot be read."""
    try:
        return tuple(PageKey(page.text("key")) for page in _document(out).tables("pages"))
    except NotAsWritten as error:
        raise _unreadable(out, str(error)) from error


def run_id_of(out: OutFolder) -> str | None:
    """Give the id of the run in OUT; None where none can be read."""
    try:
        return _document(out).text("run_id")
    except (NotAsWritten, UsageProblem):
        return None


def _document(out: OutFolder) -> Table:
    """Load run.json, whatever its version."""
    try:
        return table_of(json.loads(out.plan.read_bytes()))
    except NotAsWritten as error:
        raise _unreadable(out, str(error)) from error
    except FileNotFoundError as error:
        raise no_run(out) from error
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(out, f"{type(error).__name__}: {error}") from error


def no_run(out: OutFolder) -> UsageProblem:
    """Say that OUT holds no run."""
    return UsageProblem(f"{shown(out.path)}: holds no run.", mend="Give the OUT of an `htrkit run`.")


def _unreadable(out: OutFolder, why: str) -> PlanUnreadable:
    return PlanUnreadable(f"{shown(out.plan)}: cannot be read ({why}).", mend="Take it from a backup.")


def _refuse_other_schema(out: OutFolder, schema: int | None) -> None:
    if schema != PLAN_SCHEMA:
        raise PlanUnreadable(
            f"{shown(out.plan)}: its schema version is {schema}, and this htrkit reads version {PLAN_SCHEMA}.",
            mend="Use the version of htrkit that wrote it, or start a new run with another OUT.",
        )


def _plan(document: Table) -> Plan:
    plan = Plan(
        run_id=document.text("run_id"),
        started=document.text("started"),
        resolved=_resolved(document.table("settings")),
        pages=_pages(document),
        model=_model(document.table("model")),
        segmentation=_model(document.table("segmentation")),
        inputs=document.texts("inputs"),
        folder=document.text("folder"),
        versions=_versions(document.table("versions")),
        files=_stamps(document.table("files")),
        skipped=frozenset(map(PageKey, document.texts("skipped"))),
    )
    _refuse_tampered(document, plan)
    return plan


def _refuse_tampered(document: Table, plan: Plan) -> None:
    """Hold the plan against its own fingerprint: what was changed by hand would pass for what the run was made of.

    A setting that came with a later version has its default, and is not in what the fingerprint was made over.
    """
    _texts(document.table("machine"))
    told, known = _texts(document.table("changes_text")), plan.text_changing
    if document.text("fingerprint") != fingerprint_of(told) or told != {key: known.get(key) for key in told}:
        raise NotAsWritten("its fingerprint does not fit its settings, models and versions")
    document.refuse_more()


def _resolved(table: Table) -> Resolved:
    """Give the settings as they were; raises UsageProblem for one that this version refuses."""
    layers = []
    for name in table.values:
        setting = table.table(name)
        layers.append(Layer(setting.text("origin"), {name: setting.any("value")}))
        setting.refuse_more()
    return resolve(layers)


def _pages(document: Table) -> tuple[PageSource, ...]:
    pages = tuple(_page(page) for page in document.tables("pages"))
    if len({page.key for page in pages}) < len(pages):
        raise NotAsWritten("two of its pages have the same key")
    return pages


def _page(table: Table) -> PageSource:
    kind = table.text("kind")
    if kind not in set(SourceKind):
        raise NotAsWritten(f"`{table.place}.kind` is not known to this version")
    page = PageSource(
        key=PageKey(table.text("key")),
        path=table.text("path"),
        kind=SourceKind(kind),
        frame=table.number_or_none("frame"),
        sidecars=table.texts("sidecars"),
        image_name=table.text("image_name"),
        root=table.text("root") if "root" in table.values else "",
    )
    table.refuse_more()
    return page


def _model(table: Table) -> ModelFile:
    table.text("real_path")
    model = ModelFile(Path(table.text("path")), ModelFacts(table.text("name"), table.text("sha256")))
    table.refuse_more()
    return model


def _versions(table: Table) -> Mapping[str, str]:
    """Give the versions; two of them are cited in every page record."""
    table.text("htrkit")
    table.text("kraken")
    return _texts(table)


def _texts(table: Table) -> Mapping[str, str]:
    return {name: table.text(name) for name in table.values}


def _stamps(table: Table) -> Mapping[str, Stamp | None]:
    return {path: _stamp(table, path) for path in table.values}


def _stamp(table: Table, path: str) -> Stamp | None:
    match table.any(path):
        case None:
            return None
        case [int(size_bytes), int(modified_ns)]:
            return Stamp(size_bytes, modified_ns)
        case _:
            raise NotAsWritten(f"`{table.place}.{shown(path)}` is neither null nor a size and a time")
