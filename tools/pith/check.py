"""./pith check: formatting, lint, layers and marked danger, each reported on one line with its time."""

import argparse
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from pith import build, danger, layers, library_table, packages, paths, tidy

KERNEL = paths.ROOT / "kernel"
FORMATTED = (".cpp", ".hpp", ".h")

Check = Callable[[], list[str]]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fix", action="store_true", help="let clang-format put the files right")


def main(options: argparse.Namespace) -> int:
    """./pith check [--fix]"""
    packages.need(["build", "run", "host", "check"], options.yes)
    if options.fix:
        _format("-i")
    for preset in build.PRESETS:
        build.target(preset)  # clang-tidy reads the compile commands, and headers that the build makes
    failed = [name for name, check in CHECKS.items() if not _passes(name, check)]
    print("Marked danger (// SAFETY:) by layer:", *danger.table(KERNEL), sep="\n")
    print(f"{len(CHECKS) - len(failed)} checks passed, {len(failed)} failed"
          + (f": {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def _passes(name: str, check: Check) -> bool:
    start = time.monotonic()
    complaints = check()
    seconds = time.monotonic() - start
    print(f"{name:14}{'failed' if complaints else 'ok':8}{seconds:6.1f} s", flush=True)
    for complaint in complaints:
        print(f"  {complaint}")
    return not complaints


def _run(command: list[str]) -> list[str]:
    """Runs a checker that prints its complaints and fails when it has any."""
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
    return (done.stdout + done.stderr).splitlines() or ["failed silently"] if done.returncode != 0 else []


def _format(*mode: str) -> list[str]:
    files = [str(file) for folder in tidy.FOLDERS for file in sorted((paths.ROOT / folder).rglob("*"))
             if file.suffix in FORMATTED]
    return _run(["clang-format-19", *mode, *files])


def _shell_scripts() -> list[str]:
    """The tracked files that bash or sh runs."""
    tracked = subprocess.run(["git", "ls-files"], cwd=paths.ROOT, capture_output=True, text=True).stdout.splitlines()
    return [name for name in tracked if _first_line(paths.ROOT / name).endswith((b"sh", b"sh -e"))]


def _first_line(file: Path) -> bytes:
    """The line that says which program runs a file, or nothing."""
    line = file.read_bytes().partition(b"\n")[0] if file.is_file() else b""
    return line if line.startswith(b"#!") else b""


CHECKS: dict[str, Check] = {
    "layers": lambda: layers.errors(KERNEL),
    "danger": lambda: danger.errors(KERNEL),
    "library table": library_table.errors,
    "clang-format": lambda: _format("--dry-run", "-Werror"),
    "shellcheck": lambda: _run(["shellcheck", "pith", *_shell_scripts()]),
    "pyflakes": lambda: _run(["pyflakes3", "tools", "tests/tool", "tests/sessions"]),
    "clang-tidy": lambda: tidy.errors(list(build.PRESETS.values())),
}
