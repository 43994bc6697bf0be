"""Which devices a wish comes to, whoever has counted the cards: the driver before a run, torch inside a process."""

from collections.abc import Sequence

from htrkit.domain.device import Card
from htrkit.domain.errors import PreflightRefused

UUID_BEGINS = "gpu-"


def device_for(wish: str, *, cards: int) -> str:
    """Give the one device for a process that computes by itself, `cpu` or `cuda:N`; raises PreflightRefused."""
    chosen = cards_for(wish, [Card(index, "") for index in range(cards)])
    return chosen[0].device if chosen else "cpu"


def cards_for(wish: str, cards: Sequence[Card]) -> tuple[Card, ...]:
    """Give the cards that a wish comes to, none for the CPU; raises PreflightRefused for what is not there."""
    match wish.strip().lower():
        case "cpu":
            return ()
        case "all":
            return tuple(cards)
        case "auto":
            return tuple(cards[:1])
        case names:
            chosen = [_card_named(name.strip(), cards, wish) for name in names.split(",")]
            return tuple(dict.fromkeys(chosen))


def _card_named(name: str, cards: Sequence[Card], wish: str) -> Card:
    if name.startswith(UUID_BEGINS):
        found = [card for card in cards if card.uuid.lower().startswith(name)]
    else:
        found = [card for card in cards if card.device == name]
    if len(found) != 1:
        exist = ", ".join(["cpu", *(card.device for card in cards)])
        raise PreflightRefused(f"There is no device `{wish}`: there is {exist}.", mend="Take -d all or -d cpu.")
    return found[0]
