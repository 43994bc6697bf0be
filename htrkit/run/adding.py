"""Pages that are added to the plan of a run: found like the first ones, and named so that no key is taken twice."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from htrkit.config.choices import Existing, Format
from htrkit.domain.source import PageSource, Selection
from htrkit.run.input_files import stamps_of
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan
from htrkit.run.promises import pages_to_skip
from htrkit.run.selection import IN_THE_PLAN, Planned, real_place, require_pages, select


@dataclass(frozen=True, slots=True)
class Added:
    """A plan with more pages than before, and what should be said of these."""

    plan: Plan
    selection: Selection
    """The pages that are new."""


def added(
    plan: Plan, inputs: Sequence[str], *, out: OutFolder, stdin: bytes, existing: Existing | None = None
) -> Added:
    """Add the pages of the INPUTs, whose paths start from the current folder; those of the plan keep their keys.

    Raises UsageProblem for an INPUT that is nothing, PreflightRefused where no page is found or, as `existing` (or
    else the plan) says, for files that stand in OUT already.
    """
    settings = plan.resolved.settings
    existing = existing or settings.existing
    formats = tuple(one for one in settings.formats if one is not Format.CSV)  # the tables are the run's own
    settings = settings.model_copy(update={"pages": None, "sample": None, "formats": formats, "existing": existing})
    found = select(inputs, settings=settings, out=out.path, stdin=BytesIO(stdin), planned=_planned(plan, inputs))
    if not any(one.reason == IN_THE_PLAN for one in found.passed_over):
        require_pages(found)
    skipped = pages_to_skip(found.pages, settings, out.path)
    pages = tuple(_from_anywhere(page, plan.folder) for page in found.pages)
    longer = replace(
        plan,
        pages=(*plan.pages, *pages),
        inputs=(*plan.inputs, *(_placed(one, plan.folder) if os.path.lexists(one) else one for one in inputs)),
        files={**plan.files, **stamps_of(pages)},
        skipped=plan.skipped | skipped,
    )
    return Added(longer, replace(found, pages=pages))


def _planned(plan: Plan, inputs: Sequence[str]) -> Planned:
    """Give what the plan's pages take; an INPUT folder that is given again is none besides."""
    keys = frozenset(page.key for page in plan.pages)
    files = frozenset(real_place(os.path.join(plan.folder, page.path)) for page in plan.pages)  # noqa: PTH118
    again = {os.path.realpath(one) for one in inputs}
    roots = {os.path.realpath(Path(plan.folder, one)) for one in plan.inputs if Path(plan.folder, one).is_dir()}
    return Planned(keys, files, len(roots - again))


def _from_anywhere(page: PageSource, folder: str) -> PageSource:
    """Give the page with paths that lead to its files from the plan's folder."""
    sidecars = tuple(_placed(path, folder) for path in page.sidecars)
    root = _placed(page.root, folder) if page.root else ""
    return replace(page, path=_placed(page.path, folder), sidecars=sidecars, root=root)


def _placed(path: str, folder: str) -> str:
    """Give the path as it is where the current folder is the plan's, else from the root; it keeps any `..` in it."""
    return path if str(Path.cwd()) == folder else str(Path.cwd() / path)
