"""The main job on the bundled pages: reads them, holds them against their ground truth, and shows both in one table.

python examples/demo.py [OPTION ...]      options are handed to `htrkit run`
"""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parent / "demo-out"
FORMATS = "txt,page,alto,hocr,csv"
WORST = 0.15
"""The CER that no example page may have more of."""


def main() -> int:
    """Read, evaluate, show; the exit code is that of the first command that fails."""
    if (OUT / ".htrkit").is_dir():
        shutil.rmtree(OUT)
    run = [sys.executable, "-m", "htrkit", "run", str(HERE / "pages"), "-o", str(OUT), "-f", FORMATS]
    say(f"$ htrkit run examples/pages -o {OUT.name} -f {FORMATS} {' '.join(sys.argv[1:])}".rstrip())
    seconds: dict[str, float] = {}
    start = time.monotonic()
    with subprocess.Popen([*run, "--progress", "json", *sys.argv[1:]], stderr=subprocess.PIPE, text=True) as going:
        for line in going.stderr or ():
            hear(line, seconds)
    if going.returncode:
        return going.returncode
    took = time.monotonic() - start
    say("$ htrkit evaluate demo-out --truth examples/truth --json")
    evaluate = [sys.executable, "-m", "htrkit", "evaluate", str(OUT), "--truth", str(HERE / "truth"), "--json"]
    measured = subprocess.run(evaluate, stdout=subprocess.PIPE, text=True, check=True)
    return show(json.loads(measured.stdout), seconds, took)


def hear(line: str, seconds: dict[str, float]) -> None:
    """Tell of each page as it ends; what is no event is passed on."""
    try:
        event = json.loads(line)
    except ValueError:
        say(line.rstrip())
        return
    match event["event"]:
        case "RunStarted":
            say(f"  {event['pages']} pages, about a quarter of a minute each on two cores")
        case "PageDone":
            seconds[event["key"]] = event["seconds"]
            say(f"  {event['key']}: {event['lines']} lines, {event['seconds']:.1f} s")
        case "PageFailed":
            say(f"  {event['key']}: failed: {event['message']}")


def show(measured: dict, seconds: dict[str, float], took: float) -> int:
    """Print the table, the sums and where the outputs lie; 1 where a page is read worse than promised."""
    say(f"\n{'page':<20}{'lines':>6}{'confidence':>12}{'seconds':>9}{'CER':>8}")
    for page in measured["pages"]:
        record = json.loads((OUT / "json" / f"{page['key']}.json").read_text(encoding="utf-8"))
        lines = record["layout"]["lines"]
        told = [(line["confidence"], len(line["text"])) for line in lines if line["confidence"] is not None]
        sure = sum(value * weight for value, weight in told) / max(sum(weight for _, weight in told), 1)
        name = record["image"]["name"]
        say(f"{name:<20}{len(lines):>6}{sure:>11.1%}{seconds[page['key']]:>9.1f}{page['cer']:>8.1%}")
    say(f"\nCER over all pages {measured['cer']:.1%}, WER {measured['wer']:.1%}, read in {took:.0f} s")
    say(f"outputs: {OUT}/ (txt, page, alto, hocr, json, lines.csv, pages.csv)")
    worst = max(page["cer"] for page in measured["pages"])
    if worst > WORST:
        say(f"a page has {worst:.1%} CER, and no example may have more than {WORST:.0%}")
    return int(worst > WORST)


def say(text: str) -> None:
    """Print, without waiting for a full buffer."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
