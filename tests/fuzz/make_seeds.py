"""Makes the fuzzers' seeds of boot information, memory maps and ACPI tables, out of what real loaders leave:
`PYTHONPATH=tools python3 tests/fuzz/make_seeds.py`, after `./pith build` and `./pith iso`.

Each machine runs up to its first 64-bit code; there gdb's protocol gives its registers and its memory, and in Bochs its debugger does. A seed is what
fuzz_memory.hpp reads: where the memory begins, where in it the information begins, and the memory.
"""

import re
import socket
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

from pith import forged_boot, paths
from pith.bochs import Bochs
from pith.errors import PithError
from pith.multiboot2 import FRAMEBUFFER, MEMORY_MAP, records_of
from pith.qemu import Machine
from pith.session import Session

CORPUS = Path(__file__).parent / "corpus"
ELF, ISO = paths.OUT / "pith.elf", paths.OUT / "pith.iso"
DIRECT_MAP = 0xFFFF_8000_0000_0000
RSI, RDI = 4, 5  # places in gdb's list of registers
PVH_START = struct.Struct("<4I4Q2I")
PVH_COMMAND_LINE, PVH_ROOT_POINTER = 5, 6   # places in that list
PVH_MODULE = struct.Struct("<4Q")
OLD_ROOT_POINTER, NEW_ROOT_POINTER = 14, 15   # types of records, as those of multiboot2.py
AREA_SIZE = 24
SEED_WINDOW = 0x1000
TAKEN = struct.Struct("<B2Q")
ACPI_HEADER_SIZE = 36

MACHINES = {
    "q35": Machine(kernel=ELF, command_line="verbose"),
    "pc-4g": Machine(kernel=ELF, model="pc", memory="4G"),
    "microvm": Machine(kernel=ELF, model="microvm", memory="16M", cpus=2),
    "module": Machine(kernel=ELF, model="pc", extra=("-initrd", str(paths.ROOT / "LICENSE"))),
    "bios-q35": Machine(boot="bios", iso=ISO),
    "bios-pc-5g": Machine(boot="bios", iso=ISO, model="pc", memory="5G"),
    "uefi-q35": Machine(boot="uefi", iso=ISO, memory="256M"),
}
WITH_OWN_TABLES = ("q35", "pc-4g", "microvm", "uefi-q35", "bios-bochs")   # the others' are the same


class Stopped:
    """A machine that gdb's protocol has stopped."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))

    def run_to(self, address: int) -> None:
        self._ask(f"Z1,{address:x},1")
        self._ask("c")

    def register(self, number: int) -> int:
        return struct.unpack_from("<Q", bytes.fromhex(self._ask("g")), 8 * number)[0]

    def memory(self, address: int, size: int) -> bytes:
        """So many bytes of physical memory, through the kernel's direct map."""
        parts = range(0, size, 1024)
        return b"".join(bytes.fromhex(self._ask(f"m{DIRECT_MAP + address + part:x},{min(1024, size - part):x}"))
                        for part in parts)

    def text(self, address: int) -> bytes:
        return self.memory(address, 256).partition(b"\0")[0] + b"\0" if address else b""

    def _ask(self, packet: str) -> str:
        data = packet.encode()
        self._socket.sendall(b"$%s#%02x" % (data, sum(data) % 256))
        answer = b""
        while answer[-3:-2] != b"#":
            answer += self._socket.recv(65536)
        self._socket.sendall(b"+")
        return answer.lstrip(b"+")[1:-3].decode()


def seed(window: int, memory: bytes, offset: int = 0) -> bytes:
    return struct.pack("<II", window, offset) + memory


def multiboot2_seed(machine: Stopped, address: int) -> bytes:
    size, = struct.unpack("<I", machine.memory(address, 4))
    return seed(address, machine.memory(address, size))


def with_module(multiboot2: bytes) -> bytes:
    """The same with a module, which our ISO has none of, before the end record."""
    window, memory = multiboot2[:8], multiboot2[8:]
    module = struct.pack("<IIII8s", 3, 24, 0x20_0000, 0x20_1234, b"initial")
    records = memory[8:-8] + module + memory[-8:]
    return window + struct.pack("<II", 8 + len(records), 0) + records


def multiboot2_record(multiboot2: bytes, wanted: int) -> bytes | None:
    """What a record has behind its type and size, if there is one."""
    return next((content for kind, content in records_of(multiboot2[8:]) if kind == wanted), None)


def needed_record(multiboot2: bytes, wanted: int) -> bytes:
    if (record := multiboot2_record(multiboot2, wanted)) is None:
        raise PithError(f"GRUB left no record {wanted}")
    return record


def framebuffer_seed(multiboot2: bytes) -> bytes:
    """What framebuffer.cpp reads: a record of 30 bytes (a text screen's has 24), and what is drawn."""
    return needed_record(multiboot2, FRAMEBUFFER).ljust(30, b"\0") + b"Pith \x1b[1;32mgreets\x1b[0m you.\n\tmore\b"


def usable_memory_seed(areas: bytes) -> bytes:
    """What usable_memory.cpp reads: one range is taken, about where the kernel lies; then the map."""
    return TAKEN.pack(1, 0x10_0000, 0x8_0123) + areas


def pvh_areas(machine: Stopped, address: int) -> bytes:
    *_, areas, area_count, _ = PVH_START.unpack(machine.memory(address, PVH_START.size))
    return machine.memory(areas, area_count * AREA_SIZE)


def pvh_seed(machine: Stopped, address: int) -> bytes:
    """The parts lie far apart in real memory: the seed has them side by side, with addresses to match."""
    *head, count, modules, command_line, rsdp, areas, area_count, reserved = PVH_START.unpack(
        machine.memory(address, PVH_START.size))
    at = SEED_WINDOW + PVH_START.size
    parts = bytearray()

    def put(part: bytes) -> int:
        parts.extend(part)
        return at + len(parts) - len(part) if part else 0

    entries = [PVH_MODULE.unpack(machine.memory(modules + index * PVH_MODULE.size, PVH_MODULE.size))
               for index in range(count)]
    moved = [PVH_MODULE.pack(start, size, put(machine.text(text)), 0) for start, size, text, _ in entries]
    start = PVH_START.pack(*head, count, put(b"".join(moved)), put(machine.text(command_line)), rsdp,
                           put(machine.memory(areas, area_count * AREA_SIZE)), area_count, reserved)
    return seed(SEED_WINDOW, start + bytes(parts))


Read = Callable[[int, int], bytes]   # so many bytes of physical memory, from this address on


def acpi_tables(read: Read, pointer: bytes) -> list[bytes]:
    """Every ACPI table that this root pointer leads to: the list itself, all that it names, and where the FADT leads to."""
    revision, rsdt, xsdt = pointer[15], *struct.unpack_from("<I4xQ", pointer.ljust(36, b"\0"), 16)
    listed = acpi_table(read, xsdt if revision >= 2 and xsdt else rsdt)
    entries = struct.iter_unpack("<Q" if listed[:4] == b"XSDT" else "<I", listed[ACPI_HEADER_SIZE:])
    named = [acpi_table(read, address) for address, in entries]
    fadt = next((table for table in named if table[:4] == b"FACP"), b"")
    far, = struct.unpack_from("<Q", fadt, 140) if len(fadt) >= 148 else (0,)
    near, = struct.unpack_from("<I", fadt, 40) if fadt else (0,)
    tables = [listed, *named, *([acpi_table(read, far or near)] if far or near else [])]
    if missing := {b"FACP", b"APIC", b"DSDT"} - {table[:4] for table in tables}:
        raise PithError(f"a machine without {missing}: its tables were not found")
    return tables


def acpi_table(read: Read, address: int) -> bytes:
    size, = struct.unpack("<I", read(address + 4, 4))
    table = read(address, size)
    if size < ACPI_HEADER_SIZE or sum(table) % 256:
        raise PithError(f"there is no ACPI table at {address:#x}")
    return table


def bios_pointer(read: Read) -> bytes:
    """The root pointer that a BIOS left."""
    area = read(0xE0000, 0x20000)
    at = next(at for at in range(0, len(area), 16) if area[at:at + 8] == b"RSD PTR " and sum(area[at:at + 20]) % 256 == 0)
    return area[at:at + 36]


def loaders_pointer(multiboot2: bytes) -> bytes:
    """The root pointer that GRUB copied: the newer one, if there are two."""
    for record in (NEW_ROOT_POINTER, OLD_ROOT_POINTER):
        if (pointer := multiboot2_record(multiboot2, record)) is not None:
            return pointer
    raise PithError("GRUB left no root pointer")


def with_sum(table: bytes, at: int = 9) -> bytes:
    """The table with its length and its sum put right."""
    table = bytearray(table)
    struct.pack_into("<I", table, 4, len(table))
    table[at] = 0
    table[at] = -sum(table) % 256
    return bytes(table)


def acpi_header(signature: bytes) -> bytes:
    return signature + struct.pack("<I", 0) + b"\1\0" + b"PITH  " + b"SEED    " + bytes(12)


def bios_seed(tables: bytes, revision: int) -> bytes:
    """The same tables as a BIOS leaves them in its own area: a root pointer, a list, and the tables, with addresses to match."""
    area, list_at, parts, at = 0xE0000, 0x40, [], 0
    while at < len(tables):
        size, = struct.unpack_from("<I", tables, at + 4)
        parts.append(bytearray(tables[at:at + size]))
        at += size
    parts = [part for part in parts if part[:4] not in (b"RSDT", b"XSDT")]
    list_size = ACPI_HEADER_SIZE + (8 if revision else 4) * len(parts)
    places = [area + list_at + list_size + sum(map(len, parts[:index])) for index in range(len(parts))]
    for part in parts:
        if part[:4] == b"FACP":
            dsdt = next((place for place, other in zip(places, parts) if other[:4] == b"DSDT"), 0)
            struct.pack_into("<I", part, 40, dsdt)
            if len(part) >= 148:
                struct.pack_into("<Q", part, 140, dsdt)
    listed = with_sum(acpi_header(b"XSDT" if revision else b"RSDT")
                      + b"".join(struct.pack("<Q" if revision else "<I", place) for place in places))
    pointer = bytearray(struct.pack("<8sB6sBIIQB3x", b"RSD PTR ", 0, b"PITH  ", revision, 0 if revision else area + list_at, 36,
                                    area + list_at if revision else 0, 0))
    pointer[8] = -sum(pointer[:20]) % 256
    pointer[32] = -sum(pointer) % 256
    return bytes(pointer).ljust(list_at, b"\0") + listed + b"".join(with_sum(bytes(part)) for part in parts)


def made_handoff_seeds() -> dict[Path, bytes]:
    """What a real machine left, in places or with a module that no loader leaves so."""
    multiboot2, pvh = (CORPUS / "multiboot2" / "bios-q35-module").read_bytes(), (CORPUS / "pvh" / "q35").read_bytes()
    window, amidst_the_image = multiboot2[:8], struct.pack("<II", 0x400000, 0)   # fuzz_memory.hpp: where the kernel is said to lie
    module = struct.pack("<II", 0x200000, 0x201234)
    return {Path("multiboot2", "made-in-the-image"): amidst_the_image + multiboot2[8:],
            Path("multiboot2", "made-backward-module"): window + multiboot2[8:].replace(module, module[4:] + module[:4]),
            Path("multiboot2", "made-framebuffer-beyond"): window + with_framebuffer_at(multiboot2[8:], 1 << 60),
            Path("pvh", "made-in-the-image"): amidst_the_image + pvh[8:]}


def with_framebuffer_at(records: bytes, address: int) -> bytes:
    framebuffer = struct.pack("<IIQ", FRAMEBUFFER, 32, 0xB8000)
    return records.replace(framebuffer, framebuffer[:8] + struct.pack("<Q", address))


def made_acpi_seeds() -> dict[Path, bytes]:
    """What our machines lack: a MADT with entries of all types, sleep types in all ways, and tables where a BIOS leaves them."""
    entries = (struct.pack("<BBHI", 3, 8, 0xF, 2), struct.pack("<BBHQ", 5, 12, 0, 0xFEE00000), struct.pack("<BBHIII", 9, 16, 0, 300, 1, 7),
               struct.pack("<BBHIB3x", 10, 12, 5, 0xFFFFFFFF, 1), struct.pack("<BBBBI", 0, 8, 1, 1, 2))
    madt = acpi_header(b"APIC") + struct.pack("<II", 0xFEE00000, 1) + b"".join(entries)
    ways = (b"\x06\x04\x01\x01\x00\x00", b"\x0a\x04\x0b\x05\x00\x0b\x01\x00\x00", b"\x0d\x02\x0c\x05\0\0\0\x0c\x01\0\0\0", b"\x46\x00\x02\x0a\x05\x0a\x05",
            b"\x06\x02\xff\x00\x00\x00")
    sleeps = [acpi_header(b"DSDT") + b"\x10\x20" + bytes(2) + b"\x08" + name + b"_S5_\x12" + way
              for way, name in zip(ways, (b"", b"\\", b"", b"\\", b""))]
    q35 = (CORPUS / "acpi" / "q35").read_bytes()
    seeds = {Path("acpi", "made-x2apic"): with_sum(madt), Path("acpi", "made-bios-1.0"): bios_seed(q35, 0), Path("acpi", "made-bios-2.0"): bios_seed(q35, 2)}
    facp = q35[q35.index(b"FACP"):][:244]
    return seeds | {Path("acpi", f"made-sleep-{number}"): facp + with_sum(dsdt) for number, dsdt in enumerate(sleeps)}


def made_framebuffer_seeds() -> dict[Path, bytes]:
    """Small ones, quick to draw in, with pixels as VESA BIOSes have them; then text in all colours, and more lines than there is room for."""
    forms = {8: (5, 3, 2, 3, 0, 2), 15: (10, 5, 5, 5, 0, 5), 16: (11, 5, 5, 6, 0, 5), 24: (16, 8, 8, 8, 0, 8), 32: (16, 8, 8, 8, 0, 8)}
    text = b"Pith \x1b[1;32mgreets\x1b[0m \x1b[7myou\x1b[27m.\n\t\x1b[44;93mmore\x1b[m\b\r\n" * 12
    return {Path("framebuffer", f"made-{bits}-bits"): struct.pack("<QIIIBBH6B", 0xFD000000, 96 * (bits + 7) // 8 + 8, 96, 24, bits, 1, 0, *form) + text
            for bits, form in forms.items()} | {
        Path("framebuffer", "made-palette"): struct.pack("<QIIIBBH6x", 0xFD000000, 96, 96, 24, 8, 0, 0)}


def handed_over() -> int:
    return forged_boot.place(ELF, forged_boot.HANDED_OVER)[0]


def seeds_of(name: str, machine: Machine) -> dict[Path, bytes]:
    with tempfile.TemporaryDirectory(prefix="pith-seeds-") as scratch:
        path = Path(scratch, "gdb")
        with Session(machine, "null", gdb_socket=path):
            stopped = Stopped(path)
            stopped.run_to(handed_over())
            address = stopped.register(RSI)
            if stopped.register(RDI) == 1:
                return pvh_seeds(name, stopped, address)
            found = multiboot2_seed(stopped, address)
            acpi = acpi_seed(name, stopped.memory, loaders_pointer(found))
    return acpi | {Path("multiboot2", name): found, Path("multiboot2", f"{name}-module"): with_module(found),
            Path("usable_memory", name): usable_memory_seed(needed_record(found, MEMORY_MAP)[8:]),
            Path("framebuffer", name): framebuffer_seed(found)}


def pvh_seeds(name: str, stopped: Stopped, address: int) -> dict[Path, bytes]:
    rsdp = PVH_START.unpack(stopped.memory(address, PVH_START.size))[PVH_ROOT_POINTER]
    pointer = stopped.memory(rsdp, 36) if rsdp else bios_pointer(stopped.memory)
    return acpi_seed(name, stopped.memory, pointer) | {
        Path("pvh", name): pvh_seed(stopped, address),
        Path("usable_memory", name): usable_memory_seed(pvh_areas(stopped, address))}


def acpi_seed(name: str, read: Read, pointer: bytes) -> dict[Path, bytes]:
    """What acpi.cpp reads: the tables one behind the other, and the DSDT last."""
    return {Path("acpi", name): b"".join(acpi_tables(read, pointer))} if name in WITH_OWN_TABLES else {}


def bochs_seeds() -> dict[Path, bytes]:
    """The same out of Bochs, whose debugger writes memory into a file."""
    name, size = "bios-bochs", 64 << 20
    with tempfile.TemporaryDirectory(prefix="pith-seeds-") as scratch:
        dump = Path(scratch, "memory")
        bochs = Bochs(ISO, "corei7_haswell_4770")
        bochs.write_commands(f"lb {handed_over():#x}", "c", "r", f'writemem "{dump}" {DIRECT_MAP:#x} {size:#x}', "q")
        with bochs:
            while bochs.wait():
                pass
        memory = dump.read_bytes()
    found = re.search(r"rsi: ([0-9a-f]{8})_([0-9a-f]{8})", bochs.terminal)
    if not found:
        raise PithError("Bochs did not stop where the kernel begins")
    address = int(found[1] + found[2], 16)
    total, = struct.unpack_from("<I", memory, address)
    information = seed(address, memory[address:address + total])
    return acpi_seed(name, lambda start, length: memory[start:start + length], loaders_pointer(information)) | {
        Path("multiboot2", name): information,
        Path("usable_memory", name): usable_memory_seed(needed_record(information, MEMORY_MAP)[8:])}


def write(seeds: dict[Path, bytes]) -> None:
    """Writes them, but for those of which another file has the bytes."""
    for file, content in seeds.items():
        if any(other.read_bytes() == content for other in (CORPUS / file.parent).glob("*") if other.name != file.name):
            continue
        (CORPUS / file).parent.mkdir(exist_ok=True)
        (CORPUS / file).write_bytes(content)
        print(f"{file}: {len(content)} bytes")


def main() -> None:
    for name, machine in MACHINES.items():
        write(seeds_of(name, machine))
    write(bochs_seeds())
    write(made_handoff_seeds() | made_acpi_seeds() | made_framebuffer_seeds())


if __name__ == "__main__":
    main()
