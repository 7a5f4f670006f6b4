"""The boot matrix: reading its table, what a row is to QEMU, and judging what a machine printed."""

import copy
import tempfile
import unittest
from pathlib import Path
from typing import Any

from pith import matrix_machine, matrix_table
from pith.boot_matrix import Outcome, cases_of, summary, TABLE
from pith.errors import PithError
from pith.matrix_machine import Images, Result
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
IMAGES = Images(Path("pith.elf"), Path("pith.iso"), Path("font"), Path("scratch"))
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
        self.assertFalse([step for step in steps if set(step.text) & set("\";")])


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
        outcomes = [Outcome(lived, Result(), 1), Outcome(refused, Result(), 1)]
        self.assertEqual(summary(outcomes), "boot matrix: 2 machines: 1 lived, 1 refused with a sentence")
        outcomes.append(Outcome(lived, Result("it hangs"), 1))
        self.assertEqual(summary(outcomes), "boot matrix: 3 machines: 1 lived, 1 refused with a sentence, 1 failed")
        self.assertEqual(outcomes[1].as_json()["refusal"], "ERR: 2: too old")
        self.assertEqual(outcomes[2].as_json()["problem"], "it hangs")


if __name__ == "__main__":
    unittest.main()
