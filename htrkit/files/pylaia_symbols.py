"""PyLaia's list of symbols, `syms.txt`, apart from its networks: what goes with it is checked before any is loaded."""

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.files.pylaia_folder import PylaiaFiles


def read_symbols(files: PylaiaFiles) -> tuple[str, ...]:
    """Give the symbols by number, as the file lists them: `symbol number`, 0 for the blank; raises PreflightRefused."""
    numbered: dict[int, str] = {}
    try:
        # Not `splitlines`: separators of lines and paragraphs are symbols of some.
        for line in files.symbols.read_text(encoding="utf-8-sig").split("\n"):
            symbol, _, number = line.rstrip().rpartition(" ")
            if line.strip():
                numbered[int(number)] = symbol.strip() or symbol
    except (OSError, ValueError) as error:
        raise PreflightRefused(
            f"{shown(files.symbols)}: is no list of symbols ({error}).",
            mend="Each line is a symbol, a space and its number, as PyLaia writes them.",
        ) from error
    if sorted(numbered) != list(range(len(numbered))):
        raise PreflightRefused(
            f"{shown(files.symbols)}: its numbers do not run from 0 without a gap.",
            mend="Give the syms.txt that the model was trained with.",
        )
    return tuple(numbered[number] for number in range(len(numbered)))
