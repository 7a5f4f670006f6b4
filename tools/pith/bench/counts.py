"""./pith bench --check-counts: what costs more instructions than the tree says fails, until somebody says why.

bench/counts.json has a number for each count of the benchmark kernels, and beside it the reason for which it is what it
is. `--update-counts REASON` writes those that have changed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TypedDict

from pith import paths, process
from pith.bench import boot, console, exceptions, growth, heap, interrupts, memory, tasks
from pith.bench.figure import Figure
from pith.errors import PithError

FILE = paths.ROOT / "bench" / "counts.json"
TOLERATED = 3   # percent: what changes by no more, either way, is no news
PARTS: dict[str, ModuleType] = {"boot": boot, "console": console, "exceptions": exceptions, "growth": growth, "heap": heap,
                                "interrupts": interrupts, "memory": memory, "tasks": tasks}


class Known(TypedDict):
    count: int
    reason: str


Book = dict[str, dict[str, Known]]   # of each part, of each count


@dataclass(frozen=True)
class Change:
    """A count that is not what the tree says. `before` or `now` is missing if it is new, or gone."""

    part: str
    name: str
    before: int | None
    now: int | None

    @property
    def fails(self) -> bool:
        return self.before is None or self.now is None or 100 * self.now > (100 + TOLERATED) * self.before

    @property
    def is_news(self) -> bool:
        return self.fails or 100 * (self.now or 0) < (100 - TOLERATED) * (self.before or 0)

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


Measured = Mapping[str, Mapping[str, int]]


def measure(parts: Sequence[str]) -> tuple[Measured, list[Figure]]:
    """What the benchmark kernels count in one run each, and which goals they miss by that."""
    measured = {part: PARTS[part].KERNEL.once() for part in parts}
    return measured, [figure for part, counts in measured.items() for figure in PARTS[part].figures(counts)
                      if figure.met is False]


def changes(book: Book, measured: Measured) -> Iterator[Change]:
    """What is not as the tree says, of the parts that were measured; all of it, however small."""
    for part, counts in measured.items():
        known = {name: entry["count"] for name, entry in book.get(part, {}).items()}
        for name in {**known, **counts}:
            if known.get(name) != counts.get(name):
                yield Change(part, name, known.get(name), counts.get(name))


def check(parts: Sequence[str]) -> int:
    """Compares; says what is worse, and what is much better."""
    measured, missed = measure(parts)
    news = [change for change in changes(read(), measured) if change.is_news]
    for change in news:
        print(change)
    for figure in missed:
        print(f"{figure.name}: {figure.value:,g}, and the goal is {figure.goal:,g}")
    fails = any(change.fails for change in news)
    if fails:
        print('If it has to be so: ./pith bench --update-counts "REASON" writes the new counts, and the reason beside them.')
    elif news:
        print('That is welcome. ./pith bench --update-counts "REASON" keeps it from getting lost again.')
    process.say(f"{sum(map(len, measured.values()))} counts were compared with {paths.shown(FILE)}")
    return 1 if fails or missed else 0


def update(parts: Sequence[str], reason: str) -> int:
    """Writes what has changed, and why."""
    if not reason.strip():
        raise PithError("an empty reason is none")
    book = read()
    measured, _ = measure(parts)
    changed = list(changes(book, measured))
    for change in changed:
        print(change)
        entries = book.setdefault(change.part, {})
        if change.now is None:
            del entries[change.name]
        else:
            entries[change.name] = {"count": change.now, "reason": reason.strip()}
    FILE.write_text(json.dumps(book, indent=2, sort_keys=True) + "\n")
    process.say(f"{len(changed)} counts were written to {paths.shown(FILE)}")
    return 0


def read() -> Book:
    return json.loads(FILE.read_text()) if FILE.exists() else {}
