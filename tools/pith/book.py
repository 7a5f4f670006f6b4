"""./pith book: makes the web site of the book in out/book, or serves it while you write."""

import argparse
import os
import subprocess

from pith import packages, paths, process
from pith.errors import PithError

BOOK = paths.ROOT / "book"
SITE = paths.OUT / "book"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--serve", action="store_true", help="serve it on this machine, following every change")


def main(options: argparse.Namespace) -> int:
    """./pith book [--serve]"""
    if not (BOOK / "package.json").exists():
        raise PithError("there is no book yet: book/package.json is missing")
    packages.need(["book"], options.yes)
    _install_libraries()
    if options.serve:
        return subprocess.run(["npx", "vitepress", "dev", "."], cwd=BOOK).returncode
    process.run_step("making the book", ["npx", "--prefix", str(BOOK), "vitepress", "build", str(BOOK),
                                         "--outDir", str(SITE)], log="book")
    process.say(f"{paths.shown(SITE)}/index.html is ready")
    return 0


def _install_libraries() -> None:
    """`npm ci`, unless what the lock file asks for is there."""
    lock, installed = BOOK / "package-lock.json", BOOK / "node_modules" / ".package-lock.json"
    if not installed.exists() or os.path.getmtime(installed) < os.path.getmtime(lock):
        process.run_step("installing the book's libraries", ["npm", "--prefix", str(BOOK), "ci"], log="npm")
