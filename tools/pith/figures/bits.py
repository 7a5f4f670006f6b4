"""Layouts of bits, drawn from what the kernel's own types say of themselves (book/layouts).

What a field is for stands here; where it stands does not. A field that has no words here, or words without a field, fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pith.errors import PithError
from pith.figures import layouts
from pith.figures.figure import Figure, drawn
from pith.figures.svg import SMALL, Drawing, width_of

WIDTH, LEFT, INNER = 656, 8, 640
TINY, HEIGHT = 9.5, 28


@dataclass(frozen=True)
class Words:
    """What is said of a field, or of bits that are no field: briefly in its box, and in a sentence below."""

    short: str
    sentence: str = ""
    colour: str = "ground"
    value: int | None = None     # what always stands there
    is_in_place: bool = False    # bit n of the value is bit n of the word: an address in an entry
    by_bit: tuple[tuple[int, str], ...] = ()   # what stands in the box of this bit, where pieces have names of their own


@dataclass(frozen=True)
class Word:
    """A word as it is drawn: which, what is said of its fields, and of the bits between them, from (high, low)."""

    key: str
    title: str
    fields: dict[str, Words]
    between: dict[tuple[int, int], Words] = field(default_factory=dict)
    rows: tuple[tuple[int, int], ...] = ((63, 32), (31, 0))
    has_legend: bool = True


@dataclass(frozen=True)
class Piece:
    """Bits in a row that mean one thing; `part` says which bits of the field, where it is in several pieces."""

    high: int
    low: int
    words: Words
    part: str = ""

    @property
    def text(self) -> str:
        return dict(self.words.by_bit).get(self.low) or f"{self.words.short} {self.part}".strip()


# ---- From layouts to pieces --------------------------------------------------------------------------------


def pieces_of(word: Word, layout: dict[str, Any]) -> list[Piece]:
    """All bits of the word, highest first. PithError if words and layout do not fit."""
    if word.fields.keys() != layout["fields"].keys():
        raise PithError(f"{word.key}: the type has {', '.join(layout['fields'])}, and the figure {', '.join(word.fields)}")
    ends = {low for _, low in word.rows}
    found = [piece for name, bits in layout["fields"].items() for piece in _runs(bits, word.fields[name], ends)]
    _check_between(word, layout)
    return sorted(found + [Piece(*bits, words) for bits, words in word.between.items()], key=lambda piece: -piece.high)


def _runs(bits: Sequence[int], words: Words, ends: set[int]) -> list[Piece]:
    """The pieces of a field: bits that follow each other in the value and in a row of the word."""
    runs: list[list[int]] = []
    for number, bit in enumerate(bits):
        if runs and bit == bits[number - 1] + 1 and bit not in ends:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    numbers = bits if words.is_in_place else range(len(bits))
    is_cut = 1 < len(runs) < len(bits)
    return [Piece(bits[last], bits[first], words, _range(numbers[last], numbers[first]) if is_cut else "")
            for first, last in runs]


def _check_between(word: Word, layout: dict[str, Any]) -> None:
    """The words for what lies between the fields must cover that, and no more, and say truly what always stands there."""
    fields = {bit for bits in layout["fields"].values() for bit in bits}
    covered = [bit for high, low in word.between for bit in range(low, high + 1)]
    if sorted(covered) != [bit for bit in range(layout["bits"]) if bit not in fields]:
        wrong = sorted(set(covered) ^ (set(range(layout["bits"])) - fields))
        raise PithError(f"{word.key}: there are no words, or too many, for the bits {wrong or covered}")
    for (high, low), words in word.between.items():
        value = sum((bit in layout["always"]) << bit - low for bit in range(low, high + 1))
        if words.value is not None and words.value != value:
            raise PithError(f"{word.key}: in bits {high} to {low} always stands {value:#b}, not {words.value:#b}")


# ---- Drawing -----------------------------------------------------------------------------------------------


def draw_word(drawing: Drawing, word: Word, layout: dict[str, Any], top: float) -> float:
    """The word, its rows below each other, and its legend; returns where that ends."""
    pieces = pieces_of(word, layout)
    drawing.text(LEFT, top + 12, word.title, bold=True)
    y = top + 22
    for high, low in word.rows:
        inside = [piece for piece in pieces if low <= piece.low and piece.high <= high]
        if sum(piece.high - piece.low + 1 for piece in inside) != high - low + 1:
            raise PithError(f"{word.key}: a field reaches over the end of the row {high}–{low}")
        cell = INNER / (high - low + 1)
        for piece in inside:
            _draw_piece(drawing, piece, LEFT + (high - piece.high) * cell, y, (piece.high - piece.low + 1) * cell)
        y += HEIGHT + 22
    return _draw_legend(drawing, pieces, y - 2) if word.has_legend else y - 6


def _draw_piece(drawing: Drawing, piece: Piece, x: float, y: float, width: float) -> None:
    if piece.high == piece.low:
        drawing.text(x + width / 2, y + 8, str(piece.high), anchor="middle", size=TINY, muted=True)
    else:
        drawing.text(x + 1, y + 8, str(piece.high), size=TINY, muted=True)
        drawing.text(x + width - 1, y + 8, str(piece.low), anchor="end", size=TINY, muted=True)
    box = drawing.box(x, y + 12, width, HEIGHT, piece.words.colour, radius=0)
    text, size = piece.text, 12.0
    while width_of(text, size) > width - 2 and size > 8:
        size -= 0.5
    drawing.label(box, text, size=size)


def _draw_legend(drawing: Drawing, pieces: Sequence[Piece], y: float) -> float:
    done: list[Words] = []
    for piece in pieces:
        if piece.words.sentence and piece.words not in done:
            done.append(piece.words)
            drawing.box(LEFT, y + 3, 12, 12, piece.words.colour)
            name = drawing.text(LEFT + 20, y + 13, piece.words.short, size=12, bold=True)
            bits = drawing.text(max(LEFT + 78, name.right + 8), y + 13, _ranges(pieces, piece.words), size=SMALL, muted=True)
            text_x = max(LEFT + 132, bits.right + 8)
            y = drawing.paragraph(text_x, y + 13, piece.words.sentence, WIDTH - text_x - 4, size=12) - 12
    return y + 6


def _range(high: int, low: int) -> str:
    return str(high) if high == low else f"{high}–{low}"


def _ranges(pieces: Sequence[Piece], words: Words) -> str:
    """All bits that these words are for; what goes on in the next row is one range."""
    ranges: list[list[int]] = []
    for piece in pieces:
        if piece.words == words:
            if ranges and ranges[-1][1] == piece.high + 1:
                ranges[-1][1] = piece.low
            else:
                ranges.append([piece.high, piece.low])
    return ", ".join(_range(high, low) for high, low in ranges)


def _described(word: Word, layout: dict[str, Any]) -> str:
    return "; ".join(f"{_range(piece.high, piece.low)}: {piece.text}" for piece in pieces_of(word, layout))


def draw_words(name: str, title: str, words: Sequence[Word], told: dict[str, Any]) -> Drawing:
    description = " ".join(f"{word.title}, bits from the highest down: {_described(word, told[word.key])}." for word in words)
    drawing = Drawing(name, title, description, WIDTH)
    top = 6.0
    for word in words:
        top = draw_word(drawing, word, told[word.key], top) + 12
    return drawing


# ---- What is said of the fields -------------------------------------------------------------------------------

ZERO = Words("0", "", "none", 0)

GATE = Word("gate", "A gate: 128 bits for each vector", {
    "entry": Words("entry", "where the processor goes on", "a"),
    "stack": Words("stack", "a stack of the task state (IST), from 1; 0: the stack stays", "b"),
    "privilege": Words("DPL", "who may ask for it by int n: 0 the kernel alone, 3 everybody", "d"),
    "present": Words("P", "present: the gate leads somewhere", "c"),
}, {
    (31, 16): Words("selector", "always kernel_code, 8: the segment that CS gets", "none", 8),
    (39, 35): ZERO,
    (44, 40): Words("type", "always 01110: an interrupt gate, which switches interrupts off", "none", 0b01110),
    (127, 96): ZERO,
}, ((127, 96), (95, 64), (63, 32), (31, 0)))

CODE = Word("code_segment", "A code segment (the lower half is 0)", {
    "privilege": Words("DPL", "privilege: 0 the kernel, 3 programs", "d"),
    "only_code": Words("L, X", "only in code: X says that it is, L that it is 64-bit code", "b", by_bit=((53, "L"), (43, "X"))),
}, {
    (31, 0): ZERO, (39, 32): ZERO,
    (40, 40): Words("A", "accessed already: so the processor has no reason to write here", "none", 1),
    (41, 41): Words("R", "code may be read, too, and data be written (W)", "none", 1), (42, 42): ZERO,
    (44, 44): Words("S", "1: code or data", "none", 1), (47, 47): Words("P", "present", "c", 1), (52, 48): ZERO, (63, 54): ZERO,
}, ((63, 32),))

DATA = Word("data_segment", "A data segment", {
    "privilege": Words("DPL", "", "d"),
    "only_data": Words("B", "only in data: how wide a stack would be in 32-bit code", "b"),
}, {
    (31, 0): ZERO, (39, 32): ZERO, (40, 40): Words("A", "", "none", 1), (41, 41): Words("W", "", "none", 1), (43, 42): ZERO,
    (44, 44): Words("S", "", "none", 1), (47, 47): Words("P", "", "c", 1), (53, 48): ZERO, (63, 55): ZERO,
}, ((63, 32),), has_legend=False)

TASK_STATE_DESCRIPTOR = Word("task_state_descriptor", "The descriptor of the task state takes two places", {
    "base": Words("base", "where the task state lies", "a"),
    "limit": Words("limit", "its size, less one", "b"),
}, {
    (47, 40): Words("type", "always 1000 1001: present, and a task state that is not busy", "none", 0x89),
    (55, 52): ZERO, (127, 96): ZERO,
}, ((127, 96), (95, 64), (63, 32), (31, 0)))

SELECTOR = Word("selector", "A selector: 16 bits, as CS and SS hold", {
    "index": Words("index", "which place in the table of descriptors", "a"),
    "privilege": Words("RPL", "with which privilege; in CS: who runs", "d"),
}, {(2, 2): Words("TI", "0: the global table. Pith has no other", "none", 0)}, ((15, 0),))

PAGE_FAULT = Word("page_fault_error", "The error code of a page fault (bits 63 to 16 have no name yet)", {
    "present": Words("P", "the page is mapped: a right was missing. 0: no page is mapped there", "a"),
    "write": Words("W", "it was a write", "b"),
    "user": Words("U", "a program did it, in ring 3", "d"),
    "reserved_bit": Words("RSVD", "a reserved bit is set in an entry on the way", "e"),
    "instruction_fetch": Words("I/D", "an instruction was to be fetched", "c"),
    "protection_key": Words("PK", "a protection key forbids it", "none"),
    "shadow_stack": Words("SS", "it was an access to a shadow stack", "none"),
    "sgx": Words("SGX", "an enclave's rules forbid it", "none"),
}, {(14, 7): Words("no name yet"), (31, 16): Words("no name yet"), (63, 32): Words("no name yet")}, ((15, 0),))

_COMMON = {
    "present": Words("P", "present: the entry leads somewhere. 0: the processor ignores all other bits", "a"),
    "writable": Words("W", "may be written", "b"),
    "user": Words("U", "programs may use it, too", "d"),
    "write_through": Words("WT", "caching: with UC, uncached; alone, combined writes", "none"),
    "uncached": Words("UC", "caching: for devices", "none"),
    "accessed": Words("A", "accessed: set by the processor", "none"),
    "no_execute": Words("NX", "nothing is executed from there", "c"),
}
_OF_PAGES = {
    **_COMMON,
    "dirty": Words("D", "dirty: set by the processor when the page is written", "none"),
    "attribute_table": Words("PAT", "caching: the other half of the attribute table", "none"),
    "global": Words("G", "global: stays in the TLB when CR3 changes", "none"),
    "owned": Words("own", "Pith's own: the frame goes back when the page goes. The processor ignores it", "b"),
    "address": Words("address of the frame", "all of these bits, and zeros behind them", "a", is_in_place=True),
}
PAGE_ENTRY = Word("page_entry", "An entry that leads to a page of 4 KiB", _OF_PAGES,
                  {(11, 10): Words("free", "", "ground"), (62, 52): Words("free", "", "ground")})
LARGE_ENTRY = Word("large_page_entry", "An entry of level 2 that leads to a page of 2 MiB", {
    **_OF_PAGES, "large": Words("1", "bit 7: the entry leads to a page, and not to a table", "e"),
}, {(11, 10): Words("free"), (20, 13): Words("0", "", "none"), (62, 52): Words("free")}, has_legend=False)
TABLE_ENTRY = Word("table_entry", "An entry that leads to a table", {
    **_COMMON,
    "large": Words("0", "bit 7: 1 would make it a large page", "e"),
    "address": Words("address of the table", "", "a", is_in_place=True),
    "used": Words("used", "Pith's own: how many entries of that table are in use", "b"),
}, {(6, 6): Words("–"), (11, 8): Words("free"), (62, 62): Words("–")}, has_legend=False)

ADDRESS = Word("address", "A virtual address, cut into five", {
    "level_4": Words("level 4", "", "a"), "level_3": Words("level 3", "", "b"), "level_2": Words("level 2", "", "c"),
    "level_1": Words("level 1", "", "d"), "offset": Words("offset", "", "none"),
}, {(63, 48): Words("as bit 47")}, ((63, 0),), has_legend=False)


# ---- Figures with more than words ----------------------------------------------------------------------------


def draw_entry(told: dict[str, Any]) -> Drawing:
    words = (PAGE_ENTRY, LARGE_ENTRY, TABLE_ENTRY)
    drawing = draw_words("bits-entry", "An entry of a page table", words, told)
    y = drawing.bottom + 20
    for one, name in ((LARGE_ENTRY, "large"), (TABLE_ENTRY, "used")):
        words = one.fields[name]
        drawing.box(LEFT, y - 10, 12, 12, words.colour)
        drawing.text(LEFT + 20, y, {"large": "bit 7", "used": "used"}[name], size=12, bold=True)
        drawing.text(LEFT + 112, y, {"large": "1: the entry leads to a page; 0: to a table",
                                     "used": words.sentence}[name], size=12)
        y += 17
    return drawing


def draw_selector(told: dict[str, Any]) -> Drawing:
    drawing = draw_words("bits-selector", "A selector, and those that Pith has", (SELECTOR,), told)
    y = drawing.bottom + 24
    for name, raw in told["selectors"].items():
        index = layouts.field_of(raw, told["selector"]["fields"]["index"])
        privilege = layouts.field_of(raw, told["selector"]["fields"]["privilege"])
        drawing.text(LEFT, y, name, mono=True, size=12)
        drawing.text(LEFT + 120, y, f"{raw:#x}", mono=True, size=12)
        drawing.text(LEFT + 176, y, f"index {index}, privilege {privilege}", size=12)
        y += 17
    return drawing


def draw_address(told: dict[str, Any]) -> Drawing:
    drawing = draw_words("bits-address", "A virtual address, cut into five", (ADDRESS,), told)
    drawing.paragraph(LEFT, drawing.bottom + 20,
                      "Four times nine bits choose an entry of a table of 512 entries, from level 4 down to level 1; the last "
                      "twelve are the place in the page.", WIDTH - 16, size=12)
    return drawing


def draw_task_state(told: dict[str, Any]) -> Drawing:
    """The segment from its first byte down: what can be set, and what lies between."""
    layout = told["task_state"]
    size = layout["bits"] // 8
    of_stack = {number: name.replace("_", " ").replace("nmi", "NMI")
                for name, number in told["interrupt_stacks"].items()}
    drawing = Drawing("bits-task-state", "The task state segment", "", 480)
    fields = {bits[0] // 8: name for name, bits in layout["fields"].items()}
    edges = sorted({0, size, *fields, *(start + 8 for start in fields)})
    y, told_rows = 14.0, []
    for start, end in zip(edges, edges[1:]):
        name = fields.get(start, "")
        number = int(name.rsplit("_", 1)[1]) if name.startswith("interrupt") else 0
        colour = "b" if name and (number in of_stack or not number) else "none"
        text = {"": "not used by Pith" if end - start > 10 else "reserved",
                "kernel_stack": "stack for exceptions of programs"}.get(name, f"stack {number}: {of_stack.get(number, 'free')}")
        if end == size:
            text = "reserved; the last two bytes: 104, no ports for programs"
        box = drawing.box(70, y, 400, 22, colour, radius=0)
        drawing.label(box, text, size=12)
        drawing.text(62, y + 15, f"+{start}", anchor="end", mono=True, size=SMALL, muted=True)
        told_rows.append(f"+{start}: {text}")
        y += 22
    drawing.text(62, y + 15, f"+{size}", anchor="end", mono=True, size=SMALL, muted=True)
    drawing.description = "From the first byte: " + "; ".join(told_rows) + "."
    return drawing


def draw_stack(told: dict[str, Any]) -> Drawing:
    """What lies on the stack at an exception, highest address on top."""
    pushed_by = {"ss": "a", "rsp": "a", "rflags": "a", "cs": "a", "rip": "a", "error_code": "d", "vector_number": "b"}
    drawing = Drawing("stack-exception", "What lies on the stack at an exception", "From the highest address down: "
                      + ", ".join(f"{name.replace('_', ' ')} at +{offset}"
                                  for name, offset in sorted(told["frame"].items(), key=lambda item: -item[1])) + ".", 500)
    drawing.text(200, 16, "RSP before, rounded down to 16", anchor="middle", size=SMALL, muted=True)
    y = 24.0
    for name, offset in sorted(told["frame"].items(), key=lambda item: -item[1]):
        box = drawing.box(70, y, 260, 20, pushed_by.get(name, "c"), radius=0)
        drawing.label(box, name.replace("_number", "").replace("_", " "), size=12, mono="_" not in name)
        drawing.text(62, y + 14, f"+{offset}", anchor="end", mono=True, size=SMALL, muted=True)
        y += 20
    drawing.arrow((50, y + 12), (50, y + 1), (70, y + 1))
    drawing.text(58, y + 18, "RSP: the handler gets this address", size=SMALL, muted=True)
    for first, last, lines in (("ss", "rip", ("the processor", "pushes these")),
                               ("error_code", "error_code", ("the processor, or a 0",)),
                               ("vector_number", "vector_number", ("the stub",)),
                               ("rax", "r15", ("the entry code saves", "all general registers"))):
        _draw_brace(drawing, told["frame"], first, last, lines)
    return drawing


def _draw_brace(drawing: Drawing, frame: dict[str, int], first: str, last: str, lines: Sequence[str]) -> None:
    highest = max(frame.values())
    top, bottom = (24.0 + (highest - frame[name]) / 8 * 20 for name in (first, last))
    drawing.line((334, top + 3), (340, top + 3), (340, bottom + 17), (334, bottom + 17))
    for number, line in enumerate(lines):
        drawing.text(347, (top + bottom) / 2 + 14 + 14 * number - 7 * (len(lines) - 1), line, size=SMALL)


# ---- The figures -----------------------------------------------------------------------------------------------


def _words(name: str, summary: str, title: str, *words: Word) -> Figure:
    return _figure(name, summary, lambda told: draw_words(name, title, words, told))


def _figure(name: str, summary: str, draw) -> Figure:
    return drawn(name, summary, lambda: draw(layouts.told()), (layouts.PROGRAM, Path(__file__)), (layouts.TARGET,))


FIGURES = [
    _words("bits-gate", "An entry of the interrupt descriptor table, bit by bit.", "A gate", GATE),
    _words("bits-segment", "Descriptors of code, of data and of the task state, bit by bit.", "Segment descriptors", CODE, DATA,
           TASK_STATE_DESCRIPTOR),
    _figure("bits-selector", "A selector, bit by bit, and those that Pith has.", draw_selector),
    _words("bits-page-fault-code", "The error code of a page fault, bit by bit.", "A page fault's error code", PAGE_FAULT),
    _figure("bits-entry", "An entry of a page table, bit by bit: for a page, a large page, a table.", draw_entry),
    _figure("bits-address", "A virtual address, cut into four indices and an offset.", draw_address),
    _figure("stack-exception", "What lies on the stack when an exception has arrived.", draw_stack),
    _figure("bits-task-state", "The task state segment: where it holds which stack.", draw_task_state),
]
