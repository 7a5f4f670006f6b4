"""The checks of finished kernels: that each finds what it is there to find."""

import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from pith import image_check, symbols
from pith.symbols import Function

FORBIDDEN = """
    movaps xmm0, xmm1
    movsd qword ptr [rdi], xmm15
    vaddps ymm2, ymm3, ymm4
    vpxord zmm30, zmm1, zmm2
    kmovw k1, eax
    paddb mm0, mm1
    emms
    fadd st(0), st(3)
    fld1
    fldz
    fild dword ptr [rax]
    fninit
    mov [rsp - 8], rax
    mov eax, [rsp - 128]
    add qword ptr [rsp + rax - 16], 1
"""
HARMLESS = """
    mov [rsp + 8], rax
    lea rsp, [rsp - 64]
    sub rsp, 8
    mov [rbp - 8], rax
    mov fs, eax
    mov fs:[0], rax
    fxsave [rdi]
    fxrstor [rdi]
    xsave [rdi]
    rep stosb
    pause
"""


def lines(code: str) -> list[str]:
    return [line.strip() for line in code.strip().splitlines()]


def header(tags: bytes, checksum_error: int = 0) -> bytes:
    """A Multiboot2 header around these tags."""
    length = 16 + len(tags)
    checksum = -(image_check.MULTIBOOT2_MAGIC + length) + checksum_error
    return struct.pack("<IIII", image_check.MULTIBOOT2_MAGIC, 0, length, checksum % 2**32) + tags


def elf(flags: int, section_flags: int) -> bytes:
    """An ELF file with one segment, one section and the section of their names."""
    names = b"\0.code\0.names\0"
    names_at = 64 + 56
    table_at = names_at + len(names)
    start = struct.pack("<4sBBBB8xHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, 0, 2, 62, 1, 0, 64, table_at, 0, 64,
                        56, 1, 64, 2, 1)
    segment = struct.pack("<IIQQQQQQ", 1, flags, 0, 0x1000, 0x1000, 64, 64, 1)
    code = struct.pack("<IIQQQQIIQQ", 1, 1, section_flags, 0x1000, 0, 64, 0, 0, 1, 0)
    name = struct.pack("<IIQQQQIIQQ", 7, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    return start + segment + names + code + name


class ImageTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.file = Path(scratch.name, "file")

    def faults(self, check: str, content: bytes) -> list[str]:
        self.file.write_bytes(content)
        return list(image_check.CHECKS[check](self.file))

    def test_writable_code(self) -> None:
        self.assertEqual(self.faults("no-writable-code", elf(5, 6)), [])
        self.assertIn("segment at 0x1000", self.faults("no-writable-code", elf(7, 6))[0])
        self.assertIn("section .code", self.faults("no-writable-code", elf(5, 7))[0])

    def test_multiboot2_header(self) -> None:
        end = struct.pack("<HHI", 0, 0, 8)
        right = header(end)
        for image, fault in [
            (right, None), (bytes(32760) + right, "beyond"), (bytes(32768) + right, "no Multiboot2"),
            (bytes(4) + right, "no Multiboot2"), (header(end, 1), "checksum"), (header(bytes(8)), "end tag"),
        ]:
            found = list(image_check.multiboot2_faults(image))
            self.assertEqual(len(found), 0 if fault is None else 1, found)
            self.assertIn(fault or "", "".join(found))

    def test_traces_of_a_directory(self) -> None:
        def found(content: bytes) -> int:
            return len(list(image_check.traces_of("/home/me/pith", content)))
        self.assertEqual(found(b"\0/home/me/pith/kernel/main.cpp\0/home/me/pith\0"), 2)
        self.assertEqual(found(b"\0/home/me/pithy/main.cpp\0x/home/me/pith/\0/home/me\0"), 0)

    def test_symbol_table(self) -> None:
        table = symbols.encode([Function(0xFFFFFFFF80101000, 0xFFFFFFFF80101300, "kernel_main"),
                                Function(0xFFFFFFFF80102000, 0xFFFFFFFF80102020, "memcpy")])
        self.assertEqual(image_check.read_table(table), {0x80101000: "kernel_main", 0x80102000: "memcpy"})


@unittest.skipUnless(shutil.which("clang-19") and shutil.which("llvm-objdump-19"), "there is no clang-19")
class InstructionsTest(unittest.TestCase):
    def found(self, code: str) -> list[str]:
        """What the check finds in an object file made of this code."""
        with tempfile.TemporaryDirectory() as scratch:
            source, compiled = Path(scratch, "code.S"), Path(scratch, "code.o")
            source.write_text(f".intel_syntax noprefix\n.text\ncode:\n{code}")
            subprocess.run(["clang-19", "--target=x86_64-unknown-none-elf", "-c", source, "-o", compiled], check=True)
            return list(image_check.no_vector_registers(compiled))

    def test_each_forbidden_instruction_is_found(self) -> None:
        found = self.found(FORBIDDEN)
        self.assertEqual(len(found), len(lines(FORBIDDEN)), found)
        self.assertIn("in code: movaps", found[0])

    def test_harmless_instructions_are_not(self) -> None:
        self.assertEqual(self.found(HARMLESS), [])

    def test_x87_is_allowed_where_its_exceptions_are_raised(self):
        shown = "0 <_ZN4pith3cpu20try_x87_switched_offEv>:\n  0:\tfnop\n  2:\tfdiv\t%st(1), %st\n"
        self.assertEqual(list(image_check.forbidden_instructions(shown)), [])
        self.assertEqual(len(list(image_check.forbidden_instructions(shown.replace("try_x87_", "use_x87_")))), 2)
        self.assertEqual(len(list(image_check.forbidden_instructions(shown + "  4:\tmovaps\t%xmm0, %xmm1\n"))), 1)

    def test_chapter_8_may_show_the_red_zone_and_nothing_else(self) -> None:
        shown = "0 <use_red_zone>:\n  0:\tmovq\t%rdi, -0x10(%rsp)\n"
        self.assertEqual(list(image_check.forbidden_instructions(shown)), [])
        self.assertEqual(len(list(image_check.forbidden_instructions(shown.replace("use_red_zone", "other")))), 1)
        self.assertEqual(len(list(image_check.forbidden_instructions(shown + "  5:\tmovaps\t%xmm0, %xmm1\n"))), 1)

    def test_a_red_zone_behind_a_frame_pointer_is_found(self) -> None:
        frame = ["pushq\t%rbp", "movq\t%rsp, %rbp"]
        slot = "movq\t%rdi, -0x10(%rbp)"
        for taken, is_fine in (([], False), (["pushq\t%rax"], False), (["pushq\t%rax", "pushq\t%rbx"], True),
                               (["subq\t$0x8, %rsp"], False), (["subq\t$0x10, %rsp"], True),
                               (["subq\t$0x1000, %rsp # imm = 0x1000"], True), (["leaq\t-0x4000(%rsp), %r11"], True)):
            text = "0 <f>:\n" + "".join(f"  {at}:\t{text}\n" for at, text in enumerate([*frame, *taken, slot]))
            self.assertEqual(list(image_check.forbidden_instructions(text)) == [], is_fine, taken)
            self.assertEqual(list(image_check.forbidden_instructions(text.replace("<f>", "<use_red_zone>"))), [])


if __name__ == "__main__":
    unittest.main()
