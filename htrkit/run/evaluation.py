"""A run held against its ground truth: CER, WER, the commonest confusions."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from rapidfuzz.distance import Levenshtein

from htrkit.core.line_matching import matched
from htrkit.core.measuring import Confusion, Counts, Evaluation, Folding, Matched, PageScore, Score, added
from htrkit.core.shown import shown
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
            f"{shown(truth)}: no truth in it belongs to a page of {shown(out.path)}.",
            mend="Name truth files as the pages, in the same folders or with stems of their own.",
        )
    unread = [key for key in keys if key not in set(there)]
    commonest = tuple(Confusion(true, read, times) for (true, read), times in _most(seen, confusions))
    return Evaluation(folding, scores, without, unread, unusable, commonest)


def _page(record: PageRecord, truth: Truth, folding: Folding, seen: Confusions) -> PageScore:
    parent = str(PurePosixPath(record.key).parent)
    folder = "" if parent == "." else parent
    if truth.layout is None or not _has_baselines(record):
        read = "\n".join(line.text for line in record.lines)
        score = _score(folding.folded(truth.text), folding.folded(read), seen)
        return PageScore(record.key, folder, Matched.PAGE_TEXT, score)
    score = added(_score(true, read, seen) for true, read in _line_texts(record, truth, folding))
    return PageScore(record.key, folder, Matched.BASELINES, score)


def _has_baselines(record: PageRecord) -> bool:
    whole = record.layout.origin.kind is LayoutKind.WHOLE
    return bool(record.lines) and not whole and all(line.baseline for line in record.lines)


def _line_texts(record: PageRecord, truth: Truth, folding: Folding) -> Iterator[tuple[str, str]]:
    lines = truth.layout.lines if truth.layout is not None else ()
    for match in matched(lines, record.lines):
        true, read = (line.given_text or "" for line in match.truth), (line.text for line in match.read)
        yield folding.folded(" ".join(true)), folding.folded(" ".join(read))


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
