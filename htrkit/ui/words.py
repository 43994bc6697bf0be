"""Numbers, times and names in the words that screens use."""

from htrkit.core.shown import shown

__all__ = ["amount", "counted", "duration", "percent", "shown", "size"]

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def duration(seconds: float) -> str:
    """Give `0.4 s`, `12 s`, `3 min 20 s`, `2 h 05 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(length: int) -> str:
    """Give a number of bytes as `812 bytes`, `12.5 MB` (powers of ten)."""
    value, unit = float(length), 0
    while value >= 999.95 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{length} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def amount(number: int) -> str:
    """Give a whole number with commas between thousands."""
    return f"{number:,}"


def counted(number: int, one: str, several: str = "") -> str:
    """Give `1 page`, `12 pages`."""
    return f"{amount(number)} {one if number == 1 else several or one + 's'}"


def percent(fraction: float | None) -> str:
    """Give a fraction as `4.2 %`; a dash where there is none."""
    return "–" if fraction is None else f"{100 * fraction:.1f} %"  # noqa: RUF001 - the dash of tables
