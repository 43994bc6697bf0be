"""A page worker's process whose model cannot be loaded."""

from htrkit.domain.errors import PreflightRefused
from htrkit.run.page_process import Worker, be_a_worker


def load(*_: object) -> tuple[Worker, str]:
    raise PreflightRefused("m.safetensors: the network in this model is none.", mend="Give another.")


if __name__ == "__main__":
    be_a_worker(load)
