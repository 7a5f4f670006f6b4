"""Boots the kernel with boot information that was mutated: `./pith test forged-boots[.KIND[.NUMBER]]`, or
`python3 -m pith.forged_boots --kernel ELF KIND[.NUMBER] …`.

Each variant is a machine of its own. It stops where the kernel is about to read what the loader left; something of that is
made wrong (forged_parts.py says what); then the kernel goes on. It has to come to its prompt, and to answer there if the commands that
it was given were left alone; or to refuse with a sentence that is meant to refuse (REFUSALS). Any other panic, a reset, an end without
a word, and a machine that comes to nothing are failures.

A variant's name is all that chance depends on: `acpi.17` is the same on every run.
"""

import argparse
import functools
import re
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from pith import build, forged_boot, packages, paths, process, told_memory, transcript
from pith.chapters import PROMPT
from pith.errors import PithError
from pith.forged_boot import Stub
from pith.forged_parts import ANSWERS, KINDS, RAM, Lie
from pith.mutations import Chance
from pith.qemu import Machine
from pith.qmp import MonitorClosed
from pith.session import Rest, Session

NAME = "forged-boots"
SECONDS = 60          # until a machine counts as hanging; the slowest needs one or two
CAMPAIGN = 100        # variants of a kind in a whole campaign
RAN, REFUSED, FAILED = "ran", "refused", "failed"
PANIC = re.compile(r"PANIC (?:at|inside a panic, at) \S+: (.*)")
# What the kernel says where it is not to be started with what it finds. Whatever else it says before it halts is a mistake of its own.
REFUSALS = (
    re.compile(r"the boot information at 0x[0-9a-f]+ is wrong: [^()]+ \(0x[0-9a-f]+\)"),
    re.compile(r"ERR: 4: too little memory.*"),   # entry.S: there are no panics yet
)
# These, too, where little memory is left to it after what was told, and there only: else they are a leak, or memory that was lost.
SHORTAGES = (
    re.compile(r"the kernel's map cannot be made: (0x[0-9a-f]+: )?no frame is free( for a page table)?"),
    re.compile(r"no memory is left for \d+ bytes( at a multiple of \d+)?"),
)
LITTLE_MEMORY = 2 << 20
EARLY = re.compile(r"ERR: \d: .*")


@dataclass(frozen=True)
class Variant:
    """One way to be lied to."""

    kind: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.number}"


@dataclass(frozen=True)
class Outcome:
    """What came of a variant: it ran, refused (`reason` is its sentence) or failed (`reason` is what happened).

    `answers`: it ran, had its commands, and answered all of them.
    """

    variant: Variant
    what: str
    reason: str
    forged: str
    answers: bool = False
    serial: tuple[str, ...] = ()
    seconds: float = 0


@functools.cache
def handed_over(elf: Path) -> tuple[int, bytes]:
    return forged_boot.place(elf, forged_boot.HANDED_OVER)


def with_chance_of(variant: Variant, machine: Machine) -> Machine:
    """The machine with random numbers that depend on the variant's name alone: the kernel draws its places from them."""
    return replace(machine, extra=(*machine.extra, "-seed", str(zlib.crc32(variant.name.encode()))))


def try_variant(elf: Path, variant: Variant) -> Outcome:
    """Runs one machine."""
    kind, chance, start = KINDS[variant.kind], Chance(variant.name), time.monotonic()
    machine = with_chance_of(variant, kind.machine(chance, elf))
    with tempfile.TemporaryDirectory(prefix="pith-forged-") as scratch:
        log, gdb_socket = Path(scratch, "serial.log"), Path(scratch, "gdb")
        with Session(machine, f"file,path={log}", gdb_socket=gdb_socket) as session:
            stub = Stub(gdb_socket)
            stub.run_to(*handed_over(elf))
            lie = kind.forge(stub, chance)
            lie = replace(lie, usable=told_memory.usable_bytes(stub, RAM))
            stub.let_go()
            ended = _watch(session, log)
        lines = transcript.clean(log.read_bytes().decode(errors="replace"))
    what, reason = judge(ended, lines, lie)
    forged = f"{machine.model} {machine.memory}: {lie.what}{told_memory.in_words(lie.usable)}"
    return Outcome(variant, what, reason, forged, what == RAN and lie.keeps_commands, tuple(lines), time.monotonic() - start)


def _watch(session: Session, log: Path) -> str:
    """How the machine ended: "idle" at its prompt, "halt", or what went wrong."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if not session.wait():
            return f"the machine ended by itself ({session.shutdown_reason() or session.errors()})"
        rest = session.rest()
        if rest is Rest.HALTED or (rest is Rest.IDLE and _is_at_prompt(log)):
            return rest.value
    return f"it did not end in {SECONDS} seconds"


def _is_at_prompt(log: Path) -> bool:
    lines = transcript.clean(log.read_bytes().decode(errors="replace"))
    return bool(lines) and lines[-1].strip() == PROMPT.strip()


def judge(ended: str, lines: Sequence[str], lie: Lie) -> tuple[str, str]:
    """What to make of how a machine ended and of what it said: ran, refused or failed, and why."""
    said = [line for line in lines if EARLY.fullmatch(line)]
    said += [found[1] for line in lines if (found := PANIC.search(line))]
    if ended == Rest.HALTED.value:
        if not said:
            return FAILED, "it halted without a word"
        return (REFUSED if len(said) == 1 and refuses(said[0], lie) else FAILED), "; then ".join(said)
    if said:
        return FAILED, f"it panicked and did not halt: {said[0]}"
    return _judge_run(lines, lie) if ended == Rest.IDLE.value else (FAILED, ended)


def refuses(sentence: str, lie: Lie) -> bool:
    """Whether the kernel is meant to refuse so."""
    is_short = lie.usable is not None and lie.usable < LITTLE_MEMORY
    return any(known.fullmatch(sentence) for known in (*REFUSALS, *(SHORTAGES if is_short else ())))


def _judge_run(lines: Sequence[str], lie: Lie) -> tuple[str, str]:
    if lie.must_be_refused:
        return FAILED, "it ran, and was to refuse"
    missing = unanswered(lines) if lie.keeps_commands else []
    return (FAILED, f"no answer to {', '.join(missing)}") if missing else (RAN, "")


def unanswered(lines: Sequence[str]) -> list[str]:
    """The commands whose answers are not there, one after the other."""
    missing, at = [], 0
    for command, heading in ANSWERS.items():
        if heading in lines[at:]:
            at = lines.index(heading, at) + 1
        else:
            missing.append(command)
    return missing


def variants(wanted: Iterable[str], count: int) -> list[Variant]:
    """Those that are named (`acpi.17`), and the first so many of those kinds that are named (`acpi`)."""
    found = []
    for name in wanted:
        kind, _, number = name.partition(".")
        if kind not in KINDS or (number and not number.isdecimal()):
            raise PithError(f"there is no kind of forged boot '{name}': there are {', '.join(KINDS)}, and single ones as acpi.17")
        found += [Variant(kind, int(number))] if number else [Variant(kind, index) for index in range(count)]
    return found


def run(elf: Path, chosen: Sequence[Variant], jobs: int, shows_all: bool = False) -> list[Outcome]:
    """Tries all of them; says which failed as soon as they do."""
    outcomes = []
    with ThreadPoolExecutor(jobs) as pool:
        for outcome in pool.map(lambda variant: _tried(elf, variant), chosen):
            outcomes.append(outcome)
            if outcome.what == FAILED or shows_all:
                print(f"{outcome.what}: {outcome.variant.name} on {outcome.forged}{': ' * bool(outcome.reason)}{outcome.reason} "
                      f"({outcome.seconds:.1f} s)", flush=True)
            if outcome.what == FAILED:
                print(*(f"    {line}" for line in outcome.serial[-30:]), sep="\n", flush=True)
    return outcomes


def _tried(elf: Path, variant: Variant) -> Outcome:
    try:
        return try_variant(elf, variant)
    except (PithError, MonitorClosed, OSError) as error:
        return Outcome(variant, FAILED, f"the test itself: {type(error).__name__} {error}", "?")


def summary(outcomes: Sequence[Outcome]) -> list[str]:
    """A line a sentence of those that refused, a line a kind, and one of all: test.py shows it."""
    lines = [f"  {count:4} refused with \"{sentence}\"" for sentence, count in sentences_of(outcomes).most_common()]
    for kind in dict.fromkeys(outcome.variant.kind for outcome in outcomes):
        lines.append(f"  {kind:13} " + _counted([o for o in outcomes if o.variant.kind == kind]))
    return [*lines, f"forged boots: {_counted(outcomes)}"]


def sentences_of(outcomes: Sequence[Outcome]) -> Counter[str]:
    """What refused, and how often: the sentences without their numbers."""
    return Counter(re.sub(r"0x[0-9a-f]+|(?<=for )\d+(?= bytes)|(?<=of )\d+$", "…", o.reason) for o in outcomes if o.what == REFUSED)


def _counted(outcomes: Sequence[Outcome]) -> str:
    count = Counter(outcome.what for outcome in outcomes)
    answered = sum(outcome.answers for outcome in outcomes)
    return (f"{len(outcomes)} variants: {count[RAN]} ran ({answered} of them answered {len(ANSWERS)} commands), "
            f"{count[REFUSED]} refused (by {len(sentences_of(outcomes))} different sentences), {count[FAILED]} failed")


def campaign(elf: Path, wanted: Sequence[str], jobs: int = 2, count: int = CAMPAIGN, shows_all: bool = False) -> int:
    """Tries the variants, and prints what came of them."""
    start = time.monotonic()
    outcomes = run(elf, variants(wanted or list(KINDS), count), jobs, shows_all)
    print(*summary(outcomes), sep="\n")
    process.say(f"this took {time.monotonic() - start:.0f} seconds; one again: ./pith test {NAME}.KIND.NUMBER")
    return 1 if any(outcome.what == FAILED for outcome in outcomes) else 0


def from_command_line(pattern: str, yes: bool) -> int:
    """./pith test forged-boots: the whole campaign; forged-boots.acpi: a kind of it; forged-boots.acpi.17: one variant."""
    packages.need(["build", "run"], yes)
    build.target("kernel", "pith")
    wanted = pattern.partition(".")[2]
    return campaign(paths.OUT / "pith.elf", [wanted] if wanted else [], shows_all="." in wanted)


def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.forged_boots", description=__doc__, allow_abbrev=False)
    parser.add_argument("--kernel", type=Path, required=True, metavar="ELF")
    parser.add_argument("--count", type=int, default=CAMPAIGN, help="so many of each kind")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="say of each variant what came of it")
    parser.add_argument("wanted", nargs="*", metavar="KIND[.NUMBER]")
    options = parser.parse_args()
    try:
        return campaign(options.kernel, options.wanted, options.jobs, options.count, options.all)
    except PithError as error:
        print(f"pith: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
