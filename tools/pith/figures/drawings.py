"""Drawings of how things go: an interrupt's way, a task's states, and which exceptions together are a double fault."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pith import chapters, paths
from pith.errors import PithError
from pith.figures import live
from pith.figures.figure import drawn
from pith.figures.svg import SMALL, Box, Drawing, joined

SYSTEM = chapters.SYSTEM
VECTORS = paths.ROOT / "kernel" / "exceptions" / "vector.hpp"
EXECUTOR = paths.ROOT / "kernel" / "tasks" / "executor.hpp"


# ---- An interrupt's way ----------------------------------------------------------------------------------------


def draw_interrupt_path(told: dict[str, Any]) -> Drawing:
    """`told` is what the system answers to `interrupts --json`: the lines and vectors are those of the run."""
    devices = [source for source in told["sources"] if source["line"] is not None]
    inner = [source for source in told["sources"] if source["line"] is None]
    drawing = Drawing("interrupt-path", "An interrupt's way",
                      "From devices by lines to the I/O APIC, from there as a vector to the local APIC and the processor, which "
                      "calls the handler by its table. " + joined(
                          [f"The {one['name']} has line {one['line']} and vector {one['vector']}" for one in devices]) + ".", 640)
    for x, title in ((64, "device"), (232, "controller"), (403, "processor"), (570, "kernel")):
        drawing.text(x, 18, title, anchor="middle", bold=True)
    height = max(len(devices), 2) * 56
    controller = drawing.box(182, 36, 100, height, "d")
    drawing.label(controller, "I/O APIC,", "or the two", "8259s", size=12)
    processor = drawing.box(352, 36, 100, height + 62, "a")
    drawing.label(processor, "local APIC", "", "between two", "instructions,", "if the flag", "allows it", size=12)
    for number, one in enumerate(devices):
        y = 36 + number * 56 + 10
        box = drawing.box(8, y, 112, 34, "b")
        drawing.label(box, one["name"], size=12)
        drawing.arrow((box.right, box.centre), (controller.left, box.centre))
        drawing.text(151, box.centre - 6, f"line {one['line']}", anchor="middle", size=SMALL)
        drawing.arrow((controller.right, box.centre), (processor.left, box.centre))
        drawing.text(317, box.centre - 6, f"vector {one['vector']}", anchor="middle", size=SMALL)
        _draw_handler(drawing, processor, box.centre, one)
    y = 36 + height + 10
    clock = next((one for one in inner if one["name"] == "clock"), inner[0])
    alarm = drawing.box(8, y, 274, 34, "b")
    drawing.label(alarm, f"the local APIC's own timer: {clock['name']}", size=12)
    drawing.arrow((alarm.right, alarm.centre), (processor.left, alarm.centre))
    drawing.text(317, alarm.centre - 6, f"vector {clock['vector']}", anchor="middle", size=SMALL)
    _draw_handler(drawing, processor, alarm.centre, clock)
    return _draw_way_back(drawing, processor, 36 + height + 62)


def _draw_handler(drawing: Drawing, processor: Box, y: float, one: dict[str, Any]) -> None:
    drawing.arrow((processor.right, y), (504, y))
    drawing.text(478, y - 6, "gate", anchor="middle", size=SMALL)
    box = drawing.box(504, y - 17, 132, 34, "c")
    drawing.label(box, f"handler: {one['name']}", size=SMALL)


def _draw_way_back(drawing: Drawing, processor: Box, y: float) -> Drawing:
    drawing.arrow((570, y - 12), (570, y + 28), (processor.right - 50, y + 28), (processor.right - 50, y), dashed=True)
    drawing.text(636, y + 46, "the end of the interrupt, to the local APIC or the 8259s: until then nothing of its class comes",
                 size=SMALL, muted=True, anchor="end")
    return drawing


# ---- A task's states -------------------------------------------------------------------------------------------


def ends_in(source: str) -> list[str]:
    """The ways in which a task ends, as tasks/executor.hpp lists them."""
    found = re.search(r"enum class End : std::uint8_t \{ ([\w, ]+) \};", source)
    if found is None:
        raise PithError(f"{paths.shown(EXECUTOR)} does not list a task's ends")
    return found[1].split(", ")


def draw_task_states(ends: Sequence[str]) -> Drawing:
    if list(ends) != ["returned", "cancelled"]:
        raise PithError(f"a task ends by being {joined(ends)}; the figure task-states knows two ends")
    drawing = Drawing("task-states", "The states of a task",
                      "Spawned, a task is ready. The executor runs it. It waits at a co_await, and is ready again when somebody "
                      "wakes it; or it yields and is ready at once. It ends by returning, or by being cancelled from any state: "
                      "then its frame is destroyed.", 560)
    ready, running = _state(drawing, 60, 70, "ready", "c"), _state(drawing, 300, 70, "running", "a")
    waiting, returned = _state(drawing, 300, 190, "waiting", "b"), _state(drawing, 456, 130, "returned", "none", 96)
    cancelled = _state(drawing, 60, 270, "cancelled", "e")
    drawing.arrow((20, 40), (ready.middle, 40), (ready.middle, ready.top))
    drawing.text(24, 34, "spawn", size=12)
    drawing.arrow((ready.right, 84), (running.left, 84))
    drawing.text(240, 78, "its turn", anchor="middle", size=12)
    drawing.arrow((running.left, 102), (ready.right, 102))
    drawing.text(240, 118, "yield", anchor="middle", size=12)
    drawing.arrow((running.middle, running.bottom), (waiting.middle, waiting.top))
    drawing.text(running.middle - 8, 154, "co_await", anchor="end", size=12, mono=True)
    drawing.arrow((waiting.left, waiting.centre), (ready.middle + 30, waiting.centre), (ready.middle + 30, ready.bottom))
    drawing.text(290, waiting.centre - 8, "woken: an interrupt,", anchor="end", size=12)
    drawing.text(290, waiting.centre + 18, "a timer, another task", anchor="end", size=12)
    drawing.arrow((running.right, running.centre), (returned.middle, running.centre), (returned.middle, returned.top))
    drawing.text(running.right + 12, running.centre - 6, "co_return", size=12, mono=True)
    drawing.arrow((ready.middle - 30, ready.bottom), (ready.middle - 30, cancelled.top), dashed=True)
    drawing.arrow((waiting.middle, waiting.bottom), (waiting.middle, cancelled.centre), (cancelled.right, cancelled.centre),
                  dashed=True)
    drawing.text(200, cancelled.centre - 8, "cancelled: its frame is", size=12)
    drawing.text(200, cancelled.centre + 18, "destroyed where it waits", size=12)
    return drawing


def _state(drawing: Drawing, x: float, y: float, name: str, colour: str, width: float = 120) -> Box:
    box = drawing.box(x, y, width, 46, colour, radius=14)
    drawing.label(box, name, bold=True)
    return box


# ---- Which pairs are a double fault -----------------------------------------------------------------------------

# Intel SDM vol. 3A, "Interrupt 8 - Double Fault Exception": the classes, by the names of kernel/exceptions/vector.hpp.
CLASSES = {
    "contributory": ("divide_error", "invalid_tss", "segment_not_present", "stack_segment", "general_protection",
                     "control_protection"),
    "a page fault": ("page_fault", "virtualization"),
}
ALONE, DOUBLE, SHUTDOWN = "second alone", "double fault", "shutdown"
# First, and what comes of a second that is benign, contributory, or a page fault.
PAIRS = (("benign", (ALONE, ALONE, ALONE)), ("contributory", (ALONE, DOUBLE, ALONE)),
         ("a page fault", (ALONE, DOUBLE, DOUBLE)), ("a double fault", (ALONE, SHUTDOWN, SHUTDOWN)))


def vectors_in(source: str) -> dict[str, int]:
    """The vectors by their names, as kernel/exceptions/vector.hpp lists them."""
    body = re.search(r"enum class Vector : std::uint8_t \{(.*?)\};", source, re.DOTALL)
    return {name: int(number) for name, number in re.findall(r"(\w+) += (\d+),", body[1])} if body else {}


def draw_pairs(vectors: dict[str, int]) -> Drawing:
    missing = [name for names in CLASSES.values() for name in names if name not in vectors]
    if missing:
        raise PithError(f"{paths.shown(VECTORS)} has no {joined(missing)}: the figure double-fault-pairs is out of date")
    drawing = Drawing("double-fault-pairs", "Which pairs of exceptions make a double fault",
                      "Rows: what is being delivered. Columns: what strikes meanwhile. "
                      + " ".join(f"{first}: {', '.join(outcomes)}." for first, outcomes in PAIRS), 600)
    left, width, height = 140, 150, 40
    drawing.text(left + 1.5 * width, 18, "what strikes while the first is being delivered", anchor="middle", size=12)
    for column, name in enumerate(("benign", "contributory", "a page fault")):
        drawing.text(left + (column + 0.5) * width, 40, name, anchor="middle", bold=True)
    drawing.text(8, 40, "the first is", size=12)
    colours = {ALONE: "c", DOUBLE: "b", SHUTDOWN: "e"}
    for row, (first, outcomes) in enumerate(PAIRS):
        y = 50 + row * height
        drawing.text(left - 12, y + height / 2 + 5, first, anchor="end", bold=True)
        for column, outcome in enumerate(outcomes):
            box = drawing.box(left + column * width, y, width, height, colours[outcome], radius=0)
            drawing.label(box, outcome, bold=outcome != ALONE)
    y = 50 + len(PAIRS) * height + 24
    for name, members in CLASSES.items():
        text = ", ".join(f"{member.replace('_', ' ').replace('tss', 'TSS')} ({vectors[member]})" for member in members)
        drawing.text(8, y, name, bold=True, size=12)
        y = drawing.paragraph(left - 36, y, text, 480, size=12) + 5
    drawing.text(8, y, "benign", bold=True, size=12)
    drawing.text(left - 36, y, "all others, and all interrupts", size=12)
    drawing.text(8, y + 20, "In the state of shutdown a PC resets: the triple fault.", size=12, muted=True)
    return drawing


FIGURES = [
    drawn("interrupt-path", "An interrupt's way from the device to its handler, with the lines and vectors of a run.",
          lambda: draw_interrupt_path(live.answers(SYSTEM.elf, ("interrupts --json",))[0]),
          (SYSTEM.elf, Path(__file__)), (("kernel", SYSTEM.target),)),
    drawn("task-states", "The states of a task, and how it comes from one to the next.",
          lambda: draw_task_states(ends_in(EXECUTOR.read_text())), (EXECUTOR, Path(__file__))),
    drawn("double-fault-pairs", "Which pairs of exceptions make a double fault.",
          lambda: draw_pairs(vectors_in(VECTORS.read_text())), (VECTORS, Path(__file__))),
]
