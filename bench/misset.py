"""What `htrkit validate` says of every seeded mis-set-up: `python bench/misset.py` from the repository's folder."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.fakes.misset import MISSET, MisSet, Place, words_of


def said_of(misset: MisSet, place: Place) -> str:
    """Plant the mis-set-up and give what is said to people."""
    for number in (1, 2, 3):
        place.scan(f"{number}.png")
    misset.plant(place)
    words = [sys.executable, "-m", "htrkit", "validate", *words_of(misset, place), "--no-try-page"]
    environment = {**os.environ, **place.environment, "NO_COLOR": "1"}
    ended = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    said = "\n".join(line for line in ended.stderr.splitlines() if "No model was given" not in line)
    return f"{said}\nexit {ended.returncode}".replace(str(place.folder), "…")


def main() -> None:
    """Print the list."""
    for number, misset in enumerate(MISSET, 1):
        with tempfile.TemporaryDirectory() as folder:
            sys.stdout.write(f"{number}. {misset.name}: {' '.join(misset.words)}\n")
            said = said_of(misset, Place(Path(folder)))
            sys.stdout.write("".join(f"   {line}\n" for line in said.splitlines()) + "\n")


if __name__ == "__main__":
    main()
