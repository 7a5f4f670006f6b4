"""Runs the fault matrix: `python3 -m pith.fault_matrix --kernel ELF --table FILE [--only PATTERN] [--jobs 2]`.

The table (tests/faults/matrix.json) says what has to come of each kind of exception in each context. Each cell is
a machine of its own, in which the kernel raises that kind there (tests/faults/). What the kernel cannot raise
itself it asks for on its serial line (INJECT …), and gets through QEMU's monitor. What QEMU never raises is raised in
Bochs. A machine that resets has failed.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pith import bochs, paths, transcript
from pith.errors import PithError, reports_errors
from pith.qemu import Machine
from pith.qmp import MonitorClosed
from pith.session import Session

VECTORS, DOUBLE_FAULT, FIRST_INTERRUPT = 256, 8, 32
PASSED, FAILED, PANICKED = 0x10, 0x11, 0x12
STATUS_OF = {"returns": PASSED, "refused": PASSED, "said": PASSED, "panics": PANICKED, "panics again": PANICKED, "told": PANICKED}

# Bank 1 reports an uncorrected error (valid, uncorrected, enabled). MCG_STATUS: a check is in progress (4), and
# the program can go on (1).
BAD_BANK = "mce 0 1 0xb400000000000000"
COMMAND_OF = {"nmi": "nmi", "mce": f"{BAD_BANK} 0x5 0x1000 0x0", "mce-fatal": f"{BAD_BANK} 0x4 0x1000 0x0"}

CELL_SECONDS = 60
MOST_SHOWN = 20   # failed machines of which all output is shown
LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Kind:
    """A row: one way to raise an exception."""

    name: str
    vector: int
    how: str
    nature: str = ""
    stack: str = ""
    default: str = ""
    user: str = ""                     # "refused": ring 3 may not raise it
    text: tuple[str, ...] = ()
    user_text: tuple[str, ...] = ()    # where ring 3 makes a difference
    impossible: str = ""
    bochs: str = ""                    # why it is raised in Bochs; empty: QEMU does
    only_user: str = ""                # why only ring 3 can raise it; empty: any ring can
    place: str = ""                    # what a panic names it; empty: its place in kinds.S


@dataclass(frozen=True)
class Cell:
    """What has to come of a kind in a context: an outcome, with these texts on the serial line."""

    kind: Kind
    context: str
    outcome: str
    says: tuple[str, ...] = ()
    why: str = ""
    lacks: tuple[str, ...] = ()
    place: str = ""                    # where a panic has to say that it was raised; empty: somewhere else

    @property
    def name(self) -> str:
        return f"{self.kind.name}/{self.context}"


@dataclass
class Table:
    """The whole table, read and checked."""

    letters: dict[str, str]
    what: dict[str, str]               # contexts, and what they are
    kinds: list[Kind]
    cells: list[Cell] = field(default_factory=list)


# ---- Reading the table -----------------------------------------------------------------------------------------


def read(path: Path) -> Table:
    """Reads the table, and where the kinds' code stands; raises PithError if it is wrong."""
    return parse(json.loads(path.read_text()), places(path.with_name("kinds.S")))


def places(source: Path) -> dict[str, str]:
    """Where each kind's instruction stands, as a backtrace says it; `int_` stands for all `int n`."""
    file = source.resolve().relative_to(paths.ROOT)
    found: dict[str, str] = {}
    for number, line in enumerate(source.read_text().splitlines(), 1):
        if match := re.match(r" +(?:simple|injected) (\w+),", line):
            found[match[1]] = f"kind_{match[1]}  {file}:{number}"
        elif match := re.match(r" +at (\w+)$", line):
            found[match[1]] = f"kind_{match[1]}  {file}:{number + 1}"
        elif ".rept 256" in line:
            found["int_"] = f"int_stubs  {file}:{number}"
    return found


def parse(data: dict[str, Any], known_places: dict[str, str]) -> Table:
    letters = {outcome: text.partition(":")[0] for outcome, text in data["outcomes"].items()}
    kinds = [Kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})
             for entry in data["kinds"]]
    vectors = _vector_kinds(data["vectors"])
    kinds, vectors = ([replace(kind, place=kind.place or known_places.get(re.sub(r"^int_\d+$", "int_", kind.name), ""))
                       for kind in some] for some in (kinds, vectors))
    contexts = {context["name"]: context for context in data["contexts"]}
    table = Table(letters, {name: context["what"] for name, context in contexts.items()}, [*kinds, *vectors])
    _must_be_unique([kind.name for kind in table.kinds])
    rows = [(kind, context) for kind in kinds for context in contexts.values()]
    rows += [(kind, contexts[name]) for kind in vectors for name in data["vectors"]["contexts"]]
    table.cells = [_cell(kind, context, data["cells"]) for kind, context in rows]
    for cell in table.cells:
        if cell.outcome not in letters:
            raise PithError(f"{cell.name}: '{cell.outcome}' is not an outcome")
        if cell.outcome == "impossible" and not cell.why:
            raise PithError(f"{cell.name}: why is it impossible?")
    return table


def _vector_kinds(vectors: dict[str, Any]) -> list[Kind]:
    return [_vector_kind(number, vectors) for number in range(VECTORS)]


def _vector_kind(number: int, vectors: dict[str, Any]) -> Kind:
    is_interrupt = number >= FIRST_INTERRUPT
    text = ((f"interrupt {number}, which nobody handles",) if is_interrupt
            else (vectors["names"][number], f"exception {number}"))
    return Kind(f"int_{number}", number, f"int {number}",
                nature="abort" if number == DOUBLE_FAULT else "trap",
                stack="ist" if number in vectors["ist"] else "current",
                default="goes on" if is_interrupt or number in vectors["goes_on"] else "panics",
                user="" if number in vectors["for_users"] else "refused",
                text=text)


def _must_be_unique(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise PithError(f"there are two kinds '{name}'")


def _cell(kind: Kind, context: dict[str, Any], exceptions: Iterable[dict[str, Any]]) -> Cell:
    if why := kind.impossible or ("" if context["name"].startswith("user") else kind.only_user):
        return Cell(kind, context["name"], "impossible", why=why)
    for rule in [entry for entry in exceptions
                 if kind.name in entry["kinds"] and context["name"] in entry["contexts"]] + context["rules"]:
        if all(getattr(kind, name) == value for name, value in rule.get("when", {}).items()):
            return Cell(kind, context["name"], rule["outcome"], _texts(rule.get("says", ()), kind),
                        rule.get("why", ""), tuple(rule.get("lacks", ())), "" if rule.get("elsewhere") else kind.place)
    raise PithError(f"{kind.name}/{context['name']}: no rule fits")


def _texts(templates: Iterable[str], kind: Kind) -> tuple[str, ...]:
    """{text} stands for all that explains the kind, {headline} for the first of that, {name} for its name.

    {user_text} is what explains it when it comes from ring 3.
    """
    texts: list[str] = []
    for template in templates:
        if template == "{text}":
            texts += kind.text
        elif template == "{user_text}":
            texts += kind.user_text or kind.text
        else:
            texts.append(template.replace("{headline}", kind.text[0]).replace("{name}", kind.name))
    return tuple(texts)


# ---- Running ---------------------------------------------------------------------------------------------------


class InjectingSession(Session):
    """A session that gives the kernel the exceptions that it asks for."""

    def inject(self, what: str) -> None:
        try:
            self._monitor.human(COMMAND_OF[what])
        except MonitorClosed:
            pass  # wait() tells


@dataclass
class Result:
    """What came of one machine."""

    status: int | None = None
    reason: str = ""
    lines: list[str] = field(default_factory=list)
    errors: str = ""


def run_kernel(kernel: Path, command_line: str) -> Result:
    """Runs the kernel to its end, or until it is clear that there is none."""
    machine = Machine(kernel=kernel, model="microvm", memory="64M", command_line=command_line, debug_exit=True)
    with tempfile.TemporaryDirectory(prefix="pith-fault-") as scratch:
        log = Path(scratch, "serial.log")
        result = Result()
        with InjectingSession(machine, f"file,path={log}") as session:
            _attend(session, log)
            status = session.exit_status()
            result.status = status >> 1 if status is not None and status > 0 and status % 2 else None
            result.reason, result.errors = session.shutdown_reason(), session.errors()
        result.lines = transcript.clean(log.read_bytes().decode(errors="replace"))
    return result


def run_in_bochs(kernel: Path, command_line: str) -> Result:
    """The same in Bochs, which has no exit status: the last line tells."""
    test = bochs.BochsTest(bochs.options_of([f"--kernel={kernel}", f"--append={command_line}"]))
    test.run()
    result = Result(lines=test.serial, errors="; ".join(test.failure))
    if not test.failure:
        result.status = status_in(test.serial)
    return result


def status_in(lines: Sequence[str]) -> int:
    """The status that a kernel has reported which printed this."""
    last = next((line for line in reversed(lines) if line), "")
    if not last.startswith("CELL "):
        return PANICKED
    return PASSED if last.endswith(" unchanged") else FAILED


def run_machine(kernel: Path, cells: Sequence[Cell]) -> Result:
    """Runs cells together, where they can be raised."""
    return (run_in_bochs if cells[0].kind.bochs else run_kernel)(kernel, command_line(cells))


def _attend(session: InjectingSession, log: Path) -> None:
    """Injects what is asked for, until the machine has ended."""
    done = 0
    deadline = time.monotonic() + CELL_SECONDS
    while session.wait(LOOK_SECONDS) and time.monotonic() < deadline:
        asked = re.findall(r"^INJECT (\S+)\r?\n", log.read_text(errors="replace"), re.MULTILINE)
        for what in asked[done:]:
            session.inject(what)
        done = len(asked)


def command_line(cells: Sequence[Cell]) -> str:
    """What the kernel is told; several cells at once are always `int n` of one context."""
    return f"kind={cells[0].kind.name if len(cells) == 1 else 'all'} context={cells[0].context}"


def boots(cells: Iterable[Cell]) -> list[list[Cell]]:
    """Which cells are run together: `int n` from which a context returns. All others are alone."""
    alone: list[list[Cell]] = []
    together: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.outcome == "impossible":
            continue
        if cell.kind.name.startswith("int_") and _comes_back(cell):
            together.setdefault(cell.context, []).append(cell)
        else:
            alone.append([cell])
    return [*together.values(), *alone]


def _comes_back(cell: Cell) -> bool:
    """Whether the kernel raises it among the others: `int 8` never, since it comes back from ring 3 only."""
    return STATUS_OF[cell.outcome] == PASSED and cell.kind.vector != DOUBLE_FAULT


def failures(cell: Cell, result: Result) -> list[str]:
    """What is wrong with how a cell went."""
    if result.reason == "guest-reset":
        return ["the machine reset (triple fault)"]
    if result.status is None:
        return [f"the kernel did not end within {CELL_SECONDS} seconds {result.errors}".rstrip()]
    wrong = [f"the output lacks '{text}'" for text in [*cell.says, *_always(cell)] if not _found(text, result.lines)]
    wrong += [f"the output has '{text}'" for text in _never(cell) if _found(text, result.lines)]
    wrong += _misplaced(cell, result.lines)
    wanted = STATUS_OF[cell.outcome]
    if result.status != wanted and not (wanted == PASSED and _another_has_failed(cell, result)):
        wrong.append(f"the kernel reported status {result.status:#x}, not {wanted:#x}")
    return wrong


def _another_has_failed(cell: Cell, result: Result) -> bool:
    """Whether the status is that of another cell in the same machine."""
    others = [line for line in result.lines if re.fullmatch(r"CELL \w+ changed", line)]
    return result.status == FAILED and bool(others) and f"CELL {cell.kind.name} changed" not in others


def _misplaced(cell: Cell, lines: Sequence[str]) -> list[str]:
    """What is wrong with where a panic says that it was, and with the registers that it shows."""
    headline = {"panics": "PANIC at ", "panics again": "PANIC inside a panic, at "}.get(cell.outcome)
    if not headline or not cell.place:
        return []
    wrong = []
    if not any(line.startswith(f"{headline}{cell.place.split()[-1]}: ") for line in lines):
        wrong.append(f"the panic is not at {cell.place.split()[-1]}")
    if cell.outcome == "panics":
        if not re.search(f"^Backtrace, innermost first:\n  {_innermost(cell.place)}$", "\n".join(lines), re.MULTILINE):
            wrong.append(f"the backtrace does not begin with {cell.place}")
        wrong += _wrong_registers(lines)
    return wrong


def _innermost(place: str) -> str:
    """A pattern of a backtrace's first line."""
    if place.startswith("0x"):
        return rf"{int(place, 16):016x}  \(no function known here\)"
    return f"[0-9a-f]{{16}}  {re.escape(place)}"


def _wrong_registers(lines: Sequence[str]) -> list[str]:
    """Which registers a panic does not show as the kernel filled them before it raised the last exception."""
    raised = [line for line in lines if line.startswith("RAISE ")]
    if not raised:
        return ["the kernel does not say what the registers held"]
    shown = dict(match.groups() for line in lines for match in re.finditer(r"\b(r\w\w?) +([0-9a-f]{16})\b", line))
    filled = dict(word.split("=") for word in raised[-1].split()[1:])
    return [f"{name} is shown as {shown.get(name)}, and was {value}"
            for name, value in filled.items() if shown.get(name) != value]


def _always(cell: Cell) -> list[str]:
    """What belongs to an outcome, whatever the cell."""
    return {"panics": ["PANIC at ", "The machine has stopped."], "told": ["PANIC at ", "The machine has stopped."],
            "panics again": ["PANIC at ", "PANIC inside a panic, at "]
            }.get(cell.outcome, [f"CELL {cell.kind.name} unchanged"])


def _never(cell: Cell) -> list[str]:
    return [*cell.lacks, *([] if cell.outcome == "panics again" else ["PANIC inside a panic"])]


def _found(text: str, lines: Sequence[str]) -> bool:
    return text in lines or any(text in line for line in lines)


def check_kernel(kernel: Path, table: Table) -> None:
    """The kernel and the table must mean the same; raises PithError if they do not."""
    lines = run_kernel(kernel, "list").lines
    theirs = {line for line in lines if line.startswith(("KIND ", "CONTEXT "))}
    ours = {f"KIND {kind.name} {kind.vector} {kind.nature}" for kind in table.kinds
            if not kind.impossible and not kind.name.startswith("int_")}
    ours |= {f"CONTEXT {name}" for name in table.what}
    if "END" not in lines or theirs != ours:
        raise PithError("the kernel and the table disagree:\n" + "\n".join(
            [*(f"  only the kernel has {line}" for line in sorted(theirs - ours)),
             *(f"  only the table has {line}" for line in sorted(ours - theirs))]))


# ---- Reporting -------------------------------------------------------------------------------------------------


def grid(table: Table, failed: set[str]) -> str:
    """The table as text: a row a kind, a column a context, and why a cell is impossible."""
    width = max(len(kind.name) for kind in table.kinds)
    letter = {(cell.kind.name, cell.context): "!" if cell.name in failed else table.letters[cell.outcome]
              for cell in table.cells}
    names = list(table.what)
    lines = [f"  {number:>2}  {name}: {table.what[name]}" for number, name in enumerate(names, 1)]
    header = " " * width + "".join(f" {number:>2}" for number in range(1, len(names) + 1))
    rows = [kind.name.ljust(width) + "".join(f"  {letter.get((kind.name, name), ' ')}" for name in names)
            for kind in table.kinds]
    legend = [f"  {mark}  {outcome}" for outcome, mark in table.letters.items()]
    return "\n".join(["The fault matrix", "", "Columns:", *lines, "", "Letters:", *legend, "  !  failed", "",
                      header, *(row.rstrip() for row in rows), "", *_reasons(table)]) + "\n"


def _reasons(table: Table) -> list[str]:
    """Why kinds are raised in Bochs, and why cells are impossible, each reason once a kind."""
    in_bochs = [f"  {kind.name}: {kind.bochs}" for kind in table.kinds if kind.bochs]
    reasons = dict.fromkeys((cell.kind.name, cell.why) for cell in table.cells if cell.outcome == "impossible")
    return [*(["In Bochs, not in QEMU:", *in_bochs, ""] if in_bochs else []),
            *(["Impossible:", *(f"  {name}: {why}" for name, why in reasons)] if reasons else [])]


def results(table: Table, failed: set[str]) -> str:
    """The same for programs, as JSON: the book's picture is drawn from it."""
    cells = [{"kind": cell.kind.name, "context": cell.context, "outcome": cell.outcome,
              "passed": None if cell.outcome == "impossible" else cell.name not in failed} for cell in table.cells]
    kinds = [{"name": kind.name, "vector": kind.vector, "how": kind.how, "bochs": bool(kind.bochs)} for kind in table.kinds]
    return json.dumps({"letters": table.letters, "contexts": table.what, "kinds": kinds, "cells": cells}, indent=1) + "\n"


class Report:
    """Counts, and says what failed as soon as it is known."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed: set[str] = set()
        self._shown = 0

    def add(self, cells: Sequence[Cell], result: Result) -> None:
        for cell in cells:
            if wrong := failures(cell, result):
                self.failed.add(cell.name)
                print(f"FAILED {cell.name} ({cell.outcome}): {'; '.join(wrong)}", flush=True)
            else:
                self.passed += 1
        if any(cell.name in self.failed for cell in cells) and self._shown < MOST_SHOWN:
            self._shown += 1
            print("".join(f"    {line}\n" for line in result.lines), end="", flush=True)


def run(kernel: Path, table: Table, cells: Sequence[Cell], jobs: int) -> Report:
    report = Report()
    waiting = boots(cells)
    with ThreadPoolExecutor(jobs) as pool:
        for together, result in zip(waiting, pool.map(lambda some: run_machine(kernel, some), waiting)):
            report.add(together, result)
    return report


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.fault_matrix", allow_abbrev=False)
    parser.add_argument("--kernel", type=Path, required=True, metavar="ELF")
    parser.add_argument("--table", type=Path, required=True, metavar="FILE")
    parser.add_argument("--only", default="", metavar="PATTERN", help="run only cells KIND/CONTEXT that match")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, metavar="FILE",
                        help="write the table, as it came out, here, and for programs beside it (.json)")
    options = parser.parse_args()
    return _main(options)


def _main(options: argparse.Namespace) -> int:
    table = read(options.table)
    check_kernel(options.kernel, table)
    cells = [cell for cell in table.cells if re.search(options.only, cell.name)]
    report = run(options.kernel, table, cells, options.jobs)
    if options.output and not options.only:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(grid(table, report.failed))
        options.output.with_suffix(".json").write_text(results(table, report.failed))
    impossible = sum(cell.outcome == "impossible" for cell in cells)
    print(f"fault matrix: {len(cells)} cells, {report.passed} passed, {len(report.failed)} failed, "
          f"{impossible} impossible")
    return 1 if report.failed or not cells else 0


if __name__ == "__main__":
    sys.exit(main())
