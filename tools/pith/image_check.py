"""Checks of finished kernels: `python3 -m pith.image_check CHECK FILE…`; CTest calls it. Each says what it found.

    size                 stripped, it is no larger than Pith may be
    boot-headers         what boot loaders look for is there and right
    no-writable-code     no segment, and no section, is both written to and executed
    no-vector-registers  no instruction uses a vector or x87 register, or memory below the stack's top
    no-constructors      nothing has to run before the entry point
    constructor-is-refused  of a linker script: a program that needs a constructor does not link
    no-host-paths        nothing tells where it was built (for ISO images, too)
    symbols              the table for backtraces knows the functions it has to know
    traps                the layers that read what comes from outside stop where their behaviour would be undefined
"""

import argparse
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pith import iso, paths, symbols
from pith.errors import PithError

MOST_BYTES = 704 * 1024

MULTIBOOT2_MAGIC, MULTIBOOT2_SEARCHED, MULTIBOOT2_I386 = 0xE85250D6, 32 * 1024, 0
PVH_NOTE = struct.pack("<III4s", 4, 4, 18, b"Xen\0")    # and then the entry point's address

LOADED, NOTE = 1, 4                   # kinds of segments
EXECUTED, WRITTEN = 1, 2              # a segment's flags
SECTION_WRITTEN, SECTION_EXECUTED = 1, 4
NOT_IN_FILE = 8                       # the kind of a section like .bss

FUNCTIONS_TO_KNOW = ("kernel_main", "high_long_mode", "pith::console::panic_formatted", "memcpy")


@dataclass(frozen=True)
class Segment:
    """A program header of an ELF file."""

    kind: int
    flags: int
    offset: int
    address: int
    physical: int
    size: int


@dataclass(frozen=True)
class Section:
    """A section header of an ELF file, with its name."""

    name: str
    kind: int
    flags: int
    address: int
    offset: int
    size: int

    @property
    def is_code(self) -> bool:
        """Whether it has code, and in the file."""
        return bool(self.flags & SECTION_EXECUTED) and self.kind != NOT_IN_FILE


class Elf:
    """An ELF file of 64 bits, read."""

    def __init__(self, path: Path) -> None:
        self.path, self.bytes = path, path.read_bytes()
        self.segments = list(self._segments())
        self.sections = list(self._sections())

    def section(self, name: str) -> Section | None:
        return next((section for section in self.sections if section.name == name), None)

    def content(self, part: Segment | Section) -> bytes:
        return self.bytes[part.offset:part.offset + part.size]

    def code_at(self, address: int, size: int) -> bytes:
        """So many bytes of code from there on; fewer where the section ends, none where there is no code in the file."""
        for section in self.sections:
            if section.is_code and section.address <= address < section.address + section.size:
                return self.content(section)[address - section.address:][:size]
        return b""

    def _segments(self) -> Iterator[Segment]:
        for header in self._headers(32, 54, "<IIQQQQQQ"):
            yield Segment(*header[:5], header[5])

    def _sections(self) -> Iterator[Section]:
        headers = list(self._headers(40, 58, "<IIQQQQIIQQ"))
        (names_index,) = struct.unpack_from("<H", self.bytes, 62)
        names = headers[names_index][4] if headers else 0
        for name, kind, flags, address, offset, size, *_ in headers:
            end = self.bytes.index(b"\0", names + name)
            yield Section(self.bytes[names + name:end].decode(), kind, flags, address, offset, size)

    def _headers(self, table_at: int, count_at: int, layout: str) -> Iterator[tuple]:
        if self.bytes[:6] != b"\x7fELF\x02\x01":
            raise PithError(f"{self.path} is not a 64-bit little-endian ELF file")
        (table,) = struct.unpack_from("<Q", self.bytes, table_at)
        entry_size, count = struct.unpack_from("<HH", self.bytes, count_at)
        for index in range(count):
            yield struct.unpack_from(layout, self.bytes, table + index * entry_size)


# ---- The checks: each yields what is wrong with one file ---------------------------------------------------


def size(path: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as scratch:
        stripped = Path(scratch, "stripped")
        iso.strip(path, stripped)
        found = stripped.stat().st_size
    print(f"{paths.shown(path)}: {found} bytes stripped, at most {MOST_BYTES} allowed")
    if found > MOST_BYTES:
        yield f"it is {found - MOST_BYTES} bytes too large"


def boot_headers(path: Path) -> Iterator[str]:
    elf = Elf(path)
    yield from multiboot2_faults(elf.bytes)
    yield from _pvh_faults(elf)


def multiboot2_faults(image: bytes) -> Iterator[str]:
    """What is wrong with the Multiboot2 header, looked for as a boot loader does."""
    magic = struct.pack("<I", MULTIBOOT2_MAGIC)
    start = next((at for at in range(0, MULTIBOOT2_SEARCHED, 8) if image[at:at + 4] == magic), None)
    if start is None:
        yield "no Multiboot2 header at a multiple of 8 in the first 32 KiB"
        return
    _, architecture, length, checksum = struct.unpack_from("<IIII", image, start)
    if architecture != MULTIBOOT2_I386:
        yield f"the Multiboot2 header is for architecture {architecture}"
    if (MULTIBOOT2_MAGIC + architecture + length + checksum) % 2**32 != 0:
        yield "the Multiboot2 header's checksum is wrong"
    if start + length > MULTIBOOT2_SEARCHED:
        yield "the Multiboot2 header reaches beyond the first 32 KiB"
    if image[start + length - 8:start + length] != struct.pack("<HHI", 0, 0, 8):
        yield "the Multiboot2 header does not end with an end tag"


def _pvh_faults(elf: Elf) -> Iterator[str]:
    notes = [elf.content(segment) for segment in elf.segments if segment.kind == NOTE]
    note = next((note for note in notes if note.startswith(PVH_NOTE)), None)
    if note is None:
        yield "no segment is a PVH note"
        return
    (entry,) = struct.unpack_from("<I", note, len(PVH_NOTE))
    code = [segment for segment in elf.segments if segment.kind == LOADED and segment.flags & EXECUTED]
    if not any(segment.physical <= entry < segment.physical + segment.size for segment in code):
        yield f"the PVH note's entry point {entry:#x} is in no segment of code"


def no_writable_code(path: Path) -> Iterator[str]:
    elf = Elf(path)
    for segment in elf.segments:
        if segment.kind == LOADED and segment.flags & EXECUTED and segment.flags & WRITTEN:
            yield f"the segment at {segment.address:#x} is writable and executable"
    both = SECTION_WRITTEN | SECTION_EXECUTED
    for section in elf.sections:
        if section.flags & both == both:
            yield f"the section {section.name} is writable and executable"


# Every name that an operand can have, and instructions that need none: all of x87, and MMX's `emms`.
VECTOR_REGISTER = re.compile(r"%(?:[xyz]?mm\d+|st\b|k[0-7]\b)")
X87_INSTRUCTION = re.compile(r"^(?:f(?!xsave|xrstor|s\b)[a-z0-9]+|emms|wait)\b")
RED_ZONE = re.compile(r"-0x[0-9a-f]+\(%[re]sp\b")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S.*)$")

# With a frame pointer the red zone hides behind it: what lies lower than all that the function takes of the stack.
FRAME_STARTS = "movq %rsp, %rbp"
# (An index may lead back up: of those nothing can be said.)
FRAME_SLOT = re.compile(r"-0x([0-9a-f]+)\(%rbp\)")
STACK_TAKEN = re.compile(r"^subq \$0x([0-9a-f]+), %(?:rsp|r11)$|^leaq -0x([0-9a-f]+)\(%rsp\), %r11$")  # r11: page by page

# Chapter 8 has it to show what comes of a red zone; there, only that is allowed.
SHOWS_RED_ZONE = "use_red_zone"
# These raise x87's exceptions on purpose (cpu/raise.hpp), and leave nothing in its registers; there, only x87 is allowed.
RAISES_X87 = re.compile(r"3cpu\d+try_x87_")


def no_vector_registers(path: Path) -> Iterator[str]:
    yield from forbidden_instructions(_disassembly(path))


def forbidden_instructions(disassembly: str) -> Iterator[str]:
    """Instructions in llvm-objdump's (AT&T) text that a kernel must not have, each with its place."""
    for function, body in _functions(disassembly).items():
        red_zone, x87 = function == SHOWS_RED_ZONE, bool(RAISES_X87.search(function))
        below_frame = set() if red_zone else set(_below_frame([text for _, text in body]))
        for address, text in body:
            if is_forbidden(text, red_zone, x87) or text in below_frame:
                yield f"{address}, in {function}: {text}"


# The layers that read what comes from outside stop where their behaviour would be undefined: kernel/CMakeLists.txt.
TRAPPING_LAYERS = ("boot", "console", "acpi", "input", "screen", "shell")
TRAP = bytes.fromhex("670fb9")   # UD1 with an address of 32 bits, which is in no other code of ours
IN_A_LAYER = re.compile(r"_ZNK?4pith\d+([a-z]+)")   # a mangled name: pith::LAYER::…


def traps(path: Path) -> Iterator[str]:
    """Layers none of whose functions has a trap: they are compiled without."""
    elf = Elf(path)
    trapping = {found[1] for symbol in symbols.read_code_symbols(elf.bytes)
                if (found := IN_A_LAYER.match(symbol.name)) and TRAP in elf.code_at(symbol.start, symbol.size)}
    yield from (f"no function of {layer} has a trap" for layer in TRAPPING_LAYERS if layer not in trapping)


def _functions(disassembly: str) -> dict[str, list[tuple[str, str]]]:
    """Each function's instructions: the address, and the text with single spaces and no remarks."""
    functions: dict[str, list[tuple[str, str]]] = {}
    function = "?"
    for line in disassembly.splitlines():
        if line.endswith(">:"):
            function = line.split("<", 1)[1][:-2]
        elif match := INSTRUCTION.match(line):
            functions.setdefault(function, []).append((match[1], " ".join(match[2].split("#")[0].split())))
    return functions


def _below_frame(body: list[str]) -> Iterator[str]:
    """Instructions that use the stack below a function's frame."""
    if FRAME_STARTS not in body:
        return
    rest = body[body.index(FRAME_STARTS):]
    taken = 8 * sum(text.startswith("push") for text in rest)
    taken += sum(int(match[1] or match[2], 16) for text in rest if (match := STACK_TAKEN.match(text)))
    for text in rest:
        if (match := FRAME_SLOT.search(text)) and int(match[1], 16) > taken and not text.startswith("lea"):
            yield text


def is_forbidden(instruction: str, red_zone: bool = False, x87: bool = False) -> bool:
    """Whether a kernel must not have this instruction; one that uses the red zone it may have if `red_zone`, x87's if `x87`."""
    text = instruction.split("#")[0].split("<")[0].strip()
    is_red_zone = not red_zone and RED_ZONE.search(text) and not text.startswith("lea")
    is_x87 = X87_INSTRUCTION.match(text)
    return bool(not x87 if is_x87 else VECTOR_REGISTER.search(text) or is_red_zone)


def _disassembly(path: Path) -> str:
    """All code. What lies at its physical address is of 32 bits, but for a few lines."""
    code = [section for section in Elf(path).sections if section.flags & SECTION_EXECUTED]
    return "".join(_section_disassembly(path, section) for section in code)


def _section_disassembly(path: Path, section: Section) -> str:
    bits = ["--triple=i386"] if 0 < section.address < 1 << 32 else []
    return _output(["llvm-objdump-19", "--disassemble", "--no-show-raw-insn", *bits, f"--section={section.name}",
                    str(path)])


def no_constructors(path: Path) -> Iterator[str]:
    for section in Elf(path).sections:
        if section.name.startswith((".init_array", ".ctors", ".preinit_array", ".fini_array")) and section.size > 0:
            yield f"it has {section.size} bytes of {section.name}"


def constructor_is_refused(script: Path) -> Iterator[str]:
    """Links two small programs with the kernel's linker script: one is fine, one needs a constructor."""
    fine = "int number = 1;"
    wrong = "int ask(); int number = ask(); int ask() { return number; }"
    if _link(script, fine).returncode != 0:
        yield f"a program without constructors does not link: {_link(script, fine).stderr.strip()}"
    refused = _link(script, wrong)
    if refused.returncode == 0 or "make it constinit" not in refused.stderr:
        yield f"a program with a constructor is not refused as it should be: {refused.stderr.strip()}"


def _link(script: Path, source: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as scratch:
        program, compiled = Path(scratch, "program.cpp"), Path(scratch, "program.o")
        program.write_text(source + "\n")
        _output(["clang++-19", "--target=x86_64-unknown-none-elf", "-mcmodel=kernel", "-fno-pic", "-c",
                 str(program), "-o", str(compiled)])
        return subprocess.run(["ld.lld-19", "-T", str(script), str(compiled), "-o", str(Path(scratch, "out"))],
                              capture_output=True, text=True)


def no_host_paths(path: Path) -> Iterator[str]:
    yield from traces_of(str(paths.ROOT), path.read_bytes())


def traces_of(directory: str, image: bytes) -> Iterator[str]:
    """Where the name of this directory stands, with what follows it."""
    for match in re.finditer(rb"(?<![\w.-])" + re.escape(directory.encode()) + rb"(?![\w.-])[ -~]{0,60}", image):
        yield f"at {match.start():#x}: {match[0].decode()}"


def known_functions(path: Path) -> Iterator[str]:
    """The table of the image itself must know these functions, where the linker put them."""
    elf = Elf(path)
    section = elf.section(".symbols")
    if section is None:
        yield "it has no section .symbols"
        return
    table = read_table(elf.content(section))
    linked = {symbols.shorten(name): start for name, start in _linked(elf)}
    for name in FUNCTIONS_TO_KNOW:
        if name not in linked:
            yield f"the linker knows no {name}"
        elif table.get(linked[name] & 0xFFFFFFFF) != name:
            yield f"its table says {table.get(linked[name] & 0xFFFFFFFF)} where {name} is"
    print(f"{paths.shown(path)}: {len(table)} functions in {section.size} bytes")


def _linked(elf: Elf) -> Iterator[tuple[str, int]]:
    found = symbols.read_code_symbols(elf.bytes)
    yield from zip(symbols.demangle([symbol.name for symbol in found]), (symbol.start for symbol in found))


def read_table(table: bytes) -> dict[int, str]:
    """The functions of a symbol table (symbols.py tells how it is built): low half of the address, and name."""
    magic, functions, files, details, text = struct.unpack_from("<8sIIII", table)
    if magic != symbols.MAGIC:
        raise PithError("the symbol table does not begin with its magic")
    details_at = 24 + 8 * functions + 4 * files
    names_at = details_at + details
    if names_at + text > len(table):   # the section may be longer: it fills its page
        raise PithError(f"the symbol table has {len(table)} bytes, and speaks of {names_at + text}")
    entries = struct.iter_unpack("<II", table[24:24 + 8 * functions])
    return {start: _name(table, details_at + detail, names_at) for start, detail in entries}


def _name(table: bytes, detail: int, names_at: int) -> str:
    """In two pieces: the scope, and what is in it."""
    _, after_size = _uleb(table, detail)
    scope, after_scope = _uleb(table, after_size)
    name, _ = _uleb(table, after_scope)
    pieces = (table[at:table.index(b"\0", at)] for at in (names_at + scope, names_at + name))
    return b"".join(pieces).decode()


def _uleb(data: bytes, at: int) -> tuple[int, int]:
    """A ULEB128 number, and where it ends."""
    number, shift = 0, 0
    while True:
        number |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return number, at


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise PithError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout


CHECKS: dict[str, Callable[[Path], Iterator[str]]] = {
    "size": size,
    "boot-headers": boot_headers,
    "no-writable-code": no_writable_code,
    "no-vector-registers": no_vector_registers,
    "no-constructors": no_constructors,
    "constructor-is-refused": constructor_is_refused,
    "no-host-paths": no_host_paths,
    "symbols": known_functions,
    "traps": traps,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.image_check", description="Checks of finished kernels.")
    parser.add_argument("check", choices=CHECKS)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    options = parser.parse_args()
    failed = False
    for path in options.files:
        for fault in CHECKS[options.check](path):
            print(f"{paths.shown(path)}: {fault}")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (PithError, OSError) as error:
        sys.exit(f"pith: {error}")
