"""The machines that the tool starts: their arguments, and what it sees of one that runs."""

import json
import shutil
import socket
import struct
import tempfile
import unittest
from pathlib import Path

from pith import page_tables, qemu
from pith.layout import KERNEL_START
from pith.machine_test import function_in_memory
from pith.qemu import Machine
from pith.qmp import Monitor, MonitorClosed
from pith.screen import SIZE, Screen
from pith.session import Rest, Session, all_wait_for_nothing, rest_of
from pith.symbols import CodeSymbol

PVH_ENTRY_NOTE = struct.pack("<III4sI", 4, 4, 18, b"Xen\0", 0x100000)


def tiny_kernel(code: bytes) -> bytes:
    """An ELF file with nothing but 32-bit code at 1 MiB, which PVH starts."""
    header, entry = 64, 56
    note_at = header + 2 * entry
    code_at = note_at + len(PVH_ENTRY_NOTE)
    elf = struct.pack("<4sBBBB8xHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, 0, 2, 62, 1, 0x100000, header, 0, 0,
                      header, entry, 2, 0, 0, 0)
    note = struct.pack("<IIQQQQQQ", 4, 4, note_at, 0, 0, len(PVH_ENTRY_NOTE), len(PVH_ENTRY_NOTE), 4)
    load = struct.pack("<IIQQQQQQ", 1, 5, code_at, 0x100000, 0x100000, len(code), len(code), 1)
    return elf + note + load + PVH_ENTRY_NOTE + code


class ArgumentsTest(unittest.TestCase):
    def arguments(self, **fields: object) -> str:
        return " ".join(Machine(**fields).arguments(Path("/nowhere")))

    def test_kernel_through_pvh(self) -> None:
        line = self.arguments(kernel=Path("k.elf"), memory="64M", cpus=2, command_line="a b")
        for part in ("-kernel k.elf", "-append a b", "-m 64M", "-smp 2", "-no-reboot", "-machine q35"):
            self.assertIn(part, line)
        self.assertNotIn("isa-debug-exit", line)

    def test_iso_through_bios(self) -> None:
        line = self.arguments(boot="bios", iso=Path("k.iso"), debug_exit=True)
        self.assertIn("-cdrom k.iso", line)
        self.assertIn("isa-debug-exit,iobase=0xf4,iosize=4", line)
        self.assertNotIn("-kernel", line)


class MonitorTest(unittest.TestCase):
    def test_nobody_is_asked_when_the_machine_has_shut_down(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            for message in ({"QMP": {}}, {"return": {}}, {"event": "SHUTDOWN", "data": {"reason": "guest-shutdown"}}):
                theirs.sendall(json.dumps(message).encode() + b"\n")
            monitor = Monitor(ours)
            for ask in (lambda: monitor.human("info registers"), lambda: monitor.wait(1), lambda: monitor.human("x")):
                self.assertRaises(MonitorClosed, ask)
            self.assertEqual([event["event"] for event in monitor.events], ["SHUTDOWN"])
            monitor.close()


class ReadingTest(unittest.TestCase):
    def test_halted_for_good(self) -> None:
        def cpu(flags: str, halted: int) -> str:
            return f"EIP=00100040 EFL={flags} [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT={halted}\n"
        self.assertTrue(all_wait_for_nothing(cpu("00000046", 1) + cpu("00000002", 1)))
        self.assertFalse(all_wait_for_nothing(cpu("00000046", 1) + cpu("00000202", 1)))
        self.assertFalse(all_wait_for_nothing(cpu("00000046", 0)))
        self.assertFalse(all_wait_for_nothing(""))

    def test_ways_to_rest(self) -> None:
        def cpu(rip: int, flags: int, halted: int) -> str:
            return f"RIP={rip:016x} RFL={flags:08x} [-------] CPL=0 II=0 A20=1 SMM=0 HLT={halted}\n"
        kernel, firmware, interrupts_on, interrupts_off = 0xffff_ffff_8013_0000, 0x7_e5f3, 0x246, 0x46
        self.assertIs(rest_of(cpu(kernel, interrupts_on, 1)), Rest.IDLE)
        self.assertIs(rest_of(cpu(kernel, interrupts_off, 1)), Rest.HALTED)
        self.assertIs(rest_of(cpu(kernel, interrupts_on, 1) + cpu(firmware, interrupts_off, 1)), Rest.IDLE)
        self.assertIsNone(rest_of(cpu(firmware, interrupts_on, 1)))
        self.assertIsNone(rest_of(cpu(kernel, interrupts_on, 0)))
        self.assertIsNone(rest_of(cpu(kernel, interrupts_on, 1) + cpu(kernel, interrupts_on, 0)))
        self.assertIsNone(rest_of(""))

    def test_functions_of_an_image_that_is_larger_than_a_step_of_moves(self) -> None:
        code = [CodeSymbol(name, start, 16, True, False, 0) for name, start in
                (("low", 0x10_0000), ("first", KERNEL_START + 0x11_0000), ("second", KERNEL_START + 0x30_0000),
                 ("third", KERNEL_START + 0x31_2000))]
        for address, name in ((0x10_0008, "low"), (0x11_0000, "first"), (0x11_3000, "first"), (0x30_0004, "second"),
                              (0x31_2004, "third"), (0, "no function")):
            self.assertEqual(function_in_memory(address, code), name)

    def test_screen(self) -> None:
        memory = b"".join(bytes([byte, 0x1F]) for byte in b"Hi \xdb\x00")
        screen = Screen(memory.ljust(SIZE, b"\0"))
        self.assertEqual(screen.lines(), ["Hi █"])
        self.assertEqual(screen.attributes()[0][:6], [0x1F] * 5 + [0])

    def test_page_tables(self) -> None:
        tables = {0x1000: 0x2003, 0x2000: 0x3003, 0x3008: 0x40_0083}
        lines = list(page_tables.walk(0x1000, 0x20_1234, lambda address: tables.get(address, 0)))
        self.assertIn("present, writable, large", lines[2])
        self.assertIn("is physical 0x000000401234", lines[-1])
        self.assertIn("not mapped", list(page_tables.walk(0x1000, 0x4000_0000, lambda _: 0))[-1])


@unittest.skipUnless(shutil.which(qemu.PROGRAM), "QEMU is not installed")
class SessionTest(unittest.TestCase):
    def run_code(self, code: bytes) -> Session:
        """Runs code until the machine ends or halts; the session is over, its results can be asked for."""
        with tempfile.TemporaryDirectory() as scratch:
            kernel = Path(scratch, "kernel.elf")
            kernel.write_bytes(tiny_kernel(code))
            machine = Machine(kernel=kernel, model="microvm", memory="16M", debug_exit=True)
            with Session(machine, "null") as session:
                while session.wait() and not session.halted():
                    pass
                self.halted = session.exit_status() is None
                self.halted_at = session.instruction_in_memory()
            return session

    def test_exit_status_is_reported(self) -> None:
        session = self.run_code(b"\xb0\x10\xe6\xf4")  # mov al, 0x10; out 0xf4, al
        self.assertEqual(session.exit_status(), 0x10 << 1 | 1)
        self.assertFalse(self.halted)

    def test_halt_is_seen(self) -> None:
        self.run_code(b"\xfa\xf4\xeb\xfd")  # cli; 1: hlt; jmp 1b
        self.assertTrue(self.halted)
        self.assertEqual(self.halted_at, 0x100002)

    def test_reset_is_seen(self) -> None:
        session = self.run_code(b"\x0f\x0b")  # ud2, with no IDT: a triple fault
        self.assertEqual(session.shutdown_reason(), "guest-reset")


if __name__ == "__main__":
    unittest.main()
