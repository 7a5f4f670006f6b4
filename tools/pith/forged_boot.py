"""Boots a kernel in a machine that lies to it: `python3 -m pith.forged_boot --forge LIE --kernel ELF|--iso ISO …`.

The machine stops where the kernel is about to look at something, that something is changed, and the kernel
goes on. What it then has to say is told as in machine_test.py. A LIE is one of FORGERIES.
"""

import argparse
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pith import machine_test, symbols
from pith.errors import PithError
from pith.layout import DIRECT_MAP_START as DIRECT_MAP
from pith.layout import KERNEL_PHYSICAL
from pith.machine_test import MachineTest
from pith.session import Session

# Numbers of registers in gdb's protocol for x86-64.
RAX, RBX, RCX, RSI = 0, 1, 2, 4

CPUID_FLAG = 1 << 21
MULTIBOOT1_MAGIC = 0x2BADB002    # what a boot loader of the first Multiboot leaves in EAX
BEYOND_BOOT_MAP = 1 << 32
END_OF_BOOT_MAP = 0xFFFF_FFF8     # a start has 32 bits: it lies in the boot map, and what it begins does not
TOO_LARGE = 1 << 60
BEYOND_DIRECT_MAP = 1 << 50
FREE_MEMORY, ENDLESS = 0x20000, 128 * 1024
# The first 64-bit code: the boot map is there, nobody has read the loader's information yet, and where it stands in memory no
# kernel is moved (as kernel_main is).
HANDED_OVER = "low_long_mode"
LARGEST_WRITE = 1024              # as much as one packet of QEMU's gdb stub holds

# Multiboot2 records, and where their fields lie.
COMMAND_LINE, MEMORY_MAP, FRAMEBUFFER, UNHEARD_OF = 1, 6, 8, 9999
ENTRY_SIZE = 8
FRAMEBUFFER_ADDRESS, FRAMEBUFFER_HEIGHT, FRAMEBUFFER_KIND, FRAMEBUFFER_RED = 8, 24, 29, 32

AREA_SIZE = 24                    # an entry of PVH's memory map

# Fields of the PVH start information.
VERSION, MODULE_COUNT, PVH_COMMAND_LINE, RSDP, PVH_MAP, PVH_MAP_ENTRIES = 4, 12, 24, 32, 40, 48


class Stub:
    """A machine that stands still, and what gdb's remote protocol can do to it."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._received = b""
        self._ask("qXfer:features:read:target.xml:0,ff")  # QEMU sets no register before it was asked for these

    def run_to(self, address: int, code: bytes) -> None:
        """Lets the machine run until it is about to execute this code at this address."""
        self._run_to(address)
        while self.read(address, len(code)) != code:      # somebody else's code: a boot loader's
            self._ask("s")
            self._run_to(address)

    def _run_to(self, address: int) -> None:
        self._ask_for_ok(f"Z1,{address:x},1")
        self._ask("c")
        self._ask_for_ok(f"z1,{address:x},1")

    def register(self, number: int) -> int:
        return struct.unpack_from("<Q", bytes.fromhex(self._ask("g")), 8 * number)[0]

    def set_register(self, number: int, value: int) -> None:
        """Sets a register. In 32-bit code QEMU numbers some of them otherwise than when it reads: RAX is safe."""
        self._ask_for_ok(f"P{number:x}={struct.pack('<Q', value).hex()}")

    def read(self, address: int, size: int) -> bytes:
        answer = self._ask(f"m{address:x},{size:x}")
        return b"" if answer.startswith("E") else bytes.fromhex(answer)

    def write(self, address: int, data: bytes) -> None:
        for offset in range(0, len(data), LARGEST_WRITE):
            piece = data[offset:offset + LARGEST_WRITE]
            self._ask_for_ok(f"M{address + offset:x},{len(piece):x}:{piece.hex()}")

    def let_go(self) -> None:
        """Lets the machine run on, without us."""
        self._ask_for_ok("D")
        self._socket.close()

    def _ask_for_ok(self, packet: str) -> None:
        if (answer := self._ask(packet)) != "OK":
            raise PithError(f"QEMU's gdb stub answered '{answer}' to '{packet}'")

    def _ask(self, packet: str) -> str:
        self._socket.sendall(b"$%s#%02x" % (packet.encode(), sum(packet.encode()) % 256))
        while b"#" not in self._received[:-2]:
            if not (data := self._socket.recv(65536)):
                raise PithError("QEMU ended while gdb's protocol was spoken")
            self._received += data
        answer, _, rest = self._received.partition(b"#")
        self._received = rest[2:]
        with suppress(ConnectionError):   # let go, the machine may have ended since it answered
            self._socket.sendall(b"+")
        return answer.partition(b"$")[2].decode()


class Information:
    """The boot information of a kernel that stands at HANDED_OVER: RSI has its physical address.

    Memory is reached where the boot map has all of it: from DIRECT_MAP on.
    """

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._start = DIRECT_MAP + stub.register(RSI)

    def set_start(self, change: Callable[[int], int]) -> None:
        self._stub.set_register(RSI, change(self._start - DIRECT_MAP))

    def put(self, offset: int, layout: str, value: int) -> None:
        self._stub.write(self._start + offset, struct.pack("<" + layout, value))

    def put_endless_text(self, offset: int) -> None:
        """Makes this field point to more text than any reader looks at."""
        self._stub.write(DIRECT_MAP + FREE_MEMORY, b"A" * ENDLESS)
        self.put(offset, "Q", FREE_MEMORY)

    def total_size(self) -> int:
        return self._word(0)

    def put_in_record(self, wanted: int, offset: int, layout: str, value: int) -> None:
        self.put(self._record(wanted) + offset, layout, value)

    def fill_record(self, wanted: int, byte: bytes) -> None:
        """Fills all of a Multiboot2 record behind its type and size."""
        record = self._record(wanted)
        self._stub.write(self._start + record + 8, byte * (self._word(record + 4) - 8))

    def _record(self, wanted: int) -> int:
        """Where a Multiboot2 record of this type is."""
        offset = 8
        while offset < self.total_size():
            if self._word(offset) == wanted:
                return offset
            offset += (self._word(offset + 4) + 7) & ~7
        raise PithError(f"the boot information has no record of type {wanted}")

    def _word(self, offset: int) -> int:
        return struct.unpack("<I", self._stub.read(self._start + offset, 4))[0]


@dataclass(frozen=True)
class Forgery:
    """Where the machine has to stop, and what is changed there."""

    symbol: str
    change: Callable[[Stub], None]


def _in_information(change: Callable[[Information], None]) -> Forgery:
    return Forgery(HANDED_OVER, lambda stub: change(Information(stub)))


class EntryInformation:
    """PVH's information at the kernel's first instruction, before entry.S looks for room behind the image (check_room)."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._start = stub.register(RBX)
        self.map, self._count = struct.unpack("<QI", stub.read(self._start + PVH_MAP, 12))

    def put(self, offset: int, layout: str, value: int) -> None:
        self._stub.write(self._start + offset, struct.pack("<" + layout, value))

    def put_areas(self, low: tuple[int, int], high: tuple[int, int]) -> None:
        """Start and size of the two usable areas: the one below 1 MiB, which comes first, and the image's."""
        for address, forged in zip([self._area_at(0), self._area_at(KERNEL_PHYSICAL)], (low, high)):
            self._stub.write(address, struct.pack("<QQ", *forged))

    def _area_at(self, start: int) -> int:
        for area in range(self.map, self.map + self._count * AREA_SIZE, AREA_SIZE):
            if self._stub.read(area, 8) == struct.pack("<Q", start):
                return area
        raise PithError(f"the machine has no memory that begins at {start:#x}")


LOW, SHORT = (0, 0x9F000), (KERNEL_PHYSICAL, 0x100000)


def _at_entry(low: tuple[int, int], high: tuple[int, int], *fields: tuple[int, str, Callable[[EntryInformation], int]]) -> Forgery:
    def change(stub: Stub) -> None:
        information = EntryInformation(stub)
        information.put_areas(low, high)
        for offset, layout, value in fields:
            information.put(offset, layout, value(information))
    return Forgery("pvh_entry", change)


FORGERIES = {
    # Before C++ runs.
    "multiboot2-magic": Forgery("multiboot2_entry", lambda stub: stub.set_register(RAX, MULTIBOOT1_MAGIC)),
    "pvh-magic": Forgery("pvh_entry", lambda stub: stub.write(stub.register(RBX), b"Pith")),
    "no-cpuid": Forgery("check_cpuid_compare",
                        lambda stub: stub.set_register(RAX, stub.register(RAX) & ~CPUID_FLAG)),
    # The map is too short for the image: so who should not read it, or not all of it, says ERR: 4.
    "room-short": _at_entry(LOW, SHORT),
    "room-version-zero": _at_entry(LOW, SHORT, (VERSION, "I", lambda _: 0)),
    "room-map-beyond": _at_entry(LOW, SHORT, (PVH_MAP, "Q", lambda info: BEYOND_BOOT_MAP + info.map)),
    "room-entries": _at_entry(LOW, SHORT, (PVH_MAP_ENTRIES, "I", lambda _: 0xFFFFFFFF)),
    # The same area is long enough.
    "room-large": _at_entry(LOW, (KERNEL_PHYSICAL, 0x1_0008_0000)),
    "room-endless": _at_entry(SHORT, (KERNEL_PHYSICAL, 0xFFF8_0000)),
    # Areas that touch, the later one first.
    "room-touching": _at_entry((KERNEL_PHYSICAL + 0x100000, 0x4000000), SHORT),
    "room-with-a-gap": _at_entry((KERNEL_PHYSICAL + 0x101000, 0x4000000), SHORT),
    # Both loaders' information.
    "information-beyond": _in_information(lambda info: info.set_start(lambda _: END_OF_BOOT_MAP)),
    "information-misaligned": _in_information(lambda info: info.set_start(lambda start: start + 4)),
    # Multiboot2's.
    "total-size-small": _in_information(lambda info: info.put(0, "I", 4)),
    "total-size-large": _in_information(lambda info: info.put(0, "I", 0xFFFFFFFF)),
    "no-end": _in_information(lambda info: info.put(0, "I", info.total_size() - 8)),
    "record-size-zero": _in_information(lambda info: info.put_in_record(MEMORY_MAP, 4, "I", 0)),
    "record-size-large": _in_information(lambda info: info.put_in_record(MEMORY_MAP, 4, "I", 0xFFFFFFFF)),
    "entry-size-zero": _in_information(lambda info: info.put_in_record(MEMORY_MAP, ENTRY_SIZE, "I", 0)),
    "no-memory-map": _in_information(lambda info: info.put_in_record(MEMORY_MAP, 0, "I", UNHEARD_OF)),
    "endless-text": _in_information(lambda info: info.fill_record(COMMAND_LINE, b"A")),
    "framebuffer-kind": _in_information(
        lambda info: info.put_in_record(FRAMEBUFFER, FRAMEBUFFER_KIND, "B", 7)),
    # A framebuffer in pixels that cannot be drawn in.
    "framebuffer-indexed": _in_information(
        lambda info: info.put_in_record(FRAMEBUFFER, FRAMEBUFFER_KIND, "B", 0)),
    "framebuffer-low": _in_information(
        lambda info: info.put_in_record(FRAMEBUFFER, FRAMEBUFFER_HEIGHT, "I", 15)),
    "framebuffer-beyond": _in_information(
        lambda info: info.put_in_record(FRAMEBUFFER, FRAMEBUFFER_ADDRESS, "Q", BEYOND_DIRECT_MAP)),
    "framebuffer-colours": _in_information(
        lambda info: info.put_in_record(FRAMEBUFFER, FRAMEBUFFER_RED, "B", 9)),
    # PVH's.
    "pvh-magic-late": _in_information(lambda info: info.put(0, "I", 0)),
    "pvh-version-zero": _in_information(lambda info: info.put(VERSION, "I", 0)),
    "pvh-map-beyond": _in_information(lambda info: info.put(PVH_MAP, "Q", BEYOND_BOOT_MAP)),
    "pvh-map-address": _in_information(lambda info: info.put(PVH_MAP, "Q", TOO_LARGE)),
    "pvh-map-entries": _in_information(lambda info: info.put(PVH_MAP_ENTRIES, "I", 0xFFFFFFFF)),
    "pvh-no-entries": _in_information(lambda info: info.put(PVH_MAP_ENTRIES, "I", 0)),
    "pvh-modules": _in_information(lambda info: info.put(MODULE_COUNT, "I", 33)),
    "pvh-text-beyond": _in_information(lambda info: info.put(PVH_COMMAND_LINE, "Q", BEYOND_BOOT_MAP)),
    "pvh-text-address": _in_information(lambda info: info.put(PVH_COMMAND_LINE, "Q", TOO_LARGE)),
    "pvh-text-endless": _in_information(lambda info: info.put_endless_text(PVH_COMMAND_LINE)),
    "pvh-rsdp": _in_information(lambda info: info.put(RSDP, "Q", TOO_LARGE)),
}


def place(elf: Path, symbol: str) -> tuple[int, bytes]:
    """Where a function or label of the kernel is, and the first bytes of its code."""
    image = elf.read_bytes()
    for found in symbols.read_code_symbols(image):
        if found.name == symbol:
            sections = symbols.read_sections(image)
            section = next(s for s in sections if 0 <= found.start - s.address < s.size and s.address)
            offset = section.offset + found.start - section.address
            return found.start, image[offset:offset + 16]
    raise PithError(f"{elf} has no symbol {symbol}")


class ForgedTest(MachineTest):
    """A test of a machine that is stopped once, and lied to."""

    def __init__(self, options: argparse.Namespace, forgery: Forgery) -> None:
        super().__init__(options)
        self._options = options
        self._forgery = forgery

    @contextmanager
    def session(self, serial: str, scratch: Path) -> Iterator[Session]:
        options, forgery, gdb_socket = self._options, self._forgery, scratch / "gdb"
        address, code = place(machine_test.machine(options).kernel_with_symbols, forgery.symbol)
        with Session(machine_test.machine(options), serial, gdb_socket=gdb_socket) as session:
            stub = Stub(gdb_socket)
            stub.run_to(address, code)
            forgery.change(stub)
            stub.let_go()
            yield session


def main() -> int:
    parser = machine_test.parser_of("pith.forged_boot", __doc__)
    parser.add_argument("--forge", choices=FORGERIES, required=True, metavar="LIE")
    options = machine_test.consistent(parser)
    return machine_test.report(ForgedTest(options, FORGERIES[options.forge]))


if __name__ == "__main__":
    sys.exit(main())
