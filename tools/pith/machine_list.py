"""Asks the kernel that holds the machine tests which it has, and tells CTest about each:
`python3 -m pith.machine_list --kernel ELF --output FILE.cmake --prefix machine [--without FILE]`.

Started with the command line `list`, the kernel prints on serial, for each test, a line
`TEST name<TAB>outcome<TAB>text`, and at the end `END count`. The outcome is `passes`, or `panics`: then it has
to print the text. The file written is read by CTest itself (TEST_INCLUDE_FILES). Each line of the file `--without` names
a test that cannot run in this kernel, and says why.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pith import paths
from pith.errors import PithError, reports_errors
from pith.qemu import MODELS, Machine
from pith.session import Session

STATUS_OF = {"passes": "0x10", "panics": "0x12"}
LISTING_SECONDS = 30
TEST_SECONDS = 60


@dataclass(frozen=True)
class Test:
    """One test inside the kernel."""

    name: str
    outcome: str
    text: str


def listed(kernel: Path, model: str) -> str:
    """What the kernel prints when asked for its tests."""
    machine = Machine(kernel=kernel, model=model, memory="64M", command_line="list", debug_exit=True)
    with tempfile.TemporaryDirectory(prefix="pith-list-") as scratch:
        log = Path(scratch, "serial.log")
        deadline = time.monotonic() + LISTING_SECONDS
        with Session(machine, f"file,path={log}") as session:
            while session.wait() and not session.halted() and time.monotonic() < deadline:
                pass
        return log.read_text(errors="replace")


def parse(text: str) -> list[Test]:
    """Reads the list; raises PithError unless it is complete."""
    lines = text.splitlines()
    tests = [_test(line.removeprefix("TEST ")) for line in lines if line.startswith("TEST ")]
    if f"END {len(tests)}" not in lines:
        raise PithError(f"the kernel did not list its tests to the end; it printed:\n{text}")
    return tests


def without(tests: Sequence[Test], reasons: str) -> list[Test]:
    """Leaves out the tests that cannot run here: `NAME  reason`, one a line. Raises PithError for one that is not there."""
    lines = [line for line in reasons.splitlines() if line and not line.startswith("#")]
    left_out = {name: reason for name, _, reason in (line.partition(" ") for line in lines)}
    for name, reason in left_out.items():
        if name not in {test.name for test in tests} or not reason.strip():
            raise PithError(f"'{name}' is to be left out, and is no test, or has no reason")
    return [test for test in tests if test.name not in left_out]


def _test(line: str) -> Test:
    name, outcome, text = (line.split("\t") + ["", ""])[:3]
    if outcome not in STATUS_OF:
        raise PithError(f"test '{name}' has the outcome '{outcome}', which is not one of {', '.join(STATUS_OF)}")
    return Test(name, outcome, text)


def script(tests: Sequence[Test], kernel: Path, model: str, prefix: str) -> str:
    """The CTest script that adds these tests."""
    return "".join(_add_test(test, kernel, model, f"{prefix}.{test.name}") for test in tests)


def _add_test(test: Test, kernel: Path, model: str, name: str) -> str:
    command = [sys.executable, "-B", "-m", "pith.machine_test", "--kernel", str(kernel), "--machine", model,
               "--append", f"test={test.name}", "--status", STATUS_OF[test.outcome],
               "--timeout", str(TEST_SECONDS), *(["--contains", test.text] if test.text else [])]
    return (f"add_test({_quoted(name)} {' '.join(map(_quoted, command))})\n"
            f"set_tests_properties({_quoted(name)} PROPERTIES TIMEOUT {TEST_SECONDS + 10} LABELS machine "
            f"ENVIRONMENT {_quoted(f'PYTHONPATH={paths.TOOLS}')})\n")


def _quoted(text: str) -> str:
    """A bracket argument, in which CMake changes nothing."""
    return f"[==[{text}]==]"


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.machine_list", allow_abbrev=False)
    parser.add_argument("--kernel", type=Path, required=True, metavar="ELF")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE")
    parser.add_argument("--prefix", default="machine", metavar="NAME")
    parser.add_argument("--without", type=Path, metavar="FILE", help="tests that cannot run in this kernel, and why")
    parser.add_argument("--machine", choices=MODELS, default="microvm")
    options = parser.parse_args()
    tests = parse(listed(options.kernel, options.machine))
    if options.without:
        tests = without(tests, options.without.read_text())
    options.output.write_text(script(tests, options.kernel.resolve(), options.machine, options.prefix))
    return 0


if __name__ == "__main__":
    sys.exit(main())
