"""./pith bench --check-counts: what costs more or fewer instructions than the tree says fails, until somebody says why.

bench/counts.json has a number for each count of the benchmark kernels, and beside it the reason for which it is what it
is. `--update-counts REASON` writes those that have changed. A change of that file without another reason is none (`unexplained`).
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import ModuleType
from typing import TypedDict

from pith import paths, process
from pith.bench import boot, console, exceptions, figure, growth, heap, interrupts, memory, sizes, starting, tasks
from pith.errors import PithError, UsageError
from pith.nearest import did_you_mean

FILE = paths.ROOT / "bench" / "counts.json"
TOLERATED = 3   # percent: what changes by no more, either way, is no news
PARTS: dict[str, ModuleType] = {"boot": boot, "console": console, "exceptions": exceptions, "growth": growth, "heap": heap,
                                "interrupts": interrupts, "memory": memory, "sizes": sizes, "starting": starting, "tasks": tasks}


class Known(TypedDict):
    count: int
    reason: str


Book = dict[str, dict[str, Known]]   # of each part, of each count
Measured = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Change:
    """A count that is not what the tree says. `before` or `now` is missing if it is new, or gone."""

    part: str
    name: str
    before: int | None
    now: int | None

    @property
    def is_news(self) -> bool:
        """Better is news as worse is: a count that nobody writes down gets lost again without a word."""
        return self.before is None or self.now is None or 100 * abs(self.now - self.before) > TOLERATED * self.before

    def __str__(self) -> str:
        before, now = ("" if count is None else f"{count:,}" for count in (self.before, self.now))
        return f"{self.part:12}{self.name:24}{before:>10}{now:>10}  {self._said()}"

    def _said(self) -> str:
        if self.before is None:
            return "is not in the tree"
        if self.now is None:
            return "was not measured"
        by = f" by {abs(self.now / self.before - 1):.1%}" if self.before else ""
        return ("worse" if self.now > self.before else "better") + by


def changes(book: Book, measured: Measured) -> Iterator[Change]:
    """What is not as the tree says, of the parts that were measured; all of it, however small."""
    for part, counts in measured.items():
        known = {name: entry["count"] for name, entry in book.get(part, {}).items()}
        for name in {**known, **counts}:
            if known.get(name) != counts.get(name):
                yield Change(part, name, known.get(name), counts.get(name))


def check(parts: Sequence[str]) -> int:
    """Compares; says what is worse or better, and what is wrong with the goals."""
    measured = {part: PARTS[part].KERNEL.once() for part in parts}
    news = [change for change in changes(read(), measured) if change.is_news]
    for change in news:
        print(change)
    if news:
        print('If it has to be so, or is welcome: ./pith bench --update-counts "REASON" writes the new counts, and the reason.')
    goals = _say_goals(measured)
    process.say(f"{sum(map(len, measured.values()))} counts were compared with {paths.shown(FILE)}")
    return 1 if news or goals else 0


def update(words: Sequence[str], reason: str) -> int:
    """Writes what has changed, and why: of all parts, or of those that are named. What has changed little stays, but for counts
    that are named themselves, PART/COUNT. Names may have * and ?.
    """
    if not reason.strip():
        raise PithError("an empty reason is none")
    for word in words:
        if not any(fnmatchcase(part, word.split("/")[0]) for part in PARTS):
            raise UsageError(f"no part is called {word.split('/')[0]} (there are {', '.join(PARTS)})")
    parts = [part for part in PARTS if not words or any(fnmatchcase(part, word.split("/")[0]) for word in words)]
    measured = {part: PARTS[part].KERNEL.once() for part in parts}
    book = read()
    for word in words:
        _must_name_a_count(word, measured, book)
    changed = [change for change in changes(book, measured) if any(_is_meant(change, word) for word in words or ["*"])]
    for change in changed:
        print(change)
        _write_down(book, change, reason.strip())
    FILE.write_text(json.dumps(book, indent=2, sort_keys=True) + "\n")
    process.say(f"{len(changed)} counts were written to {paths.shown(FILE)}")
    return 1 if _say_goals(measured) else 0


def _must_name_a_count(word: str, measured: Measured, book: Book) -> None:
    names = [f"{part}/{name}" for part in measured for name in {*measured[part], *book.get(part, {})}]
    if "/" in word and not any(fnmatchcase(name, word) for name in names):
        raise UsageError(f"no count is called {word}{did_you_mean(word, names)}")


def _is_meant(change: Change, word: str) -> bool:
    part, _, name = word.partition("/")
    return fnmatchcase(change.part, part) and (fnmatchcase(change.name, name) if name else change.is_news)


def _write_down(book: Book, change: Change, reason: str) -> None:
    entries = book.setdefault(change.part, {})
    if change.now is None:
        del entries[change.name]
    else:
        entries[change.name] = {"count": change.now, "reason": reason}


def _say_goals(measured: Measured) -> Sequence[str]:
    """What is wrong with the goals of these counts."""
    figures, complaints = [], []
    for part, counts in measured.items():
        try:
            figures += PARTS[part].figures(counts)
        except KeyError as missing:
            complaints.append(f"{part}: without the count {missing} there are no figures")
    complaints += figure.goals_as_told(figures, figure.known_misses())
    for complaint in complaints:
        print(complaint)
    return complaints


def read() -> Book:
    return json.loads(FILE.read_text()) if FILE.exists() else {}


# ---- Reasons ---------------------------------------------------------------------------------------------------


def unexplained(before: Book, now: Book) -> list[Change]:
    """What changed from one state of the tree to another, its reason being the old one."""
    counts = {part: {name: entry["count"] for name, entry in entries.items()} for part, entries in now.items()}
    return [change for change in changes(before, counts)
            if change.is_news and change.before is not None and change.now is not None
            and now[change.part][change.name]["reason"] == before[change.part][change.name]["reason"]]


def earlier_books() -> list[Book]:
    """As last committed; as before the last commit that changed it; and where this branch left the main one. None if there is no
    history here: in a clone that has one commit only, the book as committed is no earlier one.
    """
    head, left, file = _git("rev-parse", "HEAD"), _git("merge-base", "HEAD", "origin/main"), str(FILE.relative_to(paths.ROOT))
    changes = (_git("log", "-2", "--format=%H", "--", file) or "").split()
    commits = [*changes[1:], *([left] if left and left != head else [])]
    told = [_git("show", f"{commit}:{file}") for commit in (["HEAD", *commits] if commits else [])]
    return [json.loads(text) for text in told if text]


def _git(*words: str) -> str | None:
    try:
        ran = subprocess.run(["git", "-C", paths.ROOT, *words], capture_output=True, text=True)
    except OSError:
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None
