"""The symbol table's generator: names, encoding, and a tiny program with code inlined into other code.

    PYTHONPATH=tools python3 -m unittest discover -s tests/tool -p test_symbols.py
"""

import contextlib
import io
import os
import struct
import subprocess
import tempfile
import unittest

from pith import symbols
from pith.errors import PithError
from pith.symbols import CodeSymbol, Function, Row, choose_functions, shorten

NAMES = {
    "memcpy": "memcpy",
    "pith::console::print(int)": "pith::console::print",
    "pith::(anonymous namespace)::f(pith::(anonymous namespace)::T) const": "pith::f",
    "void std::__pith::sort<int*>(int*, int*)": "std::sort",
    "std::__pith::pair<int, char> std::__pith::minmax[abi:sn190107]<int>(int const&)": "std::minmax",
    "std::__pith::vector<int>::vector[abi:sn190107](std::initializer_list<int>)": "std::vector::vector",
    "pith::Frame<4096ul>::~Frame()": "pith::Frame::~Frame",
    "decltype(fp0) std::__pith::copy<char>(char*)": "std::copy",
    "decltype(auto) pith::visit<int>(int)": "pith::visit",
    "char const* pith::f<(pith::E)1, (1 < 2)>(int) requires C<int>": "pith::f",
    "void pith::f<(2 > 1)>()": "pith::f",
    "void pith::f<&(pith::operator<(pith::A, pith::A))>()": "pith::f",
    "void pith::f<pith::A::operator->>()": "pith::f",
    "void (*pith::handler<int>(int))(char)": "pith::handler",
    "non-virtual thunk to pith::Serial::write(char)": "pith::Serial::write",
    "operator new(unsigned long)": "operator new",
    "operator delete[](void*, unsigned long)": "operator delete[]",
    "pith::A::operator()(int) const": "pith::A::operator()",
    "pith::A::operator[](int) &": "pith::A::operator[]",
    "pith::A::operator bool() const": "pith::A::operator bool",
    "pith::A::operator std::__pith::span<char const>() const": "pith::A::operator std::span",
    "bool pith::operator< <int>(pith::A<int>)": "pith::operator<",
    "bool pith::operator<[abi:sn190107]<int>(pith::A<int>)": "pith::operator<",
    "auto pith::operator<=><int>(pith::A<int>)": "pith::operator<=>",
    "pith::operator<<(pith::A, int)": "pith::operator<<",
    'pith::operator"" _KiB(unsigned long long)': 'pith::operator"" _KiB',
    "pith::f(int)::$_0::operator()(char) const": "pith::f::lambda",
    "auto pith::f(int) const::'lambda'(auto)::operator()<int>(auto) const": "pith::f::lambda",
    "pith::f(int)::'lambda0'()::__invoke()": "pith::f::lambda::__invoke",
    "pith::f() (.cold.1)": "pith::f",
}

SOURCE = """\
#include <algorithm>
#include "part.hpp"
namespace pith {
volatile int seen;
template <typename T> [[gnu::noinline]] int twice(T value) {
    seen = 1;
    return part(value) + 1;
}
int lowest(int* begin, int* end) {
    return *std::min_element(begin, end, [](int a, int b) {
        return seen + a < b;
    });
}
}
extern "C" int _start(int n) { int a[] = {n, 2}; return pith::twice(n) + pith::lowest(a, a + 2); }
asm(".globl stub\\n stub: nop\\n ret\\n");
"""
HEADER = """\
extern volatile int port;
inline int part(int value) {
    port = value;
    return value;
}
inline volatile int port = 0;
"""
COMPILE = ["clang++-19", "-std=c++23", "-stdlib=libc++", "-O2", "-g", "-fno-pic", "-ffreestanding",
           "-nostdlib", "-static", "-fuse-ld=lld-19", "-fno-exceptions", "-fno-asynchronous-unwind-tables"]


class Names(unittest.TestCase):
    def test_shortens_every_kind_of_name(self):
        for long_name, short_name in NAMES.items():
            with self.subTest(long_name):
                self.assertEqual(shorten(long_name), short_name)

    def test_a_name_is_ascii_and_never_empty(self):
        self.assertEqual(shorten("pith::größe()"), "pith::gr??e")
        for odd in ("()", "<", "f<", "a(", " ", "operator", "f<(<>", "[", "$_0"):
            self.assertTrue(shorten(odd), odd)


class Functions(unittest.TestCase):
    @staticmethod
    def symbol(name, start, size=0, is_function=False, is_local=False, section_end=0x2000):
        return CodeSymbol(name, start, size, is_function, is_local, section_end)

    def chosen(self, *all_symbols):
        functions = choose_functions(list(all_symbols))
        return [(function.name, function.start, function.end) for function in functions]

    def test_a_label_reaches_to_the_next_symbol_or_the_section_end(self):
        chosen = self.chosen(self.symbol("b", 0x1010), self.symbol("a", 0x1000), self.symbol("end", 0x2000))
        self.assertEqual(chosen, [("a", 0x1000, 0x1010), ("b", 0x1010, 0x2000)])

    def test_a_function_wins_over_labels_at_and_inside_it(self):
        function = self.symbol("f", 0x1000, 0x20, True)
        places = {"text_start": 0x1000, "inside": 0x1010, "after": 0x1020}
        labels = [self.symbol(name, start) for name, start in places.items()]
        self.assertEqual(self.chosen(*labels, function), [("f", 0x1000, 0x1020), ("after", 0x1020, 0x2000)])

    def test_the_choice_does_not_depend_on_the_order(self):
        twins = [self.symbol("b", 0x1000, 16, True), self.symbol("a", 0x1000, 16, True)]
        self.assertEqual(self.chosen(*twins), self.chosen(*reversed(twins)))

    def test_overlapping_functions_are_cut(self):
        pair = [self.symbol("a", 0x1000, 0x20, True), self.symbol("b", 0x1010, 0x20, True)]
        self.assertEqual(self.chosen(*pair), [("a", 0x1000, 0x1010), ("b", 0x1010, 0x1030)])


class Encoding(unittest.TestCase):
    def test_numbers(self):
        encoded = [symbols.uleb(number) for number in (0, 127, 128, 300)]
        self.assertEqual(encoded, [b"\0", b"\x7f", b"\x80\1", b"\xac\2"])
        self.assertEqual([symbols.folded(n) for n in (0, -1, 1, -2, 2)], [0, 1, 2, 3, 4])

    def test_names_that_end_alike_share_their_end(self):
        text, places = symbols.pool({"pith::area", "area", "x"})
        self.assertEqual(sorted(text.split(b"\0")), [b"", b"pith::area", b"x"])
        for name, place in places.items():
            self.assertEqual(text[place : text.index(b"\0", place)].decode(), name)

    def test_a_table_byte_by_byte(self):
        rows = [Row(0xFFFFFFFF80001000, "k.cpp", 5), Row(0xFFFFFFFF80001002, "k.cpp", 4),
                Row(0xFFFFFFFF80001003, None, 0)]
        table = symbols.encode([Function(0xFFFFFFFF80001000, 0xFFFFFFFF80001010, "f", rows)])
        head = struct.pack("<8sIIII", b"PITHSYM2", 1, 1, 11, 8)
        parts = struct.pack("<III", 0x80001000, 0, 0)  # start, detail; then where the file's name is
        details = bytes([16, 7, 6, 3,  1, 1, 10,  4, 1,  3, 0])  # the scope is empty
        self.assertEqual(table, head + parts + details + b"k.cpp\0f\0")

    def test_names_of_one_scope_share_it(self):
        names = ["main", "pith::frames::take", "pith::frames::give", "pith::Bits::operator std::string"]
        parts = [symbols.split(name) for name in names]
        self.assertEqual(parts[:3], [("", "main"), ("pith::frames::", "take"), ("pith::frames::", "give")])
        self.assertEqual(["".join(part) for part in parts], names)
        table = symbols.encode([Function(at, at + 1, name) for at, name in enumerate(names)])
        self.assertEqual(table.count(b"pith::frames::"), 1)

    def test_files_that_are_named_most_have_the_smallest_numbers(self):
        rows = [Row(0, "z.cpp", 1), Row(2, "a.cpp", 1), Row(4, "b.cpp", 1), Row(6, "z.cpp", 2), Row(8, None, 0)]
        self.assertEqual(symbols.by_rows([Function(0, 16, "f", rows)]), ["z.cpp", "a.cpp", "b.cpp"])

    def test_code_in_the_middle_of_the_address_space_is_refused(self):
        with self.assertRaisesRegex(PithError, "outside the lowest and highest 2 GiB"):
            symbols.encode([Function(1 << 40, (1 << 40) + 1, "f")])


class Lines(unittest.TestCase):
    def test_the_innermost_line_of_ours_counts(self):
        chain = "/usr/lib/v1/x.h:7:1\n./kernel/a.hpp:0:0\n./kernel/b.cpp:9:3\n./kernel/c.cpp:1:1"
        self.assertEqual(symbols.own_line(chain), ("kernel/b.cpp", 9))
        self.assertEqual(symbols.own_line("??:0:0"), (None, 0))
        self.assertEqual(symbols.own_line("../elsewhere.hpp:3:0"), (None, 0))

    def test_rows_that_say_nothing_new_are_left_out(self):
        function = Function(0x10, 0x20, "f")
        rows = [Row(0x10, None, 0), Row(0x11, "a", 1), Row(0x12, "a", 1), Row(0x13, "a", 2)]
        symbols.add_rows([function], rows)
        self.assertEqual(function.rows, [Row(0x11, "a", 1), Row(0x13, "a", 2)])


class TinyProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.elf = cls.build("first")
        cls.functions = {function.name: function for function in symbols.read_functions(cls.elf)}

    @classmethod
    def build(cls, name, *options):
        for file_name, text in (("kernel/tiny.cpp", SOURCE), ("kernel/part.hpp", HEADER)):
            path = os.path.join(cls.folder, file_name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
        elf = os.path.join(cls.folder, name)
        source = os.path.join(cls.folder, "kernel/tiny.cpp")
        # Compiled in another folder, as CMake does it.
        subprocess.run([*COMPILE, f"-ffile-prefix-map={cls.folder}=.", source, "-o", elf, *options],
                       check=True, cwd=os.path.join(cls.folder, "kernel"))
        return elf

    def places(self, function_name):
        return {(row.file, row.line) for row in self.functions[function_name].rows}

    def test_functions_and_labels_are_there(self):
        self.assertLessEqual({"_start", "stub", "pith::twice", "pith::lowest"}, set(self.functions))

    def test_inlined_code_of_ours_has_its_own_line(self):
        self.assertIn(("kernel/part.hpp", 3), self.places("pith::twice"))
        self.assertIn(("kernel/tiny.cpp", 6), self.places("pith::twice"))

    def test_inlined_code_of_the_library_has_the_line_that_led_there(self):
        places = self.places("pith::lowest")
        self.assertIn(("kernel/tiny.cpp", 10), places)
        self.assertIn(("kernel/tiny.cpp", 11), places)
        self.assertTrue(all(file in ("kernel/tiny.cpp", None) for file, _ in places), places)

    def test_every_byte_of_code_has_the_line_that_the_symbolizer_gives_it(self):
        for function in self.functions.values():
            last = Row(0, None, 0)
            rows = {row.address: row for row in function.rows}
            for truth in symbols.symbolize(self.elf, list(range(function.start, function.end))):
                last = rows.get(truth.address, last)
                self.assertEqual((last.file, last.line), (truth.file, truth.line), hex(truth.address))

    def test_the_same_kernel_gives_the_same_bytes(self):
        outputs = []
        for seed in ("1", "2"):
            output = os.path.join(self.folder, f"table{seed}")
            subprocess.run(["python3", "-m", "pith.symbols", self.elf, output], check=True,
                           env={**os.environ, "PYTHONHASHSEED": seed})
            with open(output, "rb") as file:
                outputs.append(file.read())
        self.assertEqual(outputs[0][:8], b"PITHSYM2")
        self.assertEqual(outputs[0], outputs[1])

    def test_check_accepts_equal_links_and_names_what_moved(self):
        moved = self.build("moved", "-Wl,--image-base=0x400000")
        self.assertEqual(symbols.main(["--check", self.elf, self.elf]), 0)
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            self.assertEqual(symbols.main(["--check", self.elf, moved]), 1)
        self.assertIn("the second link moved code", errors.getvalue())
        self.assertIn("_start at 0x40", errors.getvalue())

    def test_a_stripped_file_is_refused(self):
        stripped = self.build("stripped", "-Wl,--strip-all")
        with self.assertRaisesRegex(PithError, "no functions"):
            symbols.read_functions(stripped)

    def test_what_is_no_elf_file_is_refused(self):
        with self.assertRaisesRegex(PithError, "not a 64-bit"):
            symbols.read_sections(b"hello")


if __name__ == "__main__":
    unittest.main()
