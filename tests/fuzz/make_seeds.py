"""Makes the fuzzers' seeds of boot information, memory maps and ACPI tables, out of what real loaders leave:
`PYTHONPATH=tools python3 tests/fuzz/make_seeds.py`, after `./pith build` and `./pith iso`.

Each machine runs up to kernel_main; there gdb's protocol gives its registers and its memory. A seed is what
fuzz_memory.hpp reads: where the memory begins, where in it the information begins, and the memory.
"""

import socket
import struct
import subprocess
import tempfile
from pathlib import Path

from pith import paths
from pith.qemu import Machine
from pith.session import Session

CORPUS = Path(__file__).parent / "corpus"
ELF, ISO = paths.OUT / "pith.elf", paths.OUT / "pith.iso"
DIRECT_MAP = 0xFFFF_8000_0000_0000
RSI, RDI = 4, 5  # places in gdb's list of registers
PVH_START = struct.Struct("<4I4Q2I")
PVH_MODULE = struct.Struct("<4Q")
MULTIBOOT2_RECORD = struct.Struct("<2I")
MEMORY_MAP_RECORD, FRAMEBUFFER_RECORD = 6, 8
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
WITH_OWN_TABLES = ("q35", "pc-4g", "microvm", "uefi-q35")   # the others' are the same


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


def multiboot2_record(multiboot2: bytes, wanted: int) -> bytes:
    """What a record has behind its type and size."""
    records, at = multiboot2[8:], 8
    while True:
        kind, size = MULTIBOOT2_RECORD.unpack_from(records, at)
        if kind == wanted:
            return records[at + 8:at + size]
        at += size + -size % 8


def framebuffer_seed(multiboot2: bytes) -> bytes:
    """What framebuffer.cpp reads: a record of 30 bytes (a text screen's has 24), and what is drawn."""
    return multiboot2_record(multiboot2, FRAMEBUFFER_RECORD).ljust(30, b"\0") + b"Pith \x1b[1;32mgreets\x1b[0m you.\n\tmore\b"


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


def acpi_tables(memory: bytes) -> dict[int, bytes]:
    """Every ACPI table in memory, by its address: where a table's signature stands, and the sum is right."""
    found = {}
    for name in (b"FACP", b"APIC", b"HPET", b"MCFG", b"DSDT", b"XSDT", b"RSDT"):
        at = -1
        while (at := memory.find(name, at + 1)) >= 0:
            size, = struct.unpack_from("<I", memory, at + 4)
            table = memory[at:at + size]
            if ACPI_HEADER_SIZE <= size == len(table) and sum(table) % 256 == 0:
                found[at] = table
                break
    return found


def acpi_seed(session: Session, scratch: Path) -> bytes:
    """What acpi.cpp reads: the tables one behind the other."""
    dump = scratch / "memory"
    session.monitor(f'pmemsave 0 0x10000000 "{dump}"')
    return b"".join(acpi_tables(dump.read_bytes()).values())


def kernel_main() -> int:
    symbols = subprocess.run(["llvm-nm-19", str(ELF)], capture_output=True, text=True, check=True).stdout
    return next(int(line.split()[0], 16) for line in symbols.splitlines() if line.endswith(" kernel_main"))


def seeds_of(name: str, machine: Machine) -> dict[Path, bytes]:
    with tempfile.TemporaryDirectory(prefix="pith-seeds-") as scratch:
        path = Path(scratch, "gdb")
        with Session(machine, "null", gdb_socket=path) as session:
            stopped = Stopped(path)
            stopped.run_to(kernel_main())
            address = stopped.register(RSI)
            tables = {Path("acpi", name): acpi_seed(session, Path(scratch))} if name in WITH_OWN_TABLES else {}
            if stopped.register(RDI) == 1:
                return tables | {Path("pvh", name): pvh_seed(stopped, address),
                        Path("usable_memory", name): usable_memory_seed(pvh_areas(stopped, address))}
            found = multiboot2_seed(stopped, address)
    return tables | {Path("multiboot2", name): found, Path("multiboot2", f"{name}-module"): with_module(found),
            Path("usable_memory", name): usable_memory_seed(multiboot2_record(found, MEMORY_MAP_RECORD)[8:]),
            Path("framebuffer", name): framebuffer_seed(found)}


def main() -> None:
    for name, machine in MACHINES.items():
        for file, content in seeds_of(name, machine).items():
            (CORPUS / file).parent.mkdir(exist_ok=True)
            (CORPUS / file).write_bytes(content)
            print(f"{file}: {len(content)} bytes")


if __name__ == "__main__":
    main()
