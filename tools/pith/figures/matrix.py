"""The fault matrix: what came of each exception in each context, from the matrix's own results."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pith import paths, process
from pith.errors import PithError
from pith.figures.figure import drawn
from pith.figures.svg import Drawing

KERNEL = paths.OUT / "tests" / "faults.elf"
TABLE = paths.ROOT / "tests" / "faults" / "matrix.json"
RESULTS = paths.OUT / "test" / "fault-matrix.json"

COLOURS = {"returns": "c", "said": "c", "refused": "a", "panics": "b", "panics again": "d", "told": "d", "impossible": "ground"}
MEANING = {"returns": "the program goes on, every register as it was", "refused": "a program may not; it goes on",
           "said": "the kernel says what happened, and the program goes on", "panics": "one panic, told to its end",
           "panics again": "a panic inside a panic, in one line", "told": "said in the middle of a panic, which goes on",
           "impossible": "it cannot be raised there"}
FAILED = "!"
LEFT, CELL, ROW, WIDTH = 196, 15.6, 14, 640
SMALL, TINY = 10.5, 9


def results() -> dict[str, Any]:
    """What the matrix's last run gave; runs it if there is none, or if its kernel or table is younger. That takes minutes."""
    if not paths.is_current(RESULTS, (KERNEL, TABLE)):
        process.say("running the fault matrix: some minutes")
        process.run_step("the fault matrix",
                         [sys.executable, "-m", "pith.fault_matrix", "--kernel", str(KERNEL), "--table", str(TABLE),
                          "--output", str(RESULTS.with_suffix(".txt"))],
                         log="fault-matrix", extra_environment={"PYTHONPATH": str(paths.TOOLS)})
    return json.loads(RESULTS.read_text())


def mark(cell: dict[str, Any], letters: dict[str, str]) -> tuple[str, str]:
    """What stands in a cell, and its colour."""
    if cell["passed"] is False:
        return FAILED, "e"
    return letters[cell["outcome"]], COLOURS[cell["outcome"]]


def together(cells: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], int]]:
    """Cells of many vectors: one for each outcome, and how many they are. What failed comes first."""
    counts: dict[tuple[bool, str], int] = {}
    for cell in cells:
        key = (cell["passed"] is not False, cell["outcome"])
        counts[key] = counts.get(key, 0) + 1
    return [({"passed": passed, "outcome": outcome}, count) for (passed, outcome), count in
            sorted(counts.items(), key=lambda item: (item[0][0], -item[1]))]


def is_one_of_many(name: str) -> bool:
    return name.startswith("int_")


def draw(told: dict[str, Any]) -> Drawing:
    cells = {(cell["kind"], cell["context"]): cell for cell in told["cells"]}
    unknown = {cell["outcome"] for cell in told["cells"]} - COLOURS.keys()
    if unknown:
        raise PithError(f"the fault matrix has outcomes that the figure does not know: {', '.join(sorted(unknown))}")
    failed = sum(cell["passed"] is False for cell in told["cells"])
    passed = sum(cell["passed"] is True for cell in told["cells"])
    drawing = Drawing("fault-matrix", "The fault matrix",
                      f"Kinds of exceptions in rows, contexts in columns. {passed} cells came out as they should, "
                      f"{failed} failed, {len(cells) - passed - failed} are impossible.", WIDTH)
    top = _draw_columns(drawing, list(told["contexts"]), 10)
    for kind in told["kinds"]:
        if not is_one_of_many(kind["name"]):
            name = kind["name"] + (" *" if kind["bochs"] else "")
            drawing.text(LEFT - 6, top + 10.5, name, anchor="end", mono=True, size=SMALL)
            for number, context in enumerate(told["contexts"]):
                _draw_cell(drawing, *mark(cells[kind["name"], context], told["letters"]), number, top)
            top += ROW
    top = _draw_vectors(drawing, told, cells, top + 16)
    return _draw_legend(drawing, told, f"{passed} passed, {failed} failed", top)


def _draw_columns(drawing: Drawing, contexts: Sequence[str], top: float) -> float:
    for number in range(len(contexts)):
        drawing.text(LEFT + (number + 0.5) * CELL, top + 8, str(number + 1), anchor="middle", size=TINY, muted=True)
    return top + 14


def _draw_cell(drawing: Drawing, letter: str, colour: str, number: int, top: float, size: float = SMALL) -> None:
    box = drawing.box(LEFT + number * CELL, top, CELL, ROW, colour, radius=0, thick=0.6)
    drawing.text(box.middle, top + 10.5, letter, anchor="middle", size=size, bold=letter == FAILED)


def _draw_vectors(drawing: Drawing, told: dict[str, Any], cells: dict, top: float) -> float:
    """All vectors by `int n`: for each context how many came out how."""
    names = [kind["name"] for kind in told["kinds"] if is_one_of_many(kind["name"])]
    contexts = list(told["contexts"])
    rows = 0
    for number, context in enumerate(contexts):
        some = [cells[name, context] for name in names if (name, context) in cells]
        counted = together(some)
        rows = max(rows, len(counted))
        for row, (cell, count) in enumerate(counted):
            letter, colour = mark(cell, told["letters"])
            y = top + row * 2 * ROW
            box = drawing.box(LEFT + number * CELL, y, CELL, 2 * ROW, colour, radius=0, thick=0.6)
            drawing.text(box.middle, y + 11, letter, anchor="middle", size=SMALL)
            drawing.text(box.middle, y + 23, str(count), anchor="middle", size=8)
    drawing.text(LEFT - 6, top + 12, f"{len(names)} times int n:", anchor="end", size=SMALL)
    drawing.text(LEFT - 6, top + 25, "how many came out how", anchor="end", size=SMALL, muted=True)
    return top + rows * 2 * ROW


def _draw_legend(drawing: Drawing, told: dict[str, Any], counts: str, top: float) -> Drawing:
    y = top + 24
    for outcome, letter in told["letters"].items():
        box = drawing.box(8, y - 11, CELL, ROW, COLOURS[outcome], radius=0, thick=0.6)
        drawing.text(box.middle, y, letter, anchor="middle", size=SMALL)
        drawing.text(32, y, MEANING[outcome], size=SMALL)
        y += 17
    drawing.text(8, y + 2, f"{counts}; * raised in Bochs", size=SMALL, bold=True)
    y = top + 24
    for number, (name, what) in enumerate(told["contexts"].items(), 1):
        drawing.text(352, y, str(number), anchor="end", size=SMALL, muted=True)
        drawing.text(358, y, name.replace("_", " "), size=SMALL)
        y += 14.5
    return drawing


FIGURES = [drawn("fault-matrix", "What came of every exception in every context.", lambda: draw(results()),
                 (KERNEL, RESULTS, TABLE, Path(__file__)), (("kernel", "faults"),))]
