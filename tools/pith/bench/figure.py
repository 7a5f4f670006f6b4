"""Figures: what was measured, beside a goal and beside what another needs. Of every figure less is better."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pith import paths, process

RESULTS = paths.OUT / "bench" / "results.json"


@dataclass(frozen=True)
class Figure:
    """One measured value, the goal it has, and what another system needs for the same; either may be missing."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    baseline: str | None = None
    baseline_value: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline_value if self.baseline_value else None

    @property
    def met(self) -> bool | None:
        return None if self.goal is None else self.value <= self.goal


def write(figures: Sequence[Figure]) -> None:
    """Writes out/bench/results.json, for programs."""
    paths.made_directory(RESULTS.parent)
    rows = [{**asdict(figure), "ratio": figure.ratio, "met": figure.met} for figure in figures]
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n")


def show(figures: Sequence[Figure]) -> None:
    """Prints the table, for people."""
    row = "{:32}{:>16}{:>16}{:>28}{:>8}  {}"
    print(row.format("", "measured", "goal", "beside", "ratio", ""))
    for figure in figures:
        print(row.format(figure.name, _amount(figure.value, figure.unit), _amount(figure.goal, figure.unit),
                         f"{figure.baseline or ''} {_amount(figure.baseline_value, figure.unit)}",
                         "" if figure.ratio is None else f"{figure.ratio:.3g}",
                         {None: "", True: "met", False: "missed"}[figure.met]).rstrip())
    process.say(f"the figures are in {paths.shown(RESULTS)}")


def _amount(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,.{_decimals(value)}f} {unit}"


def _decimals(value: float) -> int:
    """Whole numbers have none, others enough for three digits that count."""
    if value == int(value) or value >= 100:
        return 0
    return 1 if value >= 10 else 2
