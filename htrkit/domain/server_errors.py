"""The errors of an inference server: a page's, the run's, and those that pass."""

from htrkit.domain.errors import PageProblem, RunStopped, RunTrouble


class PageRefusedByServer(PageProblem):
    """The server did not read this page; it reads others."""


class ServerRefused(RunStopped):
    """The server takes no page of this run at all: the key, the model or the address is wrong."""


class ServerGone(RunTrouble):
    """The server does not answer any more: the run pauses until it does."""

    def __init__(self, what: str, *, mend: str, path: str) -> None:
        super().__init__(what, mend=mend)
        self.path = path
