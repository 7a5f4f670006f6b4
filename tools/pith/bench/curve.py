"""A cost against an amount: how much it rises, and its plot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from pith.figures.svg import SMALL, Box, Drawing

WIDTH, HEIGHT, LEFT, RIGHT, TOP = 520, 240, 80, 40, 40


@dataclass(frozen=True)
class Curve:
    """Points (amount, cost), the amounts rising. The cost should be flat; if the curve is linear, that of one should be."""

    name: str
    what: str
    unit: str
    points: Sequence[tuple[float, float]]
    is_linear: bool = False

    def rise(self) -> float:
        """How many times more it costs at any amount than at any smaller one, at most: of what is linear, for each."""
        costs = [cost / amount if self.is_linear else cost for amount, cost in self.points]
        return max(cost / least for cost, least in zip(costs, accumulate(costs, min), strict=True))

    def drawing(self) -> Drawing:
        """Both axes are logarithmic: what is flat is level, and what is linear rises steadily."""
        title = f"{self.what}, instructions against {self.unit}"
        said = ", ".join(f"{cost:,.0f} at {amount:,g}" for amount, cost in self.points)
        drawing = Drawing(f"growth-{self.name}", title, f"{title}: {said}.", WIDTH)
        area = drawing.box(LEFT, TOP, WIDTH - LEFT - RIGHT, HEIGHT)
        places = self._places(area)
        drawing.text(8, TOP - 16, title, bold=True)
        for (amount, cost), (x, y) in zip(self.points, places, strict=True):
            drawing.text(x, area.bottom + 18, short(amount), anchor="middle", size=SMALL)
            drawing.text(x, y - 8, short(cost), anchor="middle", size=SMALL)
        drawing.line(*places, thick=2)
        return drawing

    def _scales(self) -> tuple[float, float, float, float]:
        """The logarithms at the edges: of the amounts, and of the costs, which have three powers of ten at least."""
        amounts, costs = zip(*self.points, strict=True)
        lowest, highest = math.log10(min(costs)), math.log10(max(costs))
        spare = max(3 - (highest - lowest), 0.5) / 2
        return math.log10(amounts[0]), math.log10(amounts[-1]), lowest - spare, highest + spare

    def _places(self, area: Box) -> list[tuple[float, float]]:
        first, last, lowest, highest = self._scales()
        margin = 30
        across, up = area.right - area.left - 2 * margin, area.bottom - area.top
        return [(area.left + margin + across * (math.log10(amount) - first) / (last - first),
                 area.bottom - up * (math.log10(cost) - lowest) / (highest - lowest)) for amount, cost in self.points]


def short(value: float) -> str:
    """Three digits of it."""
    for unit, name in ((1e6, " M"), (1e3, " k")):
        if value >= unit:
            return f"{value / unit:.3g}{name}"
    return f"{value:.3g}"
