"""What a check came to, as a row of the one table and as an entry of the JSON beside it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

SCHEMA = 1


class Outcome(StrEnum):
    """How a check ended."""

    PASS = "pass"  # noqa: S105 - a word of the table
    FAIL = "fail"
    SKIPPED = "skipped"


class Skip(Exception):
    """A check cannot be made here; its text says why."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that was measured or found."""

    name: str
    value: float | str
    unit: str = ""

    @property
    def words(self) -> str:
        """The same, for people."""
        value = self.value if isinstance(self.value, str) else f"{self.value:,.4g}"
        return f"{self.name} {value}{' ' if self.unit else ''}{self.unit}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found, and each thing that is not as it must be; none where it passed."""

    figures: tuple[Figure, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A check with its outcome."""

    check: str
    outcome: Outcome
    seconds: float
    said: str = ""
    """Why it was skipped or what is wrong; empty where it passed."""
    figures: tuple[Figure, ...] = ()


def result_of(check: str, found: Findings, seconds: float) -> Result:
    """Give the result of a check that ran to its end."""
    outcome = Outcome.FAIL if found.wrong else Outcome.PASS
    return Result(check, outcome, seconds, "; ".join(found.wrong), found.figures)


def table(results: Sequence[Result]) -> str:
    """Give the table: a line for each check, its figures and what is wrong below it."""
    width = max((len(one.check) for one in results), default=5)
    lines = [f"{'check':<{width}}  {'result':<7}  {'seconds':>7}  figures"]
    indent = " " * (width + 20)
    for one in results:
        told = [figure.words for figure in one.figures]
        words = [*([one.said] if one.said else []), *told] or [""]
        lines.append(f"{one.check:<{width}}  {one.outcome:<7}  {one.seconds:>7.1f}  {words[0]}".rstrip())
        lines += [f"{indent}{more}" for more in words[1:]]
    return "\n".join(lines)


def exit_status(results: Sequence[Result]) -> int:
    """Give 1 where a check failed, else 0: what was skipped is no failure."""
    return int(any(one.outcome is Outcome.FAIL for one in results))


def document(results: Sequence[Result], machine: Sequence[Figure], seconds: float) -> dict[str, object]:
    """Give what the JSON holds: the schema's number, the machine, every check."""
    return {
        "schema": SCHEMA,
        "machine": {figure.name: figure.value for figure in machine},
        "seconds": round(seconds, 1),
        "checks": [asdict(one) for one in results],
    }


def result_from(entry: dict[str, object]) -> Result:
    """Give a result back from its entry in the JSON."""
    figures = entry["figures"]
    assert isinstance(figures, list)  # noqa: S101 - we wrote it
    told = tuple(Figure(**figure) for figure in figures)
    check, seconds, said = str(entry["check"]), float(str(entry["seconds"])), str(entry["said"])
    return Result(check, Outcome(str(entry["outcome"])), seconds, said, told)
