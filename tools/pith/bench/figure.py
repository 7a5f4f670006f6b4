"""Figures: what was measured, beside a goal and beside what another needs. Of every figure less is better."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from pith import paths, process

RESULTS = paths.OUT / "bench" / "results.json"
MISSES = paths.ROOT / "bench" / "misses.json"   # goals that are known to be missed, each with the reason
INSTRUCTIONS, BLOCKS = "instructions", "blocks"


@dataclass(frozen=True)
class Figure:
    """One measured value, the goal it has, and what another system needs for the same; either may be missing.

    The value is missing if what it takes was not there, a network perhaps; then nobody knows whether the goal is met.
    """

    name: str
    value: float | None
    unit: str
    goal: float | None = None
    baseline: str | None = None
    baseline_value: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline_value if self.value is not None and self.baseline_value else None

    @property
    def met(self) -> bool | None:
        return None if self.goal is None or self.value is None else self.value <= self.goal


def goals_as_told(figures: Sequence[Figure], misses: Mapping[str, str]) -> Sequence[str]:
    """What is wrong with the goals: one is missed and nobody has said why, or is met though somebody said why it is not."""
    return [*(f"{figure.name}: {figure.value:,g} {figure.unit}, and the goal is {figure.goal:,g}"
              for figure in figures if figure.met is False and figure.name not in misses),
            *(f"{figure.name}: the goal is met, so {paths.shown(MISSES)} need not say any more why it is missed"
              for figure in figures if figure.met and figure.name in misses)]


def known_misses() -> dict[str, str]:
    return json.loads(MISSES.read_text())


# ---- For programs ----------------------------------------------------------------------------------------------

Row = dict[str, object]
Group = tuple[str, str]   # of which part, and how it was measured: "counted" or "timed"


def write(groups: Mapping[Group, Sequence[Figure]]) -> None:
    """Writes out/bench/results.json. What was not measured now stays as it was."""
    paths.made_directory(RESULTS.parent)
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    rows = [row for row in _written() if (row.get("part"), row.get("how")) not in groups]
    rows += [{"part": part, "how": how, "measured": now, **_row(figure)}
             for (part, how), figures in groups.items() for figure in figures]
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n")


def _row(figure: Figure) -> Row:
    return {"name": figure.name, "value": figure.value, "unit": figure.unit, "goal": figure.goal, "baseline": figure.baseline,
            "baseline_value": figure.baseline_value, "ratio": figure.ratio, "met": figure.met}


def _written() -> list[Row]:
    """Rows that do not say whose they are come from an older tool, and are dropped."""
    return [row for row in json.loads(RESULTS.read_text()) if "part" in row] if RESULTS.exists() else []


# ---- For people ------------------------------------------------------------------------------------------------


def show(figures: Sequence[Figure], misses: Mapping[str, str]) -> None:
    """Prints the table."""
    row = "{:40}{:>14}{:>14}  {:14}{:>14}{:>28}{:>8}"
    print(row.format("", "measured", "goal", "", "", "beside", "ratio"))
    for figure in figures:
        print(row.format(figure.name, "not measured" if figure.value is None else amount(figure.value), amount(figure.goal),
                         figure.unit, _verdict(figure, misses),
                         f"{figure.baseline or ''} {amount(figure.baseline_value)}",
                         "" if figure.ratio is None else f"{figure.ratio:.3g}").rstrip())
    process.say(f"the figures are in {paths.shown(RESULTS)}")


def _verdict(figure: Figure, misses: Mapping[str, str]) -> str:
    if figure.met is None:
        return ""
    return "met" if figure.met else "known miss" if figure.name in misses else "missed"


def amount(value: float | None) -> str:
    return "" if value is None else f"{value:,.{_decimals(value)}f}"


def _decimals(value: float) -> int:
    """Whole numbers have none, others enough for three digits that count."""
    if value == int(value) or value >= 100:
        return 0
    return 1 if value >= 10 else 2
