"""Figures drawn from types, from results and from the tree: the readers, and that a figure out of date is refused."""

import json
import re
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from pith import figures, paths
from pith.errors import PithError
from pith.figures import bits, drawings, layouts, matrix, tree
from pith.figures.bits import Word, Words

# What the program in book/layouts once said.
SAMPLE = json.loads(Path(__file__).with_name("samples").joinpath("layouts.json").read_text())

# A word of eight bits: a field in two pieces, a flag, and 10 between them.
EIGHT = {"bits": 8, "always": [5], "fields": {"number": [0, 1, 6], "flag": [7]}}
WORD = Word("eight", "Eight bits", {"number": Words("n", "a number"), "flag": Words("F", "a flag")},
            {(5, 2): Words("type", "always", value=0b1000)}, ((7, 0),))

RESULTS = {
    "letters": {"returns": "R", "panics": "P", "impossible": "-"},
    "contexts": {"plain": "code", "in_panic": "in a panic"},
    "kinds": [{"name": "break", "vector": 3, "how": "int3", "bochs": False}, {"name": "simd", "vector": 19, "how": "div",
              "bochs": True}, *({"name": f"int_{number}", "vector": number, "how": "int", "bochs": False} for number in (0, 1, 2))],
    "cells": [{"kind": "break", "context": "plain", "outcome": "returns", "passed": True},
              {"kind": "break", "context": "in_panic", "outcome": "panics", "passed": False},
              {"kind": "simd", "context": "plain", "outcome": "impossible", "passed": None},
              {"kind": "simd", "context": "in_panic", "outcome": "impossible", "passed": None},
              {"kind": "int_0", "context": "plain", "outcome": "returns", "passed": True},
              {"kind": "int_1", "context": "plain", "outcome": "panics", "passed": True},
              {"kind": "int_2", "context": "plain", "outcome": "returns", "passed": True}],
}

INTERRUPTS = json.loads("""{"sources": [{"vector": 48, "line": null, "count": 0, "name": "clock"}, {"vector": 49, "line": 1, "count": 0,
"name": "keyboard"}, {"vector": 50, "line": 4, "count": 2, "name": "serial line"}, {"vector": 254, "line": null, "count": 0, "name":
"local APIC's errors"}], "all": {"spurious": 0}}""")


class Bits(unittest.TestCase):
    def test_all_bits_have_a_piece(self) -> None:
        pieces = [(piece.high, piece.low, piece.words.short, piece.part) for piece in bits.pieces_of(WORD, EIGHT)]
        self.assertEqual(pieces, [(7, 7, "F", ""), (6, 6, "n", "2"), (5, 2, "type", ""), (1, 0, "n", "1–0")])

    def test_a_field_is_cut_where_a_row_ends(self) -> None:
        layout = {"bits": 4, "always": [], "fields": {"number": [0, 1, 2, 3]}}
        word = Word("four", "", {"number": Words("n")}, rows=((3, 2), (1, 0)))
        self.assertEqual([(piece.high, piece.low, piece.part) for piece in bits.pieces_of(word, layout)],
                         [(3, 2, "3–2"), (1, 0, "1–0")])

    def test_a_field_without_words_is_refused(self) -> None:
        with self.assertRaisesRegex(PithError, "eight: the type has number, flag, and the figure number"):
            bits.pieces_of(replace(WORD, fields={"number": Words("n")}), EIGHT)

    def test_words_for_what_is_a_field_are_refused(self) -> None:
        with self.assertRaisesRegex(PithError, r"for the bits \[6\]"):
            bits.pieces_of(replace(WORD, between={(6, 2): Words("type")}), EIGHT)

    def test_what_is_said_to_stand_there_has_to(self) -> None:
        with self.assertRaisesRegex(PithError, "bits 5 to 2 always stands 0b1000, not 0b1"):
            bits.pieces_of(replace(WORD, between={(5, 2): Words("type", value=1)}), EIGHT)

    def test_a_field_is_read(self) -> None:
        self.assertEqual(layouts.field_of(0b0100_0010, EIGHT["fields"]["number"]), 0b110)

    def test_all_figures_can_be_read(self) -> None:
        self.addCleanup(setattr, layouts, "told", layouts.told)
        layouts.told = lambda: SAMPLE
        with tempfile.TemporaryDirectory() as scratch:
            for figure in bits.FIGURES:
                file = Path(scratch, figure.file_name)
                figure.write(file)
                self.assertIn("<desc", file.read_text(), figure.name)


class Matrix(unittest.TestCase):
    def test_the_figure_counts(self) -> None:
        svg = matrix.draw(RESULTS).svg()
        self.assertIn("4 passed, 1 failed", svg)
        self.assertIn("simd *", svg)

    def test_what_failed_is_marked(self) -> None:
        self.assertEqual([matrix.mark(cell, RESULTS["letters"]) for cell in RESULTS["cells"][:3]],
                         [("R", "c"), ("!", "e"), ("-", "ground")])

    def test_vectors_are_counted_together(self) -> None:
        self.assertEqual([(cell["outcome"], count) for cell, count in matrix.together(RESULTS["cells"][4:])],
                         [("returns", 2), ("panics", 1)])

    def test_an_outcome_without_a_colour_is_refused(self) -> None:
        strange = {**RESULTS, "cells": [{**RESULTS["cells"][0], "outcome": "explodes"}]}
        with self.assertRaisesRegex(PithError, "explodes"):
            matrix.draw(strange)


class Tree(unittest.TestCase):
    def test_layers_are_read_with_what_they_include(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            kernel = Path(scratch)
            (kernel / "layers.txt").write_text("# all\nbase  what is low\nboot  what is above\n")
            for name in ("base", "boot"):
                (kernel / name).mkdir()
            (kernel / "boot" / "start.cpp").write_text('#include "base/fail.hpp"\n#include "boot/start.hpp"\n#include <map>\n')
            found = tree.read_layers(kernel)
        self.assertEqual([(layer.name, layer.purpose, set(layer.includes)) for layer in found],
                         [("base", "what is low", set()), ("boot", "what is above", {"base"})])

    def test_a_layer_is_read_in_the_first_chapter_that_links_it(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            manifest = Path(scratch, "chapters.json")
            manifest.write_text(json.dumps([{"number": 1, "layer": "none"}, {"number": 2, "layer": "boot"}, {"number": 3}]))
            self.assertEqual([tree.first_chapter(index, ["base", "boot", "shell"], manifest) for index in range(3)], [2, 2, 3])

    def test_what_kernel_main_starts(self) -> None:
        source = ("void start_memory(int x) {\n    frames::start(x);\n    paging::start(x);\n}\n\n"
                  "void kernel_main(int start) {\n    console::start();\n    start_memory(start);\n"
                  "    tasks::run_until_end(shell::start(start));\n}\n")
        self.assertEqual(tree.started(source), ["console", "frames", "paging", "tasks", "shell"])

    def test_both_figures_of_this_tree_can_be_read(self) -> None:
        found = tree.read_layers()
        self.assertIn("which memory there is, and who has it", tree.draw_layers(found).svg())
        svg = tree.draw_boot_path(tree.ENTRY.read_text(), tree.MAIN.read_text(), found).svg()
        self.assertIn("check_no_execute", svg)

    def test_a_label_that_is_gone_is_noticed(self) -> None:
        with self.assertRaisesRegex(PithError, "no label 'check_long_mode'"):
            tree.draw_boot_path(tree.ENTRY.read_text().replace("check_long_mode:", "check_it:"), tree.MAIN.read_text(),
                                tree.read_layers())


class Drawings(unittest.TestCase):
    def test_all_can_be_read(self) -> None:
        self.assertIn("vector 49", drawings.draw_interrupt_path(INTERRUPTS).svg())
        self.assertIn("cancelled", drawings.draw_task_states(drawings.ends_in(drawings.EXECUTOR.read_text())).svg())
        self.assertIn("divide error (0)", drawings.draw_pairs(drawings.vectors_in(drawings.VECTORS.read_text())).svg())

    def test_what_is_out_of_date_is_refused(self) -> None:
        with self.assertRaisesRegex(PithError, "knows two ends"):
            drawings.draw_task_states(["returned", "cancelled", "failed"])
        with self.assertRaisesRegex(PithError, "has no control_protection"):
            vectors = drawings.vectors_in(drawings.VECTORS.read_text())
            del vectors["control_protection"]
            drawings.draw_pairs(vectors)


class Wanted(unittest.TestCase):
    def test_the_book_asks_for_no_figure_that_is_not_there(self) -> None:
        in_code = re.compile(r"`[^`]*`")
        pages = [*paths.ROOT.glob("chapters/*/chapter.md"), *paths.ROOT.glob("book/*.md"), *paths.ROOT.glob("docs/*.md")]
        for page in pages:
            for name in re.findall(r"\]\(figure:([\w-]+)\)", in_code.sub("", page.read_text())):
                self.assertIn(name, figures.NAMES, f"{page}: there is no figure '{name}'")
