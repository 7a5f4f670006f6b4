"""Mutated boot information: the same on every run, never what was right, and judged by what the kernel says."""

import random
import struct
import unittest

from pith import forged_boots, forged_parts
from pith.errors import PithError
from pith.forged_boots import FAILED, RAN, REFUSED, Variant, judge, variants
from pith.mutations import Chance
from pith.qemu import Machine


class Chances(unittest.TestCase):
    def test_the_same_name_draws_the_same(self):
        first, second, other = Chance("acpi.17"), Chance("acpi.17"), Chance("acpi.18")
        drawn = [[chance.number(64, 5) for _ in range(20)] for chance in (first, second, other)]
        self.assertEqual(drawn[0], drawn[1])
        self.assertNotEqual(drawn[0], drawn[2])
        self.assertIsInstance(first, random.Random)

    def test_numbers_have_their_bits(self):
        chance = Chance("bits")
        for bits in (5, 8, 16, 32, 64):
            numbers = {chance.number(bits, 3) for _ in range(300)}
            self.assertGreater(len(numbers), 20)
            self.assertLessEqual(max(numbers), (1 << bits) - 1)
            self.assertGreaterEqual(min(numbers), 0)

    def test_bytes_and_entries_keep_their_form(self):
        chance = Chance("form")
        self.assertEqual(len(chance.bytes_like(bytes(40))), 40)
        self.assertEqual(chance.bytes_like(b""), b"")
        for _ in range(100):
            wrong = chance.entries_like([bytes(24)] * 3, forged_parts._area_like)
            self.assertTrue(all(len(entry) == 24 for entry in wrong))


class Multiboot2(unittest.TestCase):
    def test_real_information_is_read_and_written_back(self):
        for name in ("bios-q35", "uefi-q35"):
            information = (forged_parts.SEEDS / name).read_bytes()[8:]
            records = forged_parts.records_of(information)
            self.assertEqual([kind for kind, _ in records][-1], forged_parts.END)
            self.assertEqual(forged_parts.records_of(forged_parts.information_of(records)), records)
            self.assertEqual(forged_parts._size_fields(information)[-1], len(information) - 4)

    def test_the_framebuffer_has_the_fields_that_are_changed(self):
        pixels = dict(forged_parts.records_of((forged_parts.SEEDS / "uefi-q35").read_bytes()[8:]))[forged_parts.FRAMEBUFFER]
        *_, (offset, layout) = forged_parts.RECORD_FIELDS[forged_parts.FRAMEBUFFER]
        self.assertEqual(offset + struct.calcsize(layout), 8 + len(pixels))


class Judged(unittest.TestCase):
    def test_a_prompt_is_a_run(self):
        self.assertEqual(judge("idle", ["pith>"]), (RAN, ""))

    def test_a_sentence_is_a_refusal(self):
        self.assertEqual(judge("halt", ["PANIC at kernel/console/start.cpp:80: the boot information is wrong"]),
                         (REFUSED, "the boot information is wrong"))

    def test_an_exception_a_reset_and_silence_are_not(self):
        fault = "page fault: cannot read from 0x0000000000000008: no page is mapped there"
        self.assertEqual(judge("halt", [f"PANIC at kernel/acpi/madt.cpp:8: {fault}"]), (FAILED, fault))
        self.assertEqual(judge("halt", ["Pith greets you."])[0], FAILED)
        self.assertEqual(judge("the machine ended by itself (guest-reset)", ["Pith greets you."])[0], FAILED)
        self.assertEqual(judge("it did not end in 60 seconds", [])[0], FAILED)


class Names(unittest.TestCase):
    def test_a_kind_is_its_first_variants_and_a_name_is_one(self):
        self.assertEqual(variants(["acpi", "map.7"], 2), [Variant("acpi", 0), Variant("acpi", 1), Variant("map", 7)])

    def test_others_are_refused(self):
        for name in ("nonsense", "acpi.x"):
            with self.assertRaises(PithError):
                variants([name], 1)


class Machines(unittest.TestCase):
    def test_a_variants_name_is_all_that_their_chance_depends_on(self):
        first, again, other = (forged_boots.with_chance_of(Variant("acpi", number), Machine(extra=("-S",))).extra for number in (1, 1, 2))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        self.assertEqual(first[:2], ("-S", "-seed"))


class Kinds(unittest.TestCase):
    def test_all_have_tests_in_the_build(self):
        listed = (forged_boots.paths.ROOT / "tests/boot/CMakeLists.txt").read_text()
        self.assertIn("foreach(kind " + " ".join(forged_parts.KINDS) + ")", listed)


if __name__ == "__main__":
    unittest.main()
