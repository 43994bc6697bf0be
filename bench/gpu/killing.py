"""A device server that is killed in the middle of a run costs a restart, and no page."""

from collections.abc import Mapping, Sequence

from bench.gpu.checkpoints import random_kraken
from bench.gpu.outcomes import Figure, Findings
from bench.gpu.pages import copy_pages
from bench.gpu.runs import Event, events_of, kill, run_of, seconds_between, texts
from bench.gpu.setting import Setting

KILLED_AFTER_PAGES = 2


def server_may_die(setting: Setting) -> Findings:
    """Kill the server of a real run, and hold the text against that of a run that nobody disturbed."""
    pages = copy_pages(setting.folder / "pages", setting.pages)
    # A rehearsal need not wait for real networks.
    model = [] if setting.on_a_card else ["-m", str(random_kraken(setting.folder / "small.safetensors"))]
    calm, killed = setting.folder / "calm", setting.folder / "killed"
    with run_of(pages, calm, setting, model) as going:
        if code := going.ended():
            return Findings(wrong=(f"the undisturbed run ended with {code}: {said_last(calm.with_suffix('.said'))}",))
    with run_of(pages, killed, setting, model) as going:
        started = going.wait_for("ServerStarted")
        done_before = len(going.wait_for("PageDone", KILLED_AFTER_PAGES))
        if not started or done_before >= setting.pages:
            return Findings(wrong=("the run was over before its server could be killed",))
        kill(int(str(started[0]["pid"])))
        code = going.ended()
        events = going.events()
    return judged(code, events, pages=setting.pages, calm=texts(calm), killed=texts(killed))


def judged(
    code: int, events: Sequence[Event], *, pages: int, calm: Mapping[str, str], killed: Mapping[str, str]
) -> Findings:
    """Say what became of the run whose server was killed."""
    started, lost, done = (events_of(events, kind) for kind in ("ServerStarted", "ServerLost", "PageDone"))
    figures = [Figure("pages done", len(done)), Figure("servers lost", len(lost)), Figure("started", len(started))]
    wrong = []
    if code != 0:
        wrong.append(f"the run ended with {code}")
    if len(done) != pages:
        wrong.append(f"{len(done)} of {pages} pages are done")
    if not lost:
        wrong.append("the journal tells of no server that was lost")
    if len(started) < 2:
        wrong.append("no server was started anew")
    elif lost:
        figures.append(Figure("from the loss to the next server", seconds_between(lost[0], started[1]), "s"))
    unlike = sum(calm[name] != killed.get(name) for name in calm)
    figures.append(Figure("pages with the text of the undisturbed run", len(calm) - unlike))
    if unlike:
        wrong.append(f"the text of {unlike} pages differs from the undisturbed run's")
    return Findings(tuple(figures), tuple(wrong))


def said_last(path: object) -> str:
    """Give the last line that a run said."""
    with open(str(path), encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - a path in words
        lines = [line.strip() for line in file if line.strip()]
    return lines[-1] if lines else "it said nothing"
