"""Makes the symbol table that panic's backtrace reads: function names and source lines, in few bytes.

    python3 -m pith.symbols ELF OUTPUT.bin        write the table of the kernel ELF (first link)
    python3 -m pith.symbols --check FIRST SECOND  fail if the second link moved any code

A kernel is linked twice: first with an empty section `.symbols`, then with the table made from the
first link in it. The section lies behind all code, so that nothing the table speaks of moves.

The table, as kernel/console/symbols.cpp reads it. Numbers of fixed width are little-endian:

     0  magic           "PITHSYM2"
     8  function_count  u32
    12  file_count      u32
    16  details_size    u32
    20  text_size       u32
    24  functions       function_count times { start u32, detail u32 }, sorted by start
        files           file_count times u32: where in the text the file's name begins
        details         details_size bytes
        text            text_size bytes: names, each ended by a zero byte

A `start` is the low half of an address whose high half repeats bit 31: code lies in the lowest or in the
highest 2 GiB. A `detail` is an offset into the details, where these stand as ULEB128 numbers:

    size  scope  name  row_count  row row row …

`scope` and `name` are offsets into the text: the function's name is what stands at the one ("pith::frames::"), and behind
it what stands at the other. A row says which line the bytes from its address on come from, up to
the next row. It is told by its difference to the row before (to address 0, file 0, line 0 at first):

    2 * address step + 1, file, line step     the file changes; files count from 1
    2 * address step + 1, 0                   from here on nothing of ours: no line
    2 * address step,     line step           same file

A line step is a signed number n, folded into an unsigned one: 2n, or -2n - 1 if n is negative.

Lines are lines of our own tree. Where code of a library was inlined, the line is the innermost one of
ours that led there; a function that is all library has a name and no rows.
"""

import argparse
import bisect
import itertools
import os.path
import re
import struct
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field

from pith.errors import PithError

MAGIC = b"PITHSYM2"
CXXFILT = "llvm-cxxfilt-19"
DWARFDUMP = "llvm-dwarfdump-19"
SYMBOLIZER = "llvm-symbolizer-19"

# What the ELF specification calls SHT_SYMTAB, SHF_EXECINSTR, STT_NOTYPE, STT_FUNC and STB_LOCAL.
SYMBOL_TABLE = 2
EXECUTABLE = 4
NO_TYPE, FUNCTION = 0, 2
LOCAL = 0

# clang calls so what stands before a function and says its type (-fsanitize=kcfi). Nothing runs there.
TYPE_OF_FUNCTION = "__cfi_"


# ---- The ELF file ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """A section header: `link` and `info` say which sections this one refers to."""

    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int


@dataclass(frozen=True)
class CodeSymbol:
    """A symbol in an executable section, as the ELF file has it."""

    name: str
    start: int
    size: int
    is_function: bool
    is_local: bool
    section_end: int


def read_sections(elf: bytes) -> list[Section]:
    """The section headers of a 64-bit little-endian ELF file."""
    if elf[:6] != b"\x7fELF\x02\x01":
        raise PithError("not a 64-bit little-endian ELF file")
    (table,) = struct.unpack_from("<Q", elf, 40)
    entry_size, count = struct.unpack_from("<HH", elf, 58)
    sections = []
    for index in range(count):
        fields = struct.unpack_from("<IIQQQQIIQQ", elf, table + index * entry_size)
        sections.append(Section(fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7]))
    return sections


def read_code_symbols(elf: bytes) -> list[CodeSymbol]:
    """Functions and labels in executable sections."""
    sections = read_sections(elf)
    symbols = []
    for table in (section for section in sections if section.kind == SYMBOL_TABLE):
        names = sections[table.link].offset
        records = elf[table.offset : table.offset + table.size]
        for record in struct.iter_unpack("<IBBHQQ", records):
            symbol = code_symbol(elf, sections, names, record)
            if symbol:
                symbols.append(symbol)
    return symbols


def code_symbol(elf: bytes, sections: list[Section], names: int, record: tuple) -> CodeSymbol | None:
    """One record of the symbol table, if it speaks of code."""
    name_offset, info, _, section_index, start, size = record
    if not 0 < section_index < len(sections) or info & 15 not in (NO_TYPE, FUNCTION):
        return None
    section = sections[section_index]
    begin = names + name_offset
    name = elf[begin : elf.index(b"\0", begin)].decode()
    if not section.flags & EXECUTABLE or not name or name.startswith(TYPE_OF_FUNCTION):
        return None
    end = section.address + section.size
    return CodeSymbol(name, start, size, info & 15 == FUNCTION, info >> 4 == LOCAL, end)


def read_file(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


# ---- Functions: one for each address ---------------------------------------------------------------


@dataclass
class Function:
    """What stands in the table: a name for the addresses from `start` up to `end`."""

    start: int
    end: int
    name: str
    rows: list["Row"] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """From `address` on the code comes from this line of this file; `file` None: from none of ours."""

    address: int
    file: str | None
    line: int


def choose_functions(symbols: list[CodeSymbol]) -> list[Function]:
    """Functions in the order of their addresses, without overlap. Labels inside functions are dropped."""
    functions = []
    covered = 0
    for _, group in itertools.groupby(sorted(symbols, key=preference), key=lambda symbol: symbol.start):
        best = next(group)
        has_extent = best.is_function and best.size > 0
        if best.start >= best.section_end or (best.start < covered and not has_extent):
            continue
        end = best.start + best.size if has_extent else best.section_end
        covered = max(covered, end) if has_extent else covered
        functions.append(Function(best.start, min(end, best.section_end), best.name))
    for function, following in itertools.pairwise(functions):
        function.end = min(function.end, following.start)
    return functions


def preference(symbol: CodeSymbol) -> tuple:
    """Sorts by address, and the best name for an address first."""
    return (symbol.start, not symbol.is_function, symbol.size == 0, symbol.is_local, symbol.name)


# ---- Names -----------------------------------------------------------------------------------------

OPERATOR = re.compile(
    r"""\boperator(?:
        \(\) | \[\] | "" \s* \w+
      | <=> | <<= | >>= | ->\* | << | >> | && | \|\| | \+\+ | -- | -> | [-+*/%^&|=!<>]= | [-+*/%^&|~!=<>,]
      | \s (?: new | delete ) \b (?: \[\] )?  | \s co_await \b
      | \s (?P<type> [^(]+ ) (?= \( ) )""",
    re.VERBOSE,
)
DROPPED = re.compile(r"\(anonymous namespace\)::|\b__pith::")
LAMBDA = re.compile(r"'lambda\d*'|\$_\d+")
AFTER_PARAMETERS = re.compile(r"(?:\s(?:const|volatile|noexcept)|\s?&{1,2})*::")
CLOSERS = {"(": ")", "<": ">", "[": "]", "{": "}"}
# Stands for a space that belongs to the name, as in `operator new`.
HARD_SPACE = "\x01"


def demangle(names: list[str]) -> list[str]:
    return run([CXXFILT], "\n".join(names) + "\n").splitlines()


def shorten(demangled: str) -> str:
    """The name alone: no return type, parameters, template arguments, anonymous namespaces or ABI tags."""
    text = LAMBDA.sub("lambda", DROPPED.sub("", demangled))
    name = ""
    at = 0
    while at < len(text):
        if match := OPERATOR.match(text, at):
            name += operator_name(match)
            at = match.end()
        elif text.startswith(" <", at):
            at += 1  # As in `operator< <int>`.
        elif text[at] == " ":
            name, at = "", at + 1  # What came before was the return type.
        elif text[at] in "<[":
            at = after_brackets(text, at)
        elif text[at] == "(":
            at = after_parameters(text, at, name)
        elif text[at] == ")":
            break
        else:
            name, at = name + text[at], at + 1
    name = name.replace("lambda::operator()", "lambda").replace(HARD_SPACE, " ")
    return (name or demangled).encode("ascii", "replace").decode()


def operator_name(match: re.Match) -> str:
    if match["type"] is None:
        return match[0].replace(" ", HARD_SPACE)
    bare = re.sub(r"<.*>", "", match["type"])
    return f"operator{HARD_SPACE}{bare.replace(' ', HARD_SPACE)}"


def after_parameters(text: str, at: int, name: str) -> int:
    """Where to read on after the bracket at `at`: at a local name's `::`, or at the end of the text."""
    if text[at + 1 : at + 2] in ("*", "&"):
        return at + 2  # The return type is a pointer to a function: the name stands inside the brackets.
    after = after_brackets(text, at)
    if name == "decltype":
        return after
    scope = AFTER_PARAMETERS.match(text, after)
    return scope.end() - len("::") if scope else len(text)


def after_brackets(text: str, at: int) -> int:
    """The index behind the bracket that closes the one at `at`. Arrows and operators are no brackets."""
    open_brackets = []
    while at < len(text):
        character = text[at]
        if match := OPERATOR.match(text, at):
            at = match.end() - 1
        elif text.startswith("->", at):
            at += 1
        elif text.startswith(" < ", at):
            at += 1  # Less than: no bracket.
        elif character in CLOSERS:
            open_brackets.append(CLOSERS[character])
        elif open_brackets and character == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return at + 1
        at += 1
    return len(text)


# ---- Lines -----------------------------------------------------------------------------------------


def change_addresses(elf_path: str) -> set[int]:
    """Every address at which the line may change: rows of the line table, and bounds of inlined code.

    These are all the numbers of 16 digits in the dump. One that is no such address does no harm.
    """
    dump = run([DWARFDUMP, "--debug-line", "--debug-info", elf_path], "")
    return {int(digits, 16) for digits in set(re.findall(r"0x([0-9a-f]{16})", dump))}


def symbolize(elf_path: str, addresses: list[int]) -> list[Row]:
    """The line of ours for each address: the innermost one in the chain of inlined calls."""
    if not addresses:
        return []
    command = [SYMBOLIZER, f"--obj={elf_path}", "--functions=none", "--relativenames", "--inlines"]
    answer = run(command, "".join(f"{address:#x}\n" for address in addresses))
    chains = answer.removesuffix("\n\n").split("\n\n")
    if len(chains) != len(addresses):
        raise PithError(f"{SYMBOLIZER} was asked {len(addresses)} addresses and answered {len(chains)}")
    own = {chain: own_line(chain) for chain in set(chains)}
    return [Row(address, *own[chain]) for address, chain in zip(addresses, chains)]


def own_line(chain: str) -> tuple[str | None, int]:
    """The first `file:line:column` of ours in a chain, innermost first. Line 0 means: of no line."""
    for place in chain.splitlines():
        path, line, _ = place.rsplit(":", 2)
        if line != "0" and is_own(path):
            return os.path.normpath(path), int(line)
    return None, 0


def is_own(path: str) -> bool:
    """Whether a path is one of our tree: the build maps those, and no others, to relative paths."""
    return path[:1] not in ("/", "?", "<") and not os.path.normpath(path).startswith("..")


def add_rows(functions: list[Function], rows: list[Row]) -> None:
    """Gives each function its rows (which are sorted by address), leaving out those that say nothing new."""
    starts = [function.start for function in functions]
    for row in rows:
        function = functions[bisect.bisect_right(starts, row.address) - 1]
        last = function.rows[-1] if function.rows else Row(0, None, 0)
        if (row.file, row.line) != (last.file, last.line):
            function.rows.append(row)


def read_functions(elf_path: str) -> list[Function]:
    """All that the table of this kernel says."""
    functions = choose_functions(read_code_symbols(read_file(elf_path)))
    if not functions:
        raise PithError(f"{elf_path} has no functions: was it stripped?")
    for function, name in zip(functions, demangle([function.name for function in functions])):
        function.name = shorten(name)
    addresses = change_addresses(elf_path) | {function.start for function in functions}
    add_rows(functions, symbolize(elf_path, inside(functions, addresses)))
    return functions


def inside(functions: list[Function], addresses: set[int]) -> list[int]:
    """Those addresses, sorted, that are in a function."""
    starts = [function.start for function in functions]
    found = []
    for address in sorted(addresses):
        index = bisect.bisect_right(starts, address) - 1
        if index >= 0 and address < functions[index].end:
            found.append(address)
    return found


# ---- The table's bytes -----------------------------------------------------------------------------


def uleb(number: int) -> bytes:
    """An unsigned number, seven bits a byte, lowest first; the top bit says that more follow."""
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def folded(number: int) -> int:
    """A signed number as an unsigned one: 0, -1, 1, -2, 2 … become 0, 1, 2, 3, 4 …"""
    return 2 * number if number >= 0 else -2 * number - 1


def encode_rows(start: int, rows: list[Row], files: dict[str, int]) -> bytes:
    encoded = bytearray()
    address, file, line = start, 0, 0
    for row in rows:
        row_file = files[row.file] if row.file else 0
        encoded += uleb(2 * (row.address - address) + (row_file != file))
        if row_file != file:
            encoded += uleb(row_file)
        if row_file:
            encoded += uleb(folded(row.line - line))
            line = row.line
        address, file = row.address, row_file
    return bytes(encoded)


def pool(strings: set[str]) -> tuple[bytes, dict[str, int]]:
    """Zero-ended strings one after the other, and where each begins. One that ends another shares it."""
    text = bytearray()
    places = {}
    holder = ""
    for string in sorted(strings, key=lambda string: string[::-1], reverse=True):
        if not holder.endswith(string):
            holder = string
            text += string.encode("ascii") + b"\0"
        places[string] = len(text) - len(string) - 1
    return bytes(text), places


def split(name: str) -> tuple[str, str]:
    """A function's scope, and its name in it. Many share a scope."""
    scope, separator, own = name.rpartition("::")
    return scope + separator, own


def by_rows(functions: list[Function]) -> list[str]:
    """The files, those first that most rows name: the numbers up to 127 take one byte, and so 4 KB less in all."""
    counts = Counter(row.file for function in functions for row in function.rows if row.file)
    return sorted(counts, key=lambda name: (-counts[name], name))


def encode(functions: list[Function]) -> bytes:
    """The table, as the drawing above has it."""
    file_names = by_rows(functions)
    files = {name: number for number, name in enumerate(file_names, start=1)}
    parts = [split(function.name) for function in functions]
    text, places = pool({part for of_a_function in parts for part in of_a_function} | set(file_names))
    entries, details = bytearray(), bytearray()
    for function, (scope, name) in zip(functions, parts, strict=True):
        entries += struct.pack("<II", low_half(function), len(details))
        size = function.end - function.start
        details += uleb(size) + uleb(places[scope]) + uleb(places[name]) + uleb(len(function.rows))
        details += encode_rows(function.start, function.rows, files)
    name_offsets = b"".join(struct.pack("<I", places[name]) for name in file_names)
    header = struct.pack("<8sIIII", MAGIC, len(functions), len(files), len(details), len(text))
    return header + bytes(entries) + name_offsets + bytes(details) + text


def low_half(function: Function) -> int:
    """The low 32 bits of a function's address, if they are enough to tell it."""
    low = function.start & 0xFFFF_FFFF
    extended = low | (0xFFFF_FFFF_0000_0000 if low >> 31 else 0)
    if extended != function.start:
        raise PithError(f"{function.name} at {function.start:#x} is outside the lowest and highest 2 GiB")
    return low


# ---- Commands --------------------------------------------------------------------------------------


def check(first_path: str, second_path: str) -> None:
    """Fails if a symbol in code has another address in the second link than in the first."""
    first, second = (
        Counter((symbol.name, symbol.start) for symbol in read_code_symbols(read_file(path)))
        for path in (first_path, second_path)
    )
    moved = [f"  only in {first_path}: {name} at {start:#x}" for name, start in sorted(first - second)]
    moved += [f"  only in {second_path}: {name} at {start:#x}" for name, start in sorted(second - first)]
    if moved:
        shown = "\n".join(moved[:5] + moved[-5:] if len(moved) > 10 else moved)
        raise PithError(
            "the second link moved code, so the symbol table in it is wrong"
            f" (is .symbols placed behind all code?): {len(moved)} differences\n{shown}"
        )


def run(command: list[str], text: str) -> str:
    """What a tool prints when given `text`."""
    try:
        return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise PithError(f"{command[0]} is not installed (Debian: package llvm-19)") from None
    except subprocess.CalledProcessError as error:
        raise PithError(f"{command[0]} failed: {error.stderr.strip()}") from None


def write_table(elf_path: str, output_path: str) -> None:
    table = encode(read_functions(elf_path))
    with open(output_path, "wb") as file:
        file.write(table)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="pith.symbols", description="The kernel's table of symbols.")
    parser.add_argument("--check", action="store_true", help="compare the two links instead")
    parser.add_argument("first", metavar="ELF")
    parser.add_argument("second", metavar="OUTPUT")
    options = parser.parse_args(arguments)
    try:
        (check if options.check else write_table)(options.first, options.second)
    except (PithError, OSError) as error:
        print(f"pith.symbols: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
