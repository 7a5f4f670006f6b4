"""Mutated boot information: the same on every run, never what was right, and judged by what the kernel says."""

import random
import re
import struct
import unittest

from pith import forged_boots, forged_parts, multiboot2, told_memory
from pith.errors import PithError
from pith.forged_boots import FAILED, RAN, REFUSED, Outcome, Variant, judge, variants
from pith.forged_parts import ANSWERS, COMMANDS, Lie
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
            records = multiboot2.records_of(information)
            self.assertEqual([kind for kind, _ in records][-1], multiboot2.END)
            self.assertEqual(multiboot2.records_of(multiboot2.information_of(records)), records)
            self.assertEqual(multiboot2.size_fields(information)[-1], len(information) - 4)
            self.assertEqual(multiboot2.sound_records_of(information), records[:-1])

    def test_malformed_information_has_no_sound_records(self):
        information = multiboot2.information_of([(multiboot2.TEXT, b"words\0"), (multiboot2.END, b"")])
        self.assertEqual(multiboot2.text_in(information), b"words\0")
        for offset, size in ((0, 8), (0, 16), (12, 0), (12, 7), (12, 1000)):
            wrong = bytearray(information)
            struct.pack_into("<I", wrong, offset, size)
            with self.subTest(offset=offset, size=size):
                self.assertIsNone(multiboot2.sound_records_of(bytes(wrong)))
                self.assertIsNone(multiboot2.text_in(bytes(wrong)))
        self.assertIsNone(multiboot2.sound_records_of(b"short"))

    def test_the_framebuffer_has_the_fields_that_are_changed(self):
        pixels = dict(multiboot2.records_of((forged_parts.SEEDS / "uefi-q35").read_bytes()[8:]))[multiboot2.FRAMEBUFFER]
        *_, (offset, layout) = forged_parts.RECORD_FIELDS[multiboot2.FRAMEBUFFER]
        self.assertEqual(offset + struct.calcsize(layout), 8 + len(pixels))

    def test_seeds_have_our_commands(self):
        for name in ("bios-q35", "bios-q35-module"):
            text = dict(forged_parts.seed(name))[multiboot2.TEXT]
            self.assertEqual(text, COMMANDS.encode() + b"\0")


class Commands(unittest.TestCase):
    """What is asked for has to be there: a word that is no command is answered, too, and nothing is looked at."""

    def test_each_is_a_command_of_the_kernel(self):
        source = (forged_boots.paths.ROOT / "kernel/shell/commands.cpp").read_text()
        commands = re.findall(r'\{\.name\s*= "(\w+)"', source)
        self.assertIn("help", commands)
        asked = re.fullmatch(r'run="(.*)"', COMMANDS)[1].split("; ")
        self.assertEqual(asked, list(ANSWERS))
        self.assertLessEqual(set(asked), set(commands))

    def test_each_answer_begins_as_the_kernel_has_it(self):
        sources = "".join(file.read_text() for file in (forged_boots.paths.ROOT / "kernel/shell").glob("*_commands.cpp"))
        for command, heading in ANSWERS.items():
            with self.subTest(command):
                self.assertIn(f'"{heading}"', sources)


class Memory(unittest.TestCase):
    """What is left after all that was told."""

    def test_of_multiboot2(self):
        areas = struct.pack("<II", 24, 0) + struct.pack("<QQII", 1 << 20, 4 << 20, 1, 0)
        records = [(multiboot2.MEMORY_MAP, areas), (multiboot2.MODULE, struct.pack("<II", 2 << 20, 3 << 20)),
                   (multiboot2.FRAMEBUFFER, struct.pack("<QIII", 4 << 20, 1 << 10, 0, 1 << 9))]
        told = told_memory.told_in(multiboot2.information_of([*records, (multiboot2.END, b"")]))
        self.assertEqual([area.start for area in told[0]], [1 << 20])
        self.assertEqual(told[1], [range(2 << 20, 3 << 20), range(4 << 20, (4 << 20) + (1 << 19))])
        self.assertIsNone(told_memory.told_in(multiboot2.information_of([(multiboot2.END, b"")])))


class FakeStub:
    """A PVH machine with 8 MiB at 1 MiB, that stands still."""

    def __init__(self) -> None:
        self.memory = bytearray(20 << 20)
        self.registers = {forged_parts.RSI: 0x2000, forged_parts.RDI: 1}
        areas = struct.pack("<QQII", 0, 0x9FC00, 1, 0) + struct.pack("<QQII", 1 << 20, 8 << 20, 1, 0)
        self.write(forged_parts.DIRECT_MAP + 0x3000, areas)
        self.write(forged_parts.DIRECT_MAP + 0x2000 + forged_parts.PVH_MAP, struct.pack("<QI", 0x3000, 2))

    def register(self, number: int) -> int:
        return self.registers[number]

    def set_register(self, number: int, value: int) -> None:
        self.registers[number] = value

    def read(self, address: int, size: int) -> bytes:
        at = address - forged_parts.DIRECT_MAP
        return bytes(self.memory[at:at + size])

    def write(self, address: int, data: bytes) -> None:
        at = address - forged_parts.DIRECT_MAP
        self.memory[at:at + len(data)] = data


class Told(unittest.TestCase):
    """What is in memory after a lie."""

    def test_what_is_left_is_what_is_usable_and_there_and_not_a_modules(self):
        stub = FakeStub()
        self.assertEqual(told_memory.usable_bytes(stub, 64 << 20), (0x9E << 12) + (8 << 20))
        self.assertEqual(told_memory.usable_bytes(stub, 4 << 20), (0x9E << 12) + (3 << 20))
        stub.write(forged_parts.DIRECT_MAP + 0x4000, struct.pack("<4Q", 2 << 20, 1 << 20, 0, 0))
        stub.write(forged_parts.DIRECT_MAP + 0x2000 + forged_parts.PVH_MODULE_COUNT, struct.pack("<IQ", 1, 0x4000))
        self.assertEqual(told_memory.usable_bytes(stub, 64 << 20), (0x9E << 12) + (7 << 20))

    def test_of_lists_that_are_too_long_nothing_is_known(self):
        stub = FakeStub()
        stub.write(forged_parts.DIRECT_MAP + 0x2000 + forged_parts.PVH_ENTRIES, b"\xff" * 4)
        self.assertIsNone(told_memory.usable_bytes(stub, 64 << 20))

    def test_a_mutated_map_keeps_the_commands_by_either_protocol(self):
        protocols = set()
        for number in range(20):
            stub = FakeStub()
            self.assertTrue(forged_parts.forge_map(stub, Chance(f"map.{number}")).keeps_commands)
            protocols.add(stub.register(forged_parts.RDI))
            if stub.register(forged_parts.RDI) == forged_parts.MULTIBOOT2:
                information = stub.read(forged_parts.DIRECT_MAP + stub.register(forged_parts.RSI), 1 << 16)
                self.assertEqual(multiboot2.text_in(information), COMMANDS.encode() + b"\0")
        self.assertEqual(protocols, {forged_parts.MULTIBOOT2, 1})

    def test_large_maps_lie_behind_the_image_and_must_be_refused(self):
        counts = set()
        for number in range(30):
            stub = FakeStub()
            lie = forged_parts.forge_large_map(stub, Chance(f"large-map.{number}"))
            by_pvh = stub.register(forged_parts.RDI) == 1
            start = stub.read(forged_parts.DIRECT_MAP + stub.register(forged_parts.RSI), forged_parts.PVH_SIZE)
            where, count = struct.unpack_from("<QI", start, forged_parts.PVH_MAP) if by_pvh else (stub.register(forged_parts.RSI), 0)
            self.assertEqual(where, forged_parts.LARGE_LIST_START)
            self.assertIn(f"a map of {count} " if by_pvh else ", by Multiboot2", lie.what)
            counts.add(said := int(lie.what.split()[3]))
            self.assertEqual(lie.must_be_refused, said > forged_parts.MOST_AREAS)
        self.assertEqual(counts, set(forged_parts.LARGE_MAPS))

    def test_the_most_areas_are_the_kernels(self):
        source = (forged_boots.paths.ROOT / "kernel/boot/memory_map.hpp").read_text()
        self.assertEqual(int(re.search(r" max_size = (\d+);", source)[1]), forged_parts.MOST_AREAS)


class Judged(unittest.TestCase):
    ANSWERED = (*ANSWERS.values(), "pith>")

    def test_a_prompt_is_a_run(self):
        self.assertEqual(judge("idle", ["pith>"], Lie("", keeps_commands=False)), (RAN, ""))

    def test_who_has_its_commands_has_to_answer_them(self):
        self.assertEqual(judge("idle", self.ANSWERED, Lie("")), (RAN, ""))
        self.assertEqual(judge("idle", ["pith>"], Lie("")), (FAILED, f"no answer to {', '.join(ANSWERS)}"))
        for command, heading in ANSWERS.items():
            lines = [line if line != heading else f"there is no command '{command}'" for line in self.ANSWERED]
            self.assertEqual(judge("idle", lines, Lie("")), (FAILED, f"no answer to {command}"))

    def test_what_must_be_refused_must_not_run(self):
        self.assertEqual(judge("idle", self.ANSWERED, Lie("", must_be_refused=True))[0], FAILED)
        sentence = "the boot information at 0x1000000 is wrong: its list is too long (0x4e20)"
        self.assertEqual(judge("halt", panic(sentence), Lie("", must_be_refused=True)), (REFUSED, sentence))

    def test_what_the_readers_of_boot_information_say_is_a_refusal(self):
        source = (forged_boots.paths.ROOT / "kernel/boot/handoff.cpp").read_text()
        reasons = re.findall(r'case \w+: +return "(.*)";', source)
        self.assertGreater(len(reasons), 10)
        for reason in reasons:
            sentence = f"the boot information at 0x28000 is wrong: {reason} (0x7)"
            with self.subTest(reason):
                self.assertEqual(judge("halt", panic(sentence), Lie("")), (REFUSED, sentence))

    def test_too_little_memory_is_a_refusal_before_there_are_panics(self):
        sentence = "ERR: 4: too little memory. Pith needs 2 MiB."
        self.assertEqual(judge("halt", ["", sentence], Lie("")), (REFUSED, sentence))
        self.assertEqual(judge("halt", ["ERR: 2: this processor has no long mode."], Lie(""))[0], FAILED)

    def test_a_shortage_is_a_refusal_where_there_is_one(self):
        for sentence in ("the kernel's map cannot be made: no frame is free", "no memory is left for 248 bytes",
                         "the kernel's map cannot be made: 0xffff800000000000: no frame is free for a page table",
                         "no memory is left for 64 bytes at a multiple of 64"):
            self.assertEqual(judge("halt", panic(sentence), Lie("", usable=632 << 10)), (REFUSED, sentence))
            self.assertEqual(judge("halt", panic(sentence), Lie("", usable=100 << 20)), (FAILED, sentence))
            self.assertEqual(judge("halt", panic(sentence), Lie("", usable=None)), (FAILED, sentence))

    def test_other_panics_are_mistakes(self):
        for sentence in ("page fault: cannot read from 0x0000000000000008: no page is mapped there",
                         "a physical range ends before it starts",                            # require()
                         "front() called on an empty vector",                                 # libc++'s hardening
                         "stack smashing was detected",
                         "the kernel's map cannot be made: 0xffff800000000000: something is mapped there already"):
            with self.subTest(sentence):
                self.assertEqual(judge("halt", panic(sentence), Lie("", usable=0)), (FAILED, sentence))

    def test_a_panic_inside_a_refusal_is_a_mistake(self):
        sentence = "the boot information at 0x28000 is wrong: it holds no memory map (0x0)"
        again = "PANIC inside a panic, at kernel/base/bytes.hpp:20: {}"
        self.assertEqual(judge("halt", [*panic(sentence), again], Lie("")), (FAILED, sentence + "; then {}"))

    def test_a_reset_silence_and_a_machine_that_hangs_are_failures(self):
        self.assertEqual(judge("halt", ["Pith greets you."], Lie(""))[0], FAILED)
        self.assertEqual(judge("idle", [*panic("no memory is left for 8 bytes"), *self.ANSWERED], Lie("", usable=0))[0], FAILED)
        self.assertEqual(judge("the machine ended by itself (guest-reset)", ["Pith greets you."], Lie(""))[0], FAILED)
        self.assertEqual(judge("it did not end in 60 seconds", [], Lie("", must_be_refused=True))[0], FAILED)


def panic(sentence: str) -> list[str]:
    return ["Pith greets you.", "", f"PANIC at kernel/console/start.cpp:80: {sentence}", "  rax 0000000000000000"]


class Documented(unittest.TestCase):
    """docs/reliability.md lists the sentences that refused in the whole campaign."""

    PAGE = (forged_boots.paths.ROOT / "docs/reliability.md").read_text()
    SECTION = PAGE.partition("### The kernel as it boots")[2].partition("\n### ")[0]
    LISTED = {sentence: int(count) for sentence, count in re.findall(r"^\| `(.*)` \| (\d+) \|$", SECTION, re.MULTILINE)}

    def test_they_are_the_kernels_and_meant_to_refuse(self):
        sources = "".join((forged_boots.paths.ROOT / "kernel" / file).read_text() for file in (
            "boot/handoff.cpp", "boot/handoff.hpp", "paging/kernel_map.cpp", "frames/frame_allocator.cpp", "heap/no_memory.hpp"))
        for sentence in self.LISTED:
            said = sentence.replace("…", "0x7") if "boot information" in sentence else sentence.replace("…", "7")
            with self.subTest(sentence):
                self.assertTrue(forged_boots.refuses(said, Lie("", usable=0)))
                last = re.sub(r" \(…\)$", "", sentence).rpartition(": ")[2].partition("…")[0]
                self.assertIn(last, sources)

    def test_their_counts_are_the_tables(self):
        refused = re.search(r"^\| all \| \| \d+ \| \d+ \| \d+ \| (\d+), by (\d+) sentences \|", self.SECTION, re.MULTILINE)
        self.assertEqual((sum(self.LISTED.values()), len(self.LISTED)), tuple(map(int, refused.groups())))


class Summed(unittest.TestCase):
    def test_sentences_are_counted_without_their_numbers(self):
        outcomes = [Outcome(Variant("map", index), REFUSED, f"no memory is left for {index} bytes", "") for index in range(3)]
        outcomes += [Outcome(Variant("acpi", 0), RAN, "", "", answers=True), Outcome(Variant("acpi", 1), RAN, "", "")]
        lines = forged_boots.summary(outcomes)
        self.assertEqual(lines[0], '     3 refused with "no memory is left for … bytes"')
        self.assertEqual(lines[-1], f"forged boots: 5 variants: 2 ran (1 of them answered {len(ANSWERS)} commands), "
                                    "3 refused (by 1 different sentences), 0 failed")


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
