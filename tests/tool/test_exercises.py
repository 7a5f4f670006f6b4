"""Kernels in folders of one's own, and the book's exercises: what is read, what is refused, and what the reader gets."""

import contextlib
import io
import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pith import exercise, exercises, own
from pith.errors import PithError, UsageError


class FolderTest(unittest.TestCase):
    """All paths on a command line begin where the user is; the build's list is one of our own."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)
        for patch in (mock.patch.object(own, "LIST", self.root / "own-kernels.json"),
                      mock.patch.object(exercise, "ANSWERS", self.root / "exercises"),
                      mock.patch.dict(os.environ, PITH_CALLED_FROM=str(self.root))):
            patch.start()
            self.addCleanup(patch.stop)

    def write(self, path: str, text: str = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file


class OwnTest(FolderTest):
    def assert_refused(self, word: str, text: str) -> None:
        with self.assertRaises(UsageError) as raised:
            own.of_folder(word)
        self.assertIn(text, str(raised.exception))

    def listed(self) -> dict[str, dict]:
        return {one["name"]: one for one in json.loads(own.LIST.read_text())}

    def test_a_folder_is_a_path_or_holds_a_description(self) -> None:
        self.write("mine/kernel.json", "{}")
        for word, is_one in {".": True, "..": True, "./mine": True, "mine": True, "4": False, "console": False}.items():
            self.assertEqual(own.is_folder(word), is_one, word)

    def test_its_kernel_is_on_the_list(self) -> None:
        self.write("my kernel/kernel.json", '{"layer": "testing"}')
        sources = [self.write(f"my kernel/{name}") for name in ("b.cpp", "a.S")]
        kernel = own.of_folder("my kernel")
        self.assertEqual(("own-my-kernel", "bios"), (kernel.target, kernel.boot[0]))
        self.assertEqual({"name": "my-kernel", "folder": str(self.root / "my kernel"), "layer": "testing",
                          "sources": ";".join(str(file) for file in sources)}, self.listed()["my-kernel"])

    def test_one_that_stands_alone_has_a_screen_only(self) -> None:
        self.write("alone/kernel.json", '{"layer": "none"}')
        self.write("alone/main.S")
        self.assertEqual((("bios",), "screen"), ((kernel := own.of_folder("alone")).boot, kernel.transcript))

    def test_the_list_forgets_what_is_gone_and_takes_the_last_of_a_name(self) -> None:
        for folder in ("first/it", "second/it", "gone"):
            self.write(f"{folder}/kernel.json", '{"layer": "cpu"}')
            self.write(f"{folder}/main.cpp")
            own.of_folder(folder if "/" in folder else f"./{folder}")
        for name in ("kernel.json", "main.cpp"):
            (self.root / "gone" / name).unlink()
        (self.root / "gone").rmdir()
        own.of_folder("second/it")
        self.assertEqual({"it": str(self.root / "second/it")}, {name: one["folder"] for name, one in self.listed().items()})

    def test_what_is_refused(self) -> None:
        self.assert_refused("./nowhere", "there is no folder './nowhere'")
        (self.root / "empty").mkdir()
        self.assert_refused("./empty", "holds no kernel.json")
        for text in ("layer: cpu", "[]", "{}"):
            self.write("wrong/kernel.json", text)
            self.assert_refused("wrong", "is not of the form")
        self.write("wrong/kernel.json", '{"layer": "cpu", "boot": []}')
        self.assert_refused("wrong", "'boot' is none of heap, layer")
        self.write("wrong/kernel.json", '{"layer": "cpu"}')
        self.assert_refused("wrong", "holds no source")
        self.write("wrong/main.cpp")
        self.write("wrong/kernel.json", '{"layer": "consle"}')
        self.assert_refused("wrong", "did you mean 'console'?")


class ExercisesTest(FolderTest):
    def exercise(self, path: str, **said: object) -> Path:
        folder = f"chapters/{path}"
        self.write(f"{folder}/start.cpp", "start")
        return self.write(f"{folder}/exercise.json", json.dumps({"title": "It", "layer": "cpu"} | said)).parent

    def test_they_are_listed_in_the_books_order(self) -> None:
        for path in ("11-tables/exercises/2-b", "02-mode/exercises/10-c", "02-mode/exercises/9-a"):
            self.exercise(path)
        self.assertEqual(["2.9", "2.10", "11.2"], [one.name for one in exercises.load(self.root)])

    def test_what_an_answer_has_to_do(self) -> None:
        printing = exercises.read(self.exercise("02-mode/exercises/1-a"))
        self.assertEqual((("solved",), "pvh", "halt"), (printing.contains, printing.boot, printing.until))
        drawing = exercises.read(self.exercise("01-minimal/exercises/1-a", screen="ME"))
        self.assertEqual(((), "bios", "ME"), (drawing.contains, drawing.boot, drawing.screen))

    def test_a_word_that_nobody_reads_is_an_error(self) -> None:
        with self.assertRaisesRegex(PithError, "'titel' is none of"):
            exercises.read(self.exercise("02-mode/exercises/1-a", titel="x"))

    def test_found_by_number(self) -> None:
        self.exercise("11-tables/exercises/2-b")
        known = exercises.load(self.root)
        self.assertEqual("11.2", exercises.find("11.2", known).name)
        for word, text in {"11": "such as 11.2", "11.3": "chapter 11 has 11.2", "9.1": "lists them all"}.items():
            with self.assertRaisesRegex(UsageError, text):
                exercises.find(word, known)

    def test_the_reader_gets_a_copy_and_loses_none(self) -> None:
        one = exercises.read(self.exercise("02-mode/exercises/1-a"))
        with contextlib.redirect_stdout(io.StringIO()):
            exercise._begin(one)
            answer = exercise.answer_folder(one) / "answer.cpp"
            self.assertEqual("start", answer.read_text())
            answer.write_text("mine")
            for _ in range(2):
                exercise._put_aside(exercise.answer_folder(one))
                exercise._begin(one)
        self.assertEqual("start", answer.read_text())
        self.assertEqual("mine", (self.root / "exercises/2.1-before-1/answer.cpp").read_text())
        self.assertTrue((self.root / "exercises/2.1-before-2").is_dir())


if __name__ == "__main__":
    unittest.main()
