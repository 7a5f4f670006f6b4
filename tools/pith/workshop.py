"""A copy of the tree with a build of its own, where sources may be spoiled: `out/mutants/PRESET`.

Only what differs is copied again, so the next build is short. With ccache, a file that is put right again is not compiled again.
"""

import fcntl
import filecmp
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from pith import paths
from pith.errors import PithError
from pith.mutant_records import Mutant

PLACE = paths.OUT / "mutants"
OUT_OF_TIME = re.compile(r"did not end (with)?in|Timeout")   # what machine_test.py and CTest say


class Failure(Enum):
    """How a test failed. One that only runs out of time proves little: the machine may be slow."""

    WRONG = "wrong"
    OUT_OF_TIME = "out of time"


class DoesNotBuild(PithError):
    """A build failed; the text is what it printed."""


class Workshop:
    """The copy for one preset."""

    def __init__(self, preset: str) -> None:
        self._preset = preset
        self.root = paths.made_directory(PLACE / preset)
        self._build = self.root / "out" / "build" / preset

    def refresh(self) -> None:
        """Makes the copy equal to the tree, and configures it. From here on nobody else may have it."""
        self._lock = Path(f"{self.root}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PithError(f"{paths.shown(self.root)} is in use: mutants are being tried there") from error
        wanted = set(_sources())
        present = {file.relative_to(self.root) for file in self.root.rglob("*")
                   if file.is_file() and file.relative_to(self.root).parts[0] != "out"}
        for file in present - wanted:
            (self.root / file).unlink()
        for file in sorted(wanted):
            copy = self.root / file
            if not copy.exists() or not filecmp.cmp(paths.ROOT / file, copy, shallow=False):
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(paths.ROOT / file, copy)
                shutil.copymode(paths.ROOT / file, copy)
        if not (self._build / "build.ninja").exists():
            self._run(["cmake", "--preset", self._preset])

    def build(self, targets: Sequence[str]) -> None:
        if targets:
            self._run(["cmake", "--build", str(self._build), "--target", *targets])

    def failed(self, tests: Sequence[str]) -> dict[str, Failure]:
        """Which of these tests fail, and how."""
        self._list_what_is_not_built()
        report = self.root / "out" / "report.xml"
        report.unlink(missing_ok=True)
        pattern = "|".join(re.escape(name) for name in tests)
        done = subprocess.run(["ctest", "--test-dir", str(self._build), "-R", f"^({pattern})$", f"-j{os.cpu_count()}",
                               "--output-junit", str(report)], capture_output=True, text=True)
        if not report.exists():
            raise PithError(f"CTest cannot run {', '.join(tests)}: {done.stdout}{done.stderr}")
        cases = {case.get("name", ""): case for case in ElementTree.parse(report).iter("testcase")}
        if missing := [name for name in tests if name not in cases or cases[name].get("status") not in ("run", "fail")]:
            raise PithError(f"these tests do not run: {', '.join(missing)}")
        return {name: _failure(case) for name, case in cases.items() if case.get("status") == "fail"}

    def _list_what_is_not_built(self) -> None:
        """CTest wants the lists of tests of all kernels (machine_list.py); of those that are not built it gets empty ones."""
        for file in self._build.rglob("CTestTestfile.cmake"):
            for name in re.findall(r'^include\("([^"]+)"\)', file.read_text(), re.MULTILINE):
                Path(name).open("a").close()

    @contextmanager
    def spoiled(self, mutant: Mutant) -> Iterator[None]:
        """The mutant's file has its mistake meanwhile. (Both times it is written, so it is new to the build.)"""
        file = self.root / mutant.file
        right = file.read_text()
        file.write_text(mutant.applied(right))
        try:
            yield
        finally:
            file.write_text(right)

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(command, cwd=self.root, env=self._environment(), stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        if done.returncode != 0:
            raise DoesNotBuild(done.stdout)

    def _environment(self) -> dict[str, str]:
        if shutil.which("ccache") is None:
            return dict(os.environ)
        # (Without CCACHE_BASEDIR: it makes paths relative, and then the kernel's places in the source are not those of the tree.)
        return {**os.environ, "CMAKE_CXX_COMPILER_LAUNCHER": "ccache"}


def _sources() -> Iterable[Path]:
    """The files of the tree, without what is made."""
    listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=paths.ROOT,
                             capture_output=True, text=True, check=True)
    return [Path(name) for name in listing.stdout.split("\0") if name and (paths.ROOT / name).is_file()]


def _failure(case: ElementTree.Element) -> Failure:
    failure = case.find("failure")
    said = case.findtext("system-out", "") + (failure.get("message", "") if failure is not None else "")
    return Failure.OUT_OF_TIME if OUT_OF_TIME.search(said) else Failure.WRONG
