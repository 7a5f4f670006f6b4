"""./pith test: builds everything, then runs the tests inside the kernel (in QEMU) and those on the host.

CTest runs them, once in each build directory; what it finds is added up from its JUnit reports.

Some tests take long. CMakeLists.txt puts them into CTest's configuration `long`, and they run only when the pattern is such
a test's whole name; then nothing else runs.
"""

import argparse
import json
import os
import re
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pith import browser, build, coverage, endurance, forged_boots, mutants, packages, paths, process, values
from pith.errors import PithError, UsageError
from pith.nearest import did_you_mean

LOGS = paths.OUT / "test"
# Lines that a test prints as its result, and that are worth seeing even when it passed.
RESULTS = ("fault matrix:", "storm:", "boot matrix:", "fuzz coverage:", "forged boots:", "endurance:", "followed chapter")
LONG = "long"   # CTest's configuration of tests that run by their whole name only


@dataclass(frozen=True)
class Outcome:
    """How one test ended: "passed", "failed" or "skipped", and what it printed."""

    name: str
    result: str
    output: str


def arguments(parser: argparse.ArgumentParser) -> None:
    # CTest takes nearly the same regular expressions as Python, and says nothing about a wrong one.
    parser.add_argument("pattern", nargs="?", type=values.pattern, metavar="PATTERN",
                        help="run only tests whose names match this regular expression; a long test wants its whole name")
    parser.add_argument("--list", action="store_true", help="list the tests' names, run none")
    parser.add_argument("--coverage", action="store_true", help="say which lines the tests reach, on the host and in machines")


def main(options: argparse.Namespace) -> int:
    """./pith test [PATTERN] [--list | --coverage]"""
    if options.coverage:
        if options.pattern or options.list:
            raise UsageError("--coverage runs all tests that it counts: it takes no pattern, and no --list")
        packages.need(["build", "run", "window", "display", "bochs", "host"], options.yes)
        return coverage.main()
    for campaign in (forged_boots, mutants):
        if (options.pattern or "").partition(".")[0] == campaign.NAME:
            return campaign.from_command_line(options.pattern, options.yes)
    if re.fullmatch(rf"{endurance.NAME}\.\d+", options.pattern or ""):
        return endurance.from_command_line(options.pattern, options.yes)
    packages.need(["build", "run", "window", "display", "bochs", "host", "debug", "book", "follow"], options.yes)
    browser.need(options.yes)
    start = time.monotonic()
    for preset in build.PRESETS:
        process.say(f"building for the tests: {preset}")
        build.target(preset)
    chosen = _chosen(options.pattern)
    names = _matching(chosen)
    if options.list:
        print("\n".join(name for preset in names for name in names[preset]))
        print(*(f"{name}  (long: it runs only by its whole name)\n" for name in sorted(_long_names() - _all(names))
                if re.search(options.pattern or "", name)), sep="", end="")
        return 0
    outcomes = [outcome for preset in names for outcome in _run(preset, chosen)]
    return _summarise(outcomes, time.monotonic() - start)


@dataclass(frozen=True)
class Chosen:
    """Which tests CTest is to run: all usual ones, those that match, or one long one."""

    pattern: str | None = None
    is_long: bool = False

    def arguments(self) -> list[str]:
        """What CTest is told."""
        if self.is_long:
            return ["-C", LONG, "-R", f"^{re.escape(self.pattern or '')}$"]
        return ["-R", self.pattern] if self.pattern else []


def _chosen(pattern: str | None) -> Chosen:
    return Chosen(pattern, pattern is not None and pattern in _long_names())


def _long_names() -> set[str]:
    """The tests that are in CTest's configuration `long` only."""
    every = {name for preset in build.PRESETS for name in _listed(preset, ["-C", LONG])}
    return every - {name for preset in build.PRESETS for name in _names(preset, Chosen())}


def _all(names: dict[str, list[str]]) -> set[str]:
    return {name for some in names.values() for name in some}


def _matching(chosen: Chosen) -> dict[str, list[str]]:
    """The names of the tests that match, by preset where there are any; raises UsageError when none does."""
    names = {preset: found for preset in build.PRESETS if (found := _names(preset, chosen))}
    if names:
        return names
    if chosen.pattern is None:
        raise PithError("there are no tests: CTest knows of none")
    everything = [name for preset in build.PRESETS for name in _names(preset, Chosen())]
    parts = [part for name in everything for part in (name, *name.split("."))]
    raise UsageError(f"no test's name matches '{chosen.pattern}'{did_you_mean(chosen.pattern, parts)} "
                     "('./pith test --list' lists them all)")


def _ctest(preset: str, arguments: Sequence[str]) -> list[str]:
    return ["ctest", "--test-dir", str(build.PRESETS[preset]), *arguments]


def _names(preset: str, chosen: Chosen) -> list[str]:
    return _listed(preset, chosen.arguments())


def _listed(preset: str, arguments: Sequence[str]) -> list[str]:
    listing = subprocess.run([*_ctest(preset, arguments), "--show-only=json-v1"], capture_output=True, text=True)
    if listing.returncode != 0:
        raise PithError(f"CTest cannot list the {preset} tests: {listing.stderr.strip()}")
    return [test["name"] for test in json.loads(listing.stdout)["tests"]]


def _run(preset: str, chosen: Chosen) -> list[Outcome]:
    report = paths.made_directory(LOGS) / f"{preset}.xml"
    report.unlink(missing_ok=True)
    subprocess.run([*_ctest(preset, chosen.arguments()), f"-j{os.cpu_count()}", "--output-on-failure",
                    "--output-junit", str(report), "--output-log", str(LOGS / f"{preset}.log")])
    if not report.exists():
        raise PithError(f"CTest ended before it was through with the {preset} tests (see above)")
    return [read_outcome(case) for case in ElementTree.parse(report).iter("testcase")]


def read_outcome(case: ElementTree.Element) -> Outcome:
    """Reads one <testcase>. CTest marks with "notrun" both what was skipped and what could not start."""
    status, skipped = case.get("status"), case.find("skipped")
    reason = skipped.get("message", "") if skipped is not None else ""
    if status == "run":
        result = "passed"
    elif status == "disabled" or reason.startswith("SKIP_"):
        result = "skipped"
    else:
        result = "failed"
    return Outcome(case.get("name", ""), result, case.findtext("system-out", ""))


def results(outcome: Outcome) -> list[str]:
    """What a test printed as its result."""
    return [line for line in outcome.output.splitlines() if line.startswith(RESULTS)]


def _summarise(outcomes: Iterable[Outcome], seconds: float) -> int:
    """Prints which tests failed, the results of some, and, as the last line, how many did what."""
    by_result: dict[str, list[Outcome]] = {"passed": [], "failed": [], "skipped": []}
    for outcome in outcomes:
        by_result[outcome.result].append(outcome)
        print(*(f"{line}\n" for line in results(outcome)), sep="", end="")
    failed, skipped = by_result["failed"], by_result["skipped"]
    for outcome in failed:
        print(f"failed: {outcome.name} (what it printed is in {paths.shown(_save(outcome))})")
    process.say(f"the tests took {seconds:.0f} seconds; logs are in {paths.shown(LOGS)}")
    print(f"{len(by_result['passed'])} passed, {len(failed)} failed"
          + (f", {len(skipped)} skipped" if skipped else ""))
    return 1 if failed else 0


def _save(outcome: Outcome) -> Path:
    log = paths.made_directory(LOGS / "failed") / f"{re.sub('[^A-Za-z0-9._-]', '_', outcome.name)}.log"
    log.write_text(outcome.output)
    return log
