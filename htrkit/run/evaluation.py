"""A run held against its ground truth: CER, WER, the commonest confusions."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from rapidfuzz.distance import Levenshtein

from htrkit.core.line_matching import paired
from htrkit.core.measuring import Confusion, Counts, Evaluation, Folding, Matched, PageScore, Score, added
from htrkit.domain.errors import UsageProblem
from htrkit.domain.page import LayoutKind, PageRecord
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan_pages import page_order
from htrkit.run.tables import records
from htrkit.run.truth import Truth, TruthUnusable, truth_folder, truth_of

Confusions = Counter[tuple[str, str]]


def evaluated(out: OutFolder, truth: Path, folding: Folding, *, confusions: int = 20) -> Evaluation:
    """Compare every page that has a record with its truth; raises UsageProblem, RecordDamaged."""
    files = truth_folder(truth)
    keys = page_order(out)
    there = [key for key in keys if out.record(key).is_file()]
    scores, without, unusable = [], [], []
    seen: Confusions = Counter()
    for record in records(out, there):
        path = files.of(record)
        if path is None:
            without.append(record.key)
            continue
        try:
            scores.append(_page(record, truth_of(path, record), folding, seen))
        except TruthUnusable as error:
            unusable.append(str(error))
    if not scores:
        raise UsageProblem(
            f"{truth}: no truth in it belongs to a page of {out.path}.",
            mend="Name truth files as the pages, in the same folders or with stems of their own.",
        )
    unread = [key for key in keys if key not in set(there)]
    commonest = tuple(Confusion(true, read, times) for (true, read), times in _most(seen, confusions))
    return Evaluation(folding, scores, without, unread, unusable, commonest)


def _page(record: PageRecord, truth: Truth, folding: Folding, seen: Confusions) -> PageScore:
    parent = str(PurePosixPath(record.key).parent)
    folder = "" if parent == "." else parent
    by_lines = truth.layout is not None and record.lines and record.layout.origin.kind is not LayoutKind.WHOLE
    if not by_lines:
        read = "\n".join(line.text for line in record.lines)
        score = _score(folding.folded(truth.text), folding.folded(read), seen)
        return PageScore(record.key, folder, Matched.PAGE_TEXT, score)
    score = added(_score(true, read, seen) for true, read in _line_texts(record, truth, folding))
    return PageScore(record.key, folder, Matched.BASELINES, score)


def _line_texts(record: PageRecord, truth: Truth, folding: Folding) -> Iterator[tuple[str, str]]:
    lines = truth.layout.lines if truth.layout is not None else ()
    for pair in paired(lines, record.lines):
        true = pair.truth.given_text or "" if pair.truth is not None else ""
        yield folding.folded(true), folding.folded(" ".join(line.text for line in pair.read))


def _score(truth: str, read: str, seen: Confusions) -> Score:
    edits = Levenshtein.editops(truth, read)
    for edit in edits:
        true = truth[edit.src_pos] if edit.tag != "insert" else ""
        seen[true, read[edit.dest_pos] if edit.tag != "delete" else ""] += 1
    words, read_words = truth.split(), read.split()
    errors = Levenshtein.distance(words, read_words)
    return Score(Counts(len(edits), len(truth)), Counts(errors, len(words)))


def _most(seen: Confusions, number: int) -> list[tuple[tuple[str, str], int]]:
    """Give the commonest, and of those that are as common always the same."""
    return sorted(seen.items(), key=lambda one: (-one[1], one[0]))[:number]
