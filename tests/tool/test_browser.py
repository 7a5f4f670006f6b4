"""Which browser tries the book, and what happens where there is none."""

import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pith import browser


class BrowserTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        patch = mock.patch.dict(os.environ, PATH=f"{self.folder}:/usr/bin:/bin")
        patch.start()
        self.addCleanup(patch.stop)
        for name in browser.PROGRAMS:   # none answers, until a test says otherwise
            self.program(name, 1)

    def program(self, name: str, status: int) -> None:
        file = self.folder / name
        file.write_text(f"#!/bin/sh\nexit {status}\n")
        file.chmod(0o755)

    def need(self, is_offered: bool) -> tuple[bool, list[object], str]:
        with (mock.patch("pith.packages.is_offered", return_value=is_offered), mock.patch("pith.packages.need") as installed,
              contextlib.redirect_stdout(io.StringIO()) as said):
            return browser.need(yes=True), installed.call_args_list, said.getvalue()

    def test_one_that_does_not_answer_is_none(self) -> None:
        self.assertIsNone(browser.find())
        self.program("google-chrome", 0)
        self.assertEqual(str(self.folder / "google-chrome"), browser.find())

    def test_one_that_is_there_will_do(self) -> None:
        self.program("chromium", 0)
        self.assertEqual((True, [], ""), self.need(is_offered=True))

    def test_else_the_package_is_installed(self) -> None:
        is_there, installed, _ = self.need(is_offered=True)
        self.assertEqual((True, [mock.call(["browser"], True)]), (is_there, installed))

    def test_where_there_is_no_package_it_is_said(self) -> None:
        is_there, installed, said = self.need(is_offered=False)
        self.assertEqual((False, []), (is_there, installed))
        self.assertIn("no browser to try the book with", said)


if __name__ == "__main__":
    unittest.main()
