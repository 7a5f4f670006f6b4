"""`./pith bench boot`: what is read from QEMU's log, what is watched, what is made of Debian's packages, and the figures."""

import gzip
import struct
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pith.bench import boot, debian, outputs, systems
from pith.bench.boot import Count, Time
from pith.bench.figure import Figure
from pith.bench.watched import Watched
from pith.errors import PithError
from pith.qemu import Machine


def serial(executed: int, register: int, value: int) -> list[str]:
    """With a block for ten instructions, half of which wait."""
    return [f"OUT {executed} {executed // 2} {executed // 10}\n", f"serial_write write addr 0x{register:02x} val 0x{value:02x}\n"]


class OutputsTest(unittest.TestCase):
    def test_each_byte_has_its_count(self) -> None:
        read = outputs.read([*serial(10, 0, ord("P")), "OUT 15 7 1\n", *serial(20, 0, ord("i"))])
        self.assertEqual((bytes(read.text), read.counts), (b"Pi", [(10, 5, 1), (20, 10, 2)]))
        self.assertEqual((read.first(), read.until(b"Pi")), ((10, 5, 1), (20, 10, 2)))

    def test_what_was_before_the_entry_is_not_the_kernels(self) -> None:
        read = outputs.read([*serial(900, 0, ord("G")), "ENTRY\n", *serial(3, 0, ord("P"))])
        self.assertEqual((bytes(read.text), read.first().instructions), (b"P", 3))

    def test_the_divisor_and_a_looped_back_sample_do_not_go_out(self) -> None:
        lines = [*serial(1, 3, 0x80), *serial(2, 0, 1), *serial(3, 3, 0x03), *serial(4, 4, 0x1e), *serial(5, 0, 0xae),
                 *serial(6, 4, 0x03), *serial(7, 0, ord("P"))]
        self.assertEqual(outputs.read(lines).first().instructions, 7)

    def test_words_that_never_came_are_named(self) -> None:
        with self.assertRaisesRegex(PithError, "never wrote 'pith>'; it wrote 'panic'"):
            outputs.read([line for byte in b"panic" for line in serial(1, 0, byte)]).until(b"pith>")
        with self.assertRaisesRegex(PithError, "never entered"):
            outputs.read([]).first()


class WatchedTest(unittest.TestCase):
    """A script stands in for QEMU."""

    def watched(self, script: str, seconds: float = 5) -> Watched:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        program = Path(scratch.name, "qemu")
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(0o755)
        patch = mock.patch("pith.qemu.PROGRAM", str(program))
        patch.start()
        self.addCleanup(patch.stop)
        return Watched(Machine(kernel=Path("none")), seconds)

    def test_words_are_awaited_and_answered(self) -> None:
        with self.watched("printf 'hello\\n$ '; read line; echo got $line; printf '$ '; sleep 60") as run:
            ready, before = run.until("$ ")
            self.assertEqual(before, "hello\n")
            self.assertLessEqual(run.first_byte, ready)
            run.type("memory\n")
            self.assertEqual(run.until("$ ")[1], "got memory\n")
        self.assertGreater(run.processor, 0)

    def test_a_machine_that_ends_or_takes_too_long_is_told_of(self) -> None:
        with self.assertRaisesRegex(PithError, "did not come to 'ready'.*'only this' no kernel"), \
                self.watched("printf 'only this'; echo no kernel >&2") as run:
            run.until("ready")
        with self.assertRaisesRegex(PithError, "in 0.2 seconds"), self.watched("sleep 60", 0.2) as run:
            run.until("ready")


class DebianTest(unittest.TestCase):
    def test_the_archive_holds_a_console_and_a_busybox_that_is_started(self) -> None:
        names = {}
        data = debian.archive(b"ELF busybox!")
        while data:
            self.assertEqual(data[:6], b"070701")
            fields = [int(data[6 + 8 * index:14 + 8 * index], 16) for index in range(13)]
            start = 110 + fields[11] + -(110 + fields[11]) % 4
            end = start + fields[6]
            names[data[110:110 + fields[11] - 1].decode()] = (fields[1], fields[9:11], data[start:end])
            data = data[end + -end % 4:]
        self.assertEqual(names["dev/console"], (0o020600, [5, 1], b""))
        self.assertEqual(names["bin/busybox"], (0o100755, [0, 0], b"ELF busybox!"))
        self.assertTrue(names["init"][2].startswith(b"#!/bin/busybox sh\n"))
        self.assertEqual(list(names)[-1], "TRAILER!!!")

    def test_a_package_is_fetched_once_and_unpacked(self) -> None:
        with tempfile.TemporaryDirectory() as scratch, mock.patch.object(debian, "FOLDER", Path(scratch)), \
                mock.patch.object(debian, "XEN", Path(scratch, "xen.elf")), \
                mock.patch.object(debian, "_dependency", return_value="xen-hypervisor-9"), \
                mock.patch.object(debian.packages, "download", return_value=Path("xen.deb")) as download, \
                mock.patch.object(debian.process, "run_step", side_effect=self.unpack):
            for _ in range(2):
                self.assertEqual(debian.xen().read_bytes(), b"ELF xen")
            download.assert_called_once()

    @staticmethod
    def unpack(what: str, command: list, log: str) -> None:
        boot_files = Path(command[-1], "boot")
        boot_files.mkdir(parents=True)
        (boot_files / "xen-9.gz").write_bytes(gzip.compress(b"ELF xen"))


class SystemsTest(unittest.TestCase):
    def test_entries_are_read_from_the_elf_and_from_its_note(self) -> None:
        note = struct.pack("<III4sI", 4, 4, 18, b"Xen\0", 0x100059)
        image = bytearray(64) + struct.pack("<IIQQQQQQ", 4, 4, 120, 0, 0, len(note), len(note), 4) + note
        image[:6] = b"\x7fELF\x02\x01"
        struct.pack_into("<Q", image, 24, 0x100048)      # entry
        struct.pack_into("<Q", image, 32, 64)            # program headers: where,
        struct.pack_into("<HH", image, 54, 56, 1)        # how large, how many
        with tempfile.TemporaryDirectory() as scratch:
            elf = Path(scratch, "kernel.elf")
            elf.write_bytes(image)
            self.assertEqual((systems.elf_entry(elf), systems.pvh_entry(elf)), (0x100048, 0x100059))


class FiguresTest(unittest.TestCase):
    COUNTS = {"probe, pc": Count(14, 14, 0, 4), "probe, microvm": Count(14, 14, 0, 4),
              "Pith, pc": Count(19_000, 1_000_000, 1_000_000, 5000), "Pith, microvm": Count(16_000, 500_000, 1_000_000, 4000),
              "Pith, GRUB": Count(22_000, 4_500_000, 1_000_000, 5000),
              "Linux, pc": Count(4_000_000_000, 5_000_000_000, 1_000_000_000, 90_000),
              "Linux, microvm": Count(400_000_000, 1_000_000_000, 0, 80_000), "Xen": Count(500_000, 600_000, 0, 7000)}
    OURS = {name: count for name, count in COUNTS.items() if name.startswith(("Pith", "probe"))}

    LINES = ["ENTRY", *serial(30_000, 0, ord("P"))]   # of systems that are ready when they have written something

    def figures(self, counts: dict[str, Count]) -> dict[str, Figure]:
        with mock.patch.object(boot, "_all_systems", return_value={name: name for name in counts}), \
                mock.patch.object(boot, "count", counts.get), mock.patch.object(boot, "build_plugin"):
            return {figure.name: figure for figure in boot.counted()}

    def counted(self, counts: dict[str, Count]) -> dict[str, bool | None]:
        return {name: figure.met for name, figure in self.figures(counts).items()}

    def test_what_is_over_its_goal_is_missed(self) -> None:
        met = self.counted(self.COUNTS)
        self.assertEqual((met["pc: entry to first byte"], met["pc: entry to prompt"]), (True, True))
        self.assertEqual((met["GRUB: entry to first byte"], met["GRUB: entry to prompt"]), (False, False))
        self.assertIsNone(met["pc: first byte, beside Xen"])

    def test_waiting_counts_for_the_goal_and_is_told_apart(self) -> None:
        figures = self.figures(self.COUNTS)
        self.assertEqual((figures["pc: entry to prompt"].value, figures["pc: the same, less waiting"].value), (2_000_000, 1_000_000))
        late = {**self.COUNTS, "Pith, pc": Count(1, 4_000_000, 1_000_001, 1)}
        self.assertFalse(self.counted(late)["pc: entry to prompt"])

    def test_each_way_stands_beside_linux_on_the_same_machine(self) -> None:
        beside = {way: self.figures(self.COUNTS)[f"{way}: entry to prompt, beside Linux"] for way in boot.WAYS}
        self.assertEqual({way: figure.baseline for way, figure in beside.items()},
                         {"pc": "Linux, pc", "microvm": "Linux, microvm", "GRUB": "Linux, pc"})
        self.assertEqual({way: figure.met for way, figure in beside.items()}, {"pc": True, "microvm": False, "GRUB": True})

    def test_without_debians_systems_the_rest_is_measured_and_that_is_said(self) -> None:
        figures = self.figures(self.OURS)
        self.assertEqual(figures["pc: entry to prompt"].met, True)
        for name in ("pc: entry to prompt, beside Linux", "GRUB: entry to prompt, beside Linux"):
            self.assertEqual((figures[name].value, figures[name].met), (None, None))
        with mock.patch.object(systems, "ours", return_value=self.OURS), mock.patch.object(boot.process, "say") as said, \
                mock.patch.object(systems, "others", side_effect=PithError("no network")):
            self.assertEqual(boot._all_systems(), self.OURS)
        self.assertRegex(said.call_args[0][0], "not measured: no network")

    def test_what_is_compared_with_the_tree_has_the_same_goals(self) -> None:
        figures = boot.figures({"pc-first": 1, "pc-work": 4_000_000, "pc-waited": 1_000_001, "pc-blocks": 1})
        self.assertEqual([(figure.name, figure.met) for figure in figures],
                         [("pc: entry to first byte", True), ("pc: entry to prompt", False)])

    def test_two_runs_that_differ_are_a_failure(self) -> None:
        system = systems.System("Pith", Machine(), 0, "pith>")
        with mock.patch.object(boot, "_counted_once", side_effect=[Count(1, 2, 3, 4), Count(1, 2, 3, 5)]), \
                self.assertRaisesRegex(PithError, "two runs of Pith"):
            boot.count(system)

    def test_times_alternate_and_linux_comes_less_often(self) -> None:
        chosen = {name: systems.System(name, Machine(), 0, "P") for name in self.COUNTS}
        runs: list[str] = []

        def run(system: systems.System) -> Time:
            runs.append(system.name)
            ready = {"Linux, pc": 8000, "Linux, microvm": 9000, "probe, pc": 100, "probe, microvm": 50}.get(system.name, 140)
            return Time(len(runs), ready, 7)

        memory = mock.patch.object(boot, "_answer", side_effect=['{"free": 132120576}', "MemFree:  65536 kB"])
        with mock.patch.object(boot, "_all_systems", return_value=chosen), mock.patch.object(boot, "_time", run), memory, \
                mock.patch.object(boot, "lines_until_ready", return_value=self.LINES):
            figures = {figure.name: figure for figure in boot.timed()}
        self.assertEqual(runs[:len(chosen)], list(chosen))
        self.assertEqual((runs.count("Xen"), runs.count("Linux, pc"), runs.count("Linux, microvm")),
                         (boot.ROUNDS, boot.ROUNDS_OF_LINUX, boot.ROUNDS_OF_LINUX))
        # Xen is the last of eight in each of the first three rounds, and then of six.
        self.assertEqual([figures[f"Xen: {what}"].value for what in ("first byte, least", "first byte, median", "ready, median",
                                                                     "QEMU's processor time, least")], [8, 36, 140, 7])
        self.assertEqual([figures[f"{way}: QEMU to prompt"].met for way in boot.WAYS], [True, False, None])
        self.assertTrue(figures["pc: QEMU to prompt, beside Linux"].met)
        self.assertEqual(figures["pc: blocks translated, without -icount"].value, 3000)
        in_use = figures["memory in use at the prompt"]
        self.assertEqual((in_use.value, in_use.baseline_value), (2048, 65536))

    def test_without_linux_its_times_are_not_measured(self) -> None:
        chosen = {name: systems.System(name, Machine(), 0, "P") for name in self.OURS}
        with mock.patch.object(boot, "_all_systems", return_value=chosen), mock.patch.object(boot, "_answer", return_value='{"free": 0}'), \
                mock.patch.object(boot, "_time", return_value=Time(1, 2, 3)), \
                mock.patch.object(boot, "lines_until_ready", return_value=self.LINES):
            figures = {figure.name: figure for figure in boot.timed()}
        self.assertIsNone(figures["pc: QEMU to prompt, beside Linux"].value)


if __name__ == "__main__":
    unittest.main()
