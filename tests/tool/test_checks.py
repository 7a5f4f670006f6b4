"""The checks of layers and of marked danger, on small trees made for them; which files clang-tidy reads, and how."""

import json
import tempfile
import unittest
from pathlib import Path

from pith import danger, layers, paths, tidy


class TreeTest(unittest.TestCase):
    """A kernel of two layers, base below cpu."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.kernel = Path(scratch.name, "kernel")
        for folder in ("base", "cpu"):
            (self.kernel / folder).mkdir(parents=True)
        self.write("layers.txt", "# lowest first\nbase  needs no machine\n\ncpu   instructions\n")

    def write(self, name: str, text: str) -> None:
        (self.kernel / name).write_text(text)


class LayersTest(TreeTest):
    def test_downward_and_own_includes_are_fine(self) -> None:
        self.write("cpu/port.hpp", '#include "base/bits.hpp"\n#include "cpu/halt.hpp"\n#include <vector>\n')
        self.assertEqual(layers.errors(self.kernel), [])

    def test_upward_include_is_found(self) -> None:
        self.write("base/bits.hpp", '// Bits.\n#  include "cpu/port.hpp"\n')
        self.assertEqual(layers.errors(self.kernel),
                         ["kernel/base/bits.hpp:2: layer 'base' includes 'cpu', which is above it"])

    def test_assembly_is_checked_too(self) -> None:
        self.write("base/stub.S", '#include "cpu/registers.inc"\n')
        self.assertEqual(len(layers.errors(self.kernel)), 1)

    def test_every_folder_is_listed(self) -> None:
        (self.kernel / "heap").mkdir()
        self.assertEqual(layers.errors(self.kernel), ["kernel/heap is not in layers.txt; add a line for it"])


class DangerTest(TreeTest):
    def test_assembly_belongs_in_cpu(self) -> None:
        self.write("cpu/halt.hpp", 'asm volatile("hlt");\n')
        self.assertEqual(danger.errors(self.kernel), [])
        self.write("base/halt.hpp", '// not asm\nasm volatile("hlt");\n')
        self.assertEqual(danger.errors(self.kernel), ["kernel/base/halt.hpp:2: inline assembly outside kernel/cpu"])

    def test_a_cast_needs_a_reason(self) -> None:
        self.write("base/a.hpp", "auto p = reinterpret_cast<char*>(n);\n")
        self.assertEqual(len(danger.errors(self.kernel)), 1)
        self.write("base/a.hpp", "// SAFETY: because n is an address\n// of ours\nauto p = reinterpret_cast<char*>(n);\n")
        self.assertEqual(danger.errors(self.kernel), [])

    def test_a_reason_far_above_does_not_count(self) -> None:
        self.write("base/a.hpp", "// SAFETY: because\n\n\n\n#pragma clang diagnostic ignored \"-Wfoo\"\n")
        self.assertEqual(len(danger.errors(self.kernel)), 1)

    def test_marks_are_counted_by_layer(self) -> None:
        self.write("base/a.hpp", "// SAFETY: because a\n// SAFETY: because b\n")
        self.write("cpu/b.cpp", "// SAFETY: because c\n")
        self.assertEqual(danger.counts(self.kernel), {"base": 2, "cpu": 1})


class TidyTest(unittest.TestCase):
    """A build that compiles a file twice, as the sanitizers' does, and another that compiles it once more."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.file = paths.ROOT / "kernel" / "base" / "fail.cpp"
        self.kernel, self.host = (self.build(name, commands) for name, commands in
                                  (("kernel", ("plain", "sanitized")), ("host", ("host",))))

    def build(self, name: str, commands: tuple[str, ...]) -> Path:
        entries = [{"directory": "/build", "file": str(self.file), "command": command} for command in commands]
        (self.folder / name).mkdir()
        (self.folder / name / "compile_commands.json").write_text(json.dumps(entries))
        return self.folder / name

    def test_each_file_is_read_once(self) -> None:
        sources = tidy.sources([self.kernel, self.host])
        self.assertEqual([(source.file, source.command) for source in sources], [(self.file, "plain")])

    def test_clang_tidy_is_given_one_command_for_it(self) -> None:
        tidy.write_commands(self.folder, tidy.sources([self.kernel]))
        commands = json.loads((self.folder / "compile_commands.json").read_text())
        self.assertEqual(commands, [{"directory": "/build", "file": str(self.file), "command": "plain"}])

    def test_what_is_not_ours_is_left_out(self) -> None:
        self.file = Path("/usr/src/googletest/googletest/src/gtest-all.cc")
        self.assertEqual(tidy.sources([self.build("third", ("host",))]), [])


if __name__ == "__main__":
    unittest.main()
