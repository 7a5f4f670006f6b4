"""./pith book: makes the web site of the book in out/book, tests it, or serves it while you write.

VitePress makes it, from pages in the tree (pith/book_pages.py looks at them first), figures (pith/figures), a recorded
session (pith/recording.py) and pages that are made from headers (pith/reference.py).
"""

import argparse
import json
import os
import subprocess

from pith import book_test, browser, build, chapters, figures, packages, paths, process, recording, reference
from pith.book_pages import Book
from pith.errors import PithError

BOOK = paths.ROOT / "book"
SITE = paths.OUT / "book"
VITEPRESS = BOOK / "node_modules" / ".bin" / "vitepress"
PACKAGES = ("book", *figures.PACKAGES)
AS_A_DRAFT = {"PITH_BOOK_IS_DRAFT": "1"}   # a figure that is missing is a note in the page, not the end


def arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--serve", action="store_true", help="serve it on this machine, following every change")
    kinds.add_argument("--test", action="store_true", help="make it, check the spelling, and try it in a browser")


def main(options: argparse.Namespace) -> int:
    """./pith book [--serve | --test]"""
    if not (BOOK / "package.json").exists():
        raise PithError("there is no book yet: book/package.json is missing")
    packages.need(PACKAGES, options.yes)
    if options.test:
        browser.need(options.yes)
    _install_libraries()
    if options.serve:
        _make_parts(_existing_figures())
        return subprocess.run([VITEPRESS, "dev", BOOK], env={**os.environ, **AS_A_DRAFT}).returncode
    make()
    process.say(f"{paths.shown(SITE)}/index.html is ready; './pith book --serve' shows the book")
    return test() if options.test else 0


def make() -> None:
    """The site, from the tree as it is."""
    check()
    _make_parts(book().figures_used())
    process.run_step("making the book", [str(VITEPRESS), "build", str(BOOK)], log="book")


def book() -> Book:
    return Book(figures=figures.NAMES, made=_pages_made())


def _pages_made() -> list[str]:
    """The pages on single layers, which may not be there yet."""
    layers = [one["layer"] for one in json.loads(reference.LIST.read_text())]
    return [f"{paths.shown(reference.PAGES)}/{name}.md" for name in ("index", *layers)]


def check() -> None:
    """Raises PithError when something is wrong in a page."""
    if found := book().errors():
        raise PithError("\npith: ".join([*found, "the book was not made: what is wrong in its pages stands above"]))


def _existing_figures() -> list[str]:
    """Those that can be made: somebody who writes a page may have thought of another one."""
    return [name for name in book().figures_used() if name in figures.NAMES]


def _make_parts(names: list[str]) -> None:
    """What the pages show beside text and code."""
    reference.make()
    figures.make(names)
    build.target("kernel", chapters.SYSTEM.target)
    recording.make()


def test() -> int:
    """Spelling, then the site in a browser."""
    return book_test.spelling() or book_test.in_browser()


def _install_libraries() -> None:
    """`npm ci`, unless what the lock file asks for is there."""
    lock, installed = BOOK / "package-lock.json", BOOK / "node_modules" / ".package-lock.json"
    if not paths.is_current(installed, [lock]):
        process.run_step("installing the book's libraries",
                         ["npm", "--prefix", str(BOOK), "ci", "--no-audit", "--no-fund"], log="npm")

