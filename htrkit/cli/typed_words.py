"""What of the settings was typed, as words that may be typed again."""

from collections.abc import Iterator, Mapping

from htrkit.cli.setting_options import ROWS, Typed
from htrkit.config.anew import GIVEN_ANEW
from htrkit.config.layers import Resolved


def words_of(typed: Typed) -> tuple[str, ...]:
    """Give one word an option, in its long form, so that a value that begins with `-` is one all the same."""
    flags = {row.setting: row.flags[-1] for row in ROWS}
    config = (f"--config={typed.config}",) if typed.config is not None else ()
    options = (_word(flags[name], value) for name, value in typed.options)
    return (*config, *options, *(f"--set={pair}" for pair in typed.assignments))


def words_anew(resolved: Resolved) -> Iterator[str]:
    """Give words for what `resume` may be told anew, wherever it was set."""
    values = resolved.settings.model_dump()
    return words_for({name: values[name] for name in GIVEN_ANEW if resolved.origins[name] != "default"})


def words_for(settings: Mapping[str, object]) -> Iterator[str]:
    """Give words for settings that nobody typed as options; those without a flag, or turned off without one, none."""
    flags = {row.setting: row.flags[-1] for row in ROWS}
    words = (_word(flags[name], value) for name, value in settings.items() if name in flags)
    return (word for word in words if word)


def _word(flag: str, value: object) -> str:
    match value:
        case bool():
            on, _, off = flag.partition("/")
            return on if value else off
        case list():
            return f"{flag}={','.join(value)}"
        case _:
            return f"{flag}={value}"
