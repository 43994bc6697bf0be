"""What a run was made of, and the commands that go on from it, in a report in HTML."""

from htrkit.core.report import Report
from htrkit.core.report_advice import typed_out
from htrkit.ui.html_words import commands, foldable, html_table, section
from htrkit.ui.words import shown


def further(report: Report) -> str:
    """Give the commands that look at the outputs again, hold them against a truth, and make others of them."""
    out = typed_out(shown(report.out))
    lines = (
        f"htrkit report {out} --verify",
        f"htrkit report {out} --format csv --output pages.csv",
        f"htrkit evaluate {out} --truth TRUTH",
        f"htrkit export {out} --format alto",
    )
    return section("Further", commands(lines))


def made_of(report: Report) -> str:
    """Give models, versions, machine and settings: enough to cite, and to do it again."""
    facts = report.facts
    rows = [(f"{model.role} model", f"{model.name}, sha256 {model.sha256}") for model in facts.models]
    rows += [*facts.versions, *facts.machine]
    rows += [("fingerprint", facts.fingerprint)] if facts.fingerprint else []
    rows += [("input", one) for one in facts.inputs]
    settings = [(one.name, one.value, one.origin) for one in facts.settings]
    return section(
        "Settings and provenance",
        html_table(("what", "which"), rows, caption="Made with"),
        foldable("Settings", settings, html_table(("setting", "value", "from"), settings)),
    )
