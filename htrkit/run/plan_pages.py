"""The pages of a run that is on disk, in their order."""

import json

from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.names import PageKey
from htrkit.run.out_folder import OutFolder


def page_order(out: OutFolder) -> tuple[PageKey, ...]:
    """Give the keys of the plan's pages; raises UsageProblem where OUT holds no run, or one that cannot be read."""
    try:
        document = json.loads(out.plan.read_bytes())
        return tuple(PageKey(page["key"]) for page in document["pages"])
    except FileNotFoundError as error:
        raise UsageProblem(f"{shown(out.path)}: holds no run.", mend="Give the OUT of an `htrkit run`.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageProblem(
            f"{shown(out.plan)}: cannot be read ({type(error).__name__}: {error}).", mend="Take it from a backup."
        ) from error
