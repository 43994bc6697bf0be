"""A page worker's eye on its inputs: a file that cannot be read is held against what is around it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from htrkit.core.input_trouble import PagesOwn, Passing, RunsTrouble, Scene, Seen, Sight, blamed, trouble_words
from htrkit.core.shown import shown
from htrkit.domain.errors import InputUnreachable, PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.source import PageSource
from htrkit.files.looking import REAL, SystemCalls, look, seen_by

SUSPECT = frozenset({FailureClass.UNREADABLE, FailureClass.BROKEN, FailureClass.SIDECAR})
"""Failures that a disk in trouble may be behind; some libraries take what they could not read for damage."""
NEIGHBOURS = 3


class InputWatch:
    """Remembers one file of each root that could be read."""

    def __init__(self, calls: SystemCalls = REAL) -> None:
        self._calls = calls
        self._read_before: dict[str, tuple[str, Seen]] = {}

    @contextmanager
    def watched(self, source: PageSource) -> Iterator[None]:
        """Let the page's files be opened inside; raises InputUnreachable instead of a PageProblem that is the run's.

        A trouble of the disk with this page's file alone becomes a PageProblem that may pass.
        """
        try:
            yield
        except PageProblem as problem:
            if problem.failure in SUSPECT:
                self._judge(source, problem)
            raise
        self._remember(source)

    def _judge(self, source: PageSource, problem: PageProblem) -> None:
        path = source.sidecars[0] if problem.step is Step.LAYOUT and source.sidecars else source.path
        file = _raised(path, problem) or look(path, self._calls, most_bytes=None)
        verdict = blamed(self._scene(file, root_of(source, path)))
        match verdict:
            case PagesOwn():
                return
            case Passing():
                raise _passing(problem, file) from problem
            case RunsTrouble():
                raise _unreachable(verdict.place, file) from problem

    def _scene(self, file: Seen, root: str) -> Scene:
        if file.sight not in {Sight.GONE, Sight.TROUBLED}:
            return Scene(file, Seen(root, Sight.READABLE))
        before = self._read_before.get(root)
        witness = (look(before[0], self._calls), before[1]) if before is not None else None
        return Scene(file, look(root, self._calls), tuple(self._neighbours(file.path)), witness)

    def _neighbours(self, path: str) -> Iterator[Seen]:
        folder = _folder_of(path)
        with suppress(OSError):
            # One more than wanted, since the file itself may be among them.
            places = [str(Path(folder, name)) for name in self._calls.names(folder, NEIGHBOURS + 1)]
            others = [place for place in places if Path(place).name != Path(path).name]
            yield from (look(place, self._calls) for place in others[:NEIGHBOURS])

    def _remember(self, source: PageSource) -> None:
        root = root_of(source, source.path)
        if root not in self._read_before:
            self._read_before[root] = source.path, look(root, self._calls)


def root_of(source: PageSource, path: str) -> str:
    """Give the INPUT folder that a page's file is below; the folder that it stands in where there is none such."""
    if source.root and path.startswith(source.root.rstrip("/") + "/"):
        return source.root
    return _folder_of(path)


def _folder_of(path: str) -> str:
    folder, slash, _ = path.rpartition("/")
    return folder or slash or "."


def _raised(path: str, problem: PageProblem) -> Seen | None:
    """Give what the system said when the file was read, where that is known."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno is not None:
            return seen_by(path, cause)
        cause = cause.__cause__
    return None


def _passing(problem: PageProblem, file: Seen) -> PageProblem:
    failure = FailureClass.UNREADABLE if problem.failure is FailureClass.BROKEN else problem.failure
    return PageProblem(
        f"{shown(file.path)}: cannot be read ({file.cause}), while others beside it can.",
        mend="Copy it again; look after the disk if there are more of these.",
        failure=failure,
        step=problem.step,
        passing=True,
    )


def _unreachable(place: Seen, file: Seen) -> InputUnreachable:
    reason = f"{shown(place.path)}: {trouble_words(place)}"
    if place.path != file.path:
        reason += f"; {shown(file.path)} was to be read"
    return InputUnreachable(
        f"{reason}.", mend="Bring it back (mount the share, plug the disk in), then resume.", path=place.path
    )
