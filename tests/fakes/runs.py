"""Runs over small pictures with fake networks, which can be cut after any page as a kill would cut them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from htrkit.config.choices import Existing
from htrkit.config.layers import Layer, resolve
from htrkit.core.lookup import engine_named
from htrkit.core.sharding import cut_of
from htrkit.domain.events import PageDone, Record
from htrkit.domain.failure import FailureClass
from htrkit.domain.page import ModelFacts
from htrkit.domain.renderers import RenderOptions
from htrkit.domain.shards import Cut, Shard
from htrkit.domain.source import PageSource
from htrkit.engines.catalog import ENGINES
from htrkit.files.hashing import file_sha256
from htrkit.outputs.catalog import renderers
from htrkit.run.bench import Bench
from htrkit.run.inference import LocalInference
from htrkit.run.model_file import ModelFile
from htrkit.run.out_folder import OutFolder
from htrkit.run.page_reader import Networks, PageReader, ReadingWishes
from htrkit.run.page_worker import PageWorker, Writing
from htrkit.run.plan import Plan
from htrkit.run.preflight import Ready
from htrkit.run.promises import pages_to_skip
from htrkit.run.resuming import Again, ReadyAgain, made_ready_again
from htrkit.run.running import carried_out, first_work, held, planned
from htrkit.run.selection import select
from htrkit.run.session import Ended, Worker
from htrkit.run.shard_costs import costs_of
from htrkit.run.shard_cuts import write_cut
from tests.fakes.stages import FakeReader, FakeSegmenter

STARTED = "2026-11-25T07:00:00Z"


class Killed(BaseException):
    """Nobody catches this: all that is left is what is on disk."""


@dataclass(slots=True)
class MortalWorker:
    """Reads with fake networks, and is killed when it has read so many pages; `before_end` leaves the last untold."""

    bench: Bench
    lives: int
    taken: list[str]

    def work(self, source: PageSource) -> PageDone:
        if len(self.taken) == self.lives:
            raise Killed
        self.taken.append(source.key)
        settings = self.bench.settings
        networks = Networks(FakeSegmenter, FakeReader(), LocalInference(4))
        wishes = ReadingWishes(settings.segmenter, settings.dpi, settings.max_megapixels)
        writing = Writing(
            renderers(settings.formats), RenderOptions(), write_images=settings.write_images, out=self.bench.out
        )
        return PageWorker(PageReader(networks, wishes, self.bench.reading), writing, clock=lambda: 0.0).work(source)


@dataclass(slots=True)
class Shelf:
    """A folder with scans, models and OUT; inputs are given relative to it, so that it must be the current folder."""

    folder: Path
    settings: Mapping[str, object] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    """Keys of the pages that the last command worked on."""
    records: list[Record] = field(default_factory=list)

    @property
    def out(self) -> OutFolder:
        return OutFolder(self.folder / "out")

    def scan(self, name: str, text: str = "") -> Path:
        path = self.folder / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.new("L", (120, 60), 235)
        ImageDraw.Draw(picture).text((5, 5), text or name, fill=20)
        picture.save(path)
        return path

    def model(self, name: str, content: bytes = b"weights") -> ModelFile:
        path = Path("models", name)
        (self.folder / path).parent.mkdir(exist_ok=True)
        if not (self.folder / path).exists():
            (self.folder / path).write_bytes(content)
        return ModelFile(path, ModelFacts(name, file_sha256(self.folder / path)))

    def run(self, *inputs: str, lives: int = -1) -> Ended | None:
        """Begin a run; None where it was killed."""
        ready, plan = self.planned(*inputs)
        self.taken.clear()
        self.records.clear()
        with held(self.out, since=STARTED):
            work = first_work(plan, ready, self.out)
            return self._carried(
                lambda: carried_out(work, [self.records.append], now=lambda: STARTED, worker_of=self._mortal(lives))
            )

    def cut(self, shards: int, *inputs: str) -> Cut:
        """Plan a run and cut it, as whoever comes first does."""
        ready, plan = self.planned(*inputs)
        costs = costs_of(plan.pages, plan.files, ready.resolved.settings, ready.row)
        cut = cut_of(1, range(len(plan.pages)), costs, shards)
        write_cut(self.out, cut, run_id=plan.run_id, asked={})
        plan.write(self.out.plan)
        return cut

    def planned(self, *inputs: str) -> tuple[Ready, Plan]:
        resolved = resolve([Layer("command line", {"formats": "txt,page,csv", **self.settings})])
        inputs = inputs or ("scans",)
        found = select(inputs, settings=resolved.settings, out=self.out.path, stdin=BytesIO())
        skipped = pages_to_skip(found.pages, resolved.settings, self.out.path)
        row = engine_named("kraken", ENGINES)
        ready = Ready(resolved, row, self.model("text.bin"), self.model("lines.bin"), found, skipped, ())
        return ready, planned(ready, inputs=inputs, started=STARTED)

    def resume(
        self,
        *,
        lives: int = -1,
        out: Path | None = None,
        again: Sequence[FailureClass] = (),
        add: Sequence[str] = (),
        accept_changes: bool = False,
        pages: str | None = None,
        existing: Existing | None = None,
        typed: Mapping[str, object] | None = None,
        shard: str | None = None,
        cut: int | None = None,
        look: Callable[[ReadyAgain], object] = lambda _: None,
    ) -> Ended | None:
        """Go on with the run; `look` sees what was made ready."""
        layers = (Layer("command line", typed),) if typed else ()
        asked = Again(
            out or self.out.path,
            {},
            self.folder,
            layers,
            frozenset(again),
            tuple(add),
            accept_changes=accept_changes,
            pages=pages,
            existing=existing,
            shard=Shard.read(shard) if shard is not None else None,
            cut=cut,
        )
        self.taken.clear()
        self.records.clear()
        with made_ready_again(asked) as ready:
            look(ready)
            return self._carried(
                lambda: carried_out(
                    ready.work, [self.records.append], now=lambda: STARTED, worker_of=self._mortal(lives)
                )
            )

    def outputs(self) -> dict[str, bytes]:
        """Every file of OUT that is for readers, but for the report, which tells of the run's course as well."""
        files = (path for path in self.out.path.rglob("*") if path.is_file() and ".htrkit" not in path.parts)
        files = (path for path in files if path != self.out.report)
        return {str(path.relative_to(self.out.path)): path.read_bytes() for path in files}

    def _mortal(self, lives: int) -> Callable[[Bench], Worker]:
        return lambda bench: MortalWorker(bench, lives, self.taken)

    def _carried(self, carry: Callable[[], Ended]) -> Ended | None:
        try:
            return carry()
        except Killed:
            return None


def said(ready: ReadyAgain) -> str:
    """Give all that would be said before the run goes on."""
    return "\n".join(finding.message for finding in ready.findings)
