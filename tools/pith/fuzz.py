"""./pith fuzz: runs one of the fuzzers in tests/fuzz against a parser, until it fails or its time is over.

With --coverage it says how much of each parser they reach.
"""

import argparse
import subprocess

from pith import build, fuzz_coverage, packages, paths, process, values
from pith.errors import PithError, UsageError
from pith.nearest import did_you_mean

PROGRAMS = paths.HOST_BUILD / "tests" / "fuzz"
FOUND = paths.OUT / "fuzz"
PREFIX = "fuzz-"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="which fuzzer; without, they are listed")
    parser.add_argument("--seconds", type=values.count(1_000_000), default=60, metavar="N", help="default: 60")
    parser.add_argument("--coverage", action="store_true", help="say how much of the readers the fuzzers reach")


def main(options: argparse.Namespace) -> int:
    """./pith fuzz [NAME] [--coverage]"""
    packages.need(["build", "host"], options.yes)
    build.target("host")
    if options.coverage:
        return fuzz_coverage.report(fuzz_coverage.measure(fuzz_coverage.chosen(options.name)))
    names = sorted(program.name.removeprefix(PREFIX) for program in PROGRAMS.glob(f"{PREFIX}*") if program.is_file())
    if options.name is None:
        print("\n".join(names) or "there are no fuzzers yet")
        return 0
    if options.name not in names:
        raise UsageError(f"there is no fuzzer '{options.name}'{did_you_mean(options.name, names)} "
                         "('./pith fuzz' lists them all)")
    return _fuzz(options.name, options.seconds)


def _fuzz(name: str, seconds: int) -> int:
    corpus = paths.made_directory(FOUND / name)
    command = [str(PROGRAMS / (PREFIX + name)), str(corpus), *seeds(name),
               f"-max_total_time={seconds}", f"-artifact_prefix={FOUND}/{name}-"]
    if subprocess.run(command, cwd=paths.ROOT).returncode != 0:
        raise PithError(f"the fuzzer '{name}' found an input that fails; it is named above, in out/fuzz")
    process.say(f"the fuzzer '{name}' found nothing in {seconds} seconds")
    return 0


def seeds(name: str) -> list[str]:
    """What tells libFuzzer of the seeds: those of the test fuzz.NAME, whose list CMake has written. (Not all are in the corpus.)"""
    listed = PROGRAMS / f"{name}.seeds"
    return [f"-seed_inputs=@{listed}"] if listed.read_text().strip() else []
