"""The boot matrix: reading its table, what a row is to QEMU, and judging what a machine printed."""

import copy
import re
import tempfile
import unittest
from pathlib import Path
from typing import Any

from pith import matrix_bochs, matrix_machine, matrix_table, paths
from pith.boot_matrix import Outcome, cases_of, summary, TABLE
from pith.bochs import Bochs
from pith.errors import PithError
from pith.matrix_machine import Images, Result, Seen
from pith.play_script import parse as parse_session

SMALL: dict[str, Any] = {"qemu": {
    "meet": 2,
    "dimensions": {
        "processor": {"max": {"cpu": "max", "says": ["QEMU TCG"]}, "old": {"cpu": "qemu32", "refuses": "ERR: 2: too old"},
                      "rare": {"cpu": "phenom", "once": True}},
        "devices": {"all": {}, "none": {"serial": False, "screen": False, "keyboard": False, "qemu": ["-nodefaults"]},
                    "no ACPI": {"cannot_power_off": "does not say how"}},
        "memory": {"128 MiB": {"memory": "128M", "least": 100}},
        "loader": {"PVH": {"boot": "pvh"}, "BIOS": {"boot": "bios", "medium": "disk"}},
        "machine": {"q35": {"model": "q35", "cpus": 2, "flags": "-apic"}},
    },
    "exclude": [{"loader": ["BIOS"], "devices": ["none"], "why": "nobody would see it"}],
    "fast": [{"devices": "no ACPI"}],
}}
FAULTS = paths.ROOT / "kernel" / "shell" / "faults.cpp"
IMAGES = Images(Path("pith.elf"), Path("pith.iso"), Path("font"), Path("scratch"))
# The last answers of a session, as a text screen shows them.
SESSION = parse_session("""serial> pages
expect Rights: r read
serial> fault security
expect kind … security
expect survived … yes
serial> test
expect failed … 0
serial> sleep 20ms
expect slept
""")
SHOWN = ["  survived  yes", "security exception", "  kind      security", "  vector    30", "  survived  yes", "Tests", "  passed  9",
         "  failed  0", "  wanted  20.000 ms", "  slept   20.100 ms", "pith>"]
PRINTED = ["Pith greets you.", "  map  3 pages checked: no surprises", "  processor  QEMU TCG CPU", "  25600 frames of 4 KiB: 100 MiB"]


def changed(**parts: Any) -> dict[str, Any]:
    return {"qemu": {**copy.deepcopy(SMALL["qemu"]), **parts}}


def cases() -> dict[str, matrix_table.Case]:
    return {case.name: case for case in matrix_table.parse(SMALL)[0].cases()}


class TableTest(unittest.TestCase):
    def test_the_fast_rows_come_first_and_once(self) -> None:
        names = list(cases())
        self.assertEqual(names[0], "qemu/max/no ACPI/128 MiB/PVH/q35")
        self.assertEqual([case.is_fast for case in cases().values()].count(True), 1)

    def test_what_is_refused_meets_the_others_and_what_comes_once_has_one_row(self) -> None:
        refused = [name.split("/") for name in cases() if "/old/" in name]
        self.assertEqual({parts[2] for parts in refused}, {"all", "none", "no ACPI"})
        self.assertEqual({parts[4] for parts in refused}, {"PVH", "BIOS"})
        self.assertFalse([parts for parts in refused if parts[2] == "none" and parts[4] == "BIOS"])
        self.assertEqual([name for name in cases() if "/rare/" in name], ["qemu/rare/all/128 MiB/PVH/q35"])

    def test_what_is_wrong_is_refused(self) -> None:
        no_reason = changed(exclude=[{"loader": ["BIOS"], "devices": ["none"]}])
        unknown = changed(fast=[{"devices": "nonsense"}])
        excluded = changed(fast=[{"loader": "BIOS", "devices": "none"}])
        unread = changed()
        unread["qemu"]["dimensions"]["devices"]["all"]["sayz"] = []
        for data, text in ((no_reason, "does not say why"), (unknown, "no 'nonsense'"), (excluded, "excludes the row"),
                           (unread, "nobody reads: sayz")):
            with self.assertRaisesRegex(PithError, text):
                list(matrix_table.parse(data)[0].cases())

    def test_the_table_itself_can_be_read_and_chosen_from(self) -> None:
        fast = cases_of(TABLE, fast=True, pattern="")
        self.assertTrue(all(case.is_fast for case in fast))
        self.assertTrue({"qemu", "bochs"} <= {case.emulator for case in fast})
        self.assertEqual(len(cases_of(TABLE, fast=True, pattern="^bochs/")), 1)

    def test_the_session_can_be_typed_anywhere(self) -> None:
        steps = parse_session(TABLE.with_name("matrix.session").read_text())
        self.assertEqual({step.word for step in steps}, {"serial>", "expect"})
        self.assertFalse([step for step in steps if set(step.text) & set("\";'\\")])

    def test_the_session_has_each_fault_that_is_survived(self) -> None:
        kinds = re.findall(r'(?:FaultKind\{|by_int<.*>\()"([a-z0-9-]+)"(?!.*Raised::into_panic)', FAULTS.read_text())
        steps = parse_session(TABLE.with_name("matrix.session").read_text())
        self.assertEqual([step.text for step in steps if step.text.startswith("fault ")], [f"fault {kind}" for kind in kinds])
        self.assertEqual(len(kinds), 23)

    def test_what_is_switched_off_is_switched_off_alone(self) -> None:
        qemu, bochs = matrix_table.read(TABLE)
        flags = [value.flags for value in qemu.dimensions["switched off"].values() if value.flags]
        self.assertFalse([some for some in flags if "," in some])
        self.assertTrue({"-smep", "-smap", "-umip", "-pge", "-pat"} <= set(flags))
        self.assertTrue({("pcid=0",), ("apic=xapic",)} <= {value.cpuid for value in bochs.dimensions["processor"].values()})


class MachineTest(unittest.TestCase):
    def machine(self, name: str, command_line: str = "") -> str:
        with tempfile.TemporaryDirectory() as scratch:
            return " ".join(matrix_machine.machine(cases()[name], IMAGES, command_line).arguments(Path(scratch)))

    def test_its_values_are_arguments(self) -> None:
        arguments = self.machine("qemu/max/all/128 MiB/BIOS/q35")
        for text in ("-machine q35", "-cpu max,-apic", "-smp 2", "-m 128M", "file=pith.iso,", "size=128M,reserve=off"):
            self.assertIn(text, arguments)
        self.assertNotIn("iobase", arguments)

    def test_without_serial_the_port_is_elsewhere(self) -> None:
        arguments = self.machine("qemu/max/none/128 MiB/PVH/q35", "run=test")
        for text in ("isa-serial.iobase=0x2f8", "-nodefaults", "-kernel pith.elf", "-append run=test"):
            self.assertIn(text, arguments)

    def test_grub_gets_the_whole_session_too(self) -> None:
        for name in ("qemu/max/none/128 MiB/PVH/q35", "qemu/max/all/128 MiB/BIOS/q35"):
            line = matrix_machine.command_line(cases()[name], SESSION)
            self.assertTrue(line.startswith('run="pages;fault security;test;sleep 20ms'))
            self.assertEqual(line.endswith(';poweroff"'), "none" in name)

    def test_a_screen_has_to_show_the_last_answers(self) -> None:
        self.assertEqual(matrix_machine.answers_problem(SHOWN, SESSION), "")
        for row, missing in (("  slept   20.100 ms", "'slept', which 'sleep 20ms' answers"),
                             ("  failed  0", "'failed … 0', which 'test' answers"),
                             ("  kind      security", "'kind … security', which 'fault security' answers")):
            rows = [other for other in SHOWN if other != row]
            self.assertIn(missing, matrix_machine.answers_problem(rows, SESSION))
        self.assertIn("PANIC", matrix_machine.answers_problem(["PANIC at x.cpp:1", *SHOWN], SESSION))

    def test_a_kernel_that_plays_nothing_has_not_lived(self) -> None:
        self.assertIn("does not show", matrix_machine.answers_problem([*PRINTED, "pith>"], SESSION))

    def test_answers_come_in_order(self) -> None:
        rows = [SHOWN[0], *SHOWN[5:], *SHOWN[1:5]]
        self.assertIn("which 'test' answers", matrix_machine.answers_problem(rows, SESSION))

    def test_a_refusal_is_seen_where_it_can_be(self) -> None:
        case = cases()["qemu/old/all/128 MiB/PVH/q35"]
        said, number = ["ERR: 2: too old"], ["ERR: 2"]
        for serial, screen, seen, problem in (
                (said, number, Seen.SENTENCE, ""), (None, number, Seen.NUMBER, ""), (None, None, Seen.SILENCE, ""),
                (said, None, Seen.SENTENCE, ""), (number, None, Seen.SENTENCE, "it does not say 'ERR: 2: too old'"),
                (said, [], Seen.SENTENCE, "the screen does not show 'ERR: 2'")):
            result = matrix_machine.judged_refusal(case, serial, screen)
            self.assertEqual((result.seen, result.problem), (seen, problem))

    def test_bochs_is_told_what_its_processor_has(self) -> None:
        machine = Bochs(Path("pith.iso"), "bx_generic", features=[matrix_bochs.ALL_FEATURES, "pcid=0"])
        configuration = (machine._folder / "bochsrc").read_text()
        machine._scratch.cleanup()
        self.assertIn(f"\ncpuid: {matrix_bochs.ALL_FEATURES}\ncpuid: pcid=0\nata0:", configuration)

    def test_what_was_printed_is_judged(self) -> None:
        case = cases()["qemu/max/all/128 MiB/PVH/q35"]
        self.assertEqual(matrix_machine._wrong(case, PRINTED), [])
        self.assertEqual(matrix_machine._wrong(case, [*PRINTED, "PANIC at x.cpp:1"]), ["it says 'PANIC'"])
        self.assertEqual(matrix_machine._wrong(case, [*PRINTED[:2], PRINTED[3]]), ["it does not say 'QEMU TCG'"])
        self.assertEqual(matrix_machine._wrong(case, [*PRINTED[:3], "  256 frames of 4 KiB: 1 MiB"]),
                         ["it has 256 frames of memory, and not 25600"])

    def test_a_machine_that_cannot_is_asked_to_power_off_too(self) -> None:
        last = [matrix_machine._last_steps(cases()[f"qemu/max/{devices}/128 MiB/PVH/q35"])[-1]
                for devices in ("all", "no ACPI")]
        self.assertEqual([(step.word, step.text) for step in last], [("off", ""), ("expect", "does not say how")])

    def test_the_summary_counts(self) -> None:
        lived, refused = (cases()[f"qemu/{name}/all/128 MiB/PVH/q35"] for name in ("max", "old"))
        outcomes = [Outcome(lived, Result(seen=Seen.TRANSCRIPT), 1), Outcome(refused, Result(seen=Seen.SENTENCE), 1)]
        self.assertEqual(summary(outcomes), "boot matrix: 2 machines: 1 lived (1 by their whole transcript), "
                                            "1 refused (1 with the sentence)")
        outcomes += [Outcome(lived, Result("it hangs", seen=Seen.SCREEN), 1), Outcome(lived, Result(seen=Seen.POWER_OFF), 1),
                     Outcome(refused, Result(seen=Seen.SILENCE), 1)]
        self.assertEqual(summary(outcomes), "boot matrix: 5 machines: 2 lived (1 by their whole transcript, 1 by their power-off only), "
                                            "2 refused (1 with the sentence, 1 in silence), 1 failed")
        self.assertEqual(outcomes[1].as_json()["refusal"], "ERR: 2: too old")
        self.assertEqual(outcomes[2].as_json()["problem"], "it hangs")
        self.assertEqual(outcomes[3].as_json()["seen"], "by their power-off only")


if __name__ == "__main__":
    unittest.main()
