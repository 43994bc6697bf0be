"""Which device a wish comes to, whoever has counted the cards: the driver before a run, torch inside a worker."""

from htrkit.domain.errors import PreflightRefused


def device_for(wish: str, *, cards: int) -> str:
    """Give `cpu` or `cuda:N`; raises PreflightRefused for a device that is not there."""
    match wish.strip().lower():
        case "cpu":
            return "cpu"
        case "all" | "auto":
            return "cuda:0" if cards else "cpu"
        case name if name.startswith("cuda:") and name[5:].isdigit() and int(name[5:]) < cards:
            return name
        case _:
            exist = ", ".join(["cpu", *(f"cuda:{index}" for index in range(cards))])
            raise PreflightRefused(f"There is no device `{wish}`: there is {exist}.", mend="Take -d all or -d cpu.")
