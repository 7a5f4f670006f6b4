"""Runs clang-tidy over our sources, on all processors, skipping what has not changed since it was fine.

What a file's result depends on goes into one hash: the file, every header of the tree, .clang-tidy, the
compile command, and clang-tidy's own version. The hashes of fine files are kept in out/check.

Most files are compiled several times (for coverage, with sanitizers), and clang-tidy would read a file once for each
command that it is given. So it is given one: out/check/compile_commands.json has each file once.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pith import paths

PROGRAM = "clang-tidy-19"
FOLDERS = ("kernel", "chapters", "tests", "bench", "book/layouts", "tools/plugins")
CHECKED = paths.OUT / "check"
CACHE = CHECKED / "tidy.json"


@dataclass(frozen=True)
class Source:
    """A source file, where it is compiled, and how."""

    file: Path
    directory: str
    command: str


def errors(builds: Sequence[Path]) -> list[str]:
    """What clang-tidy has to say, as text to print; empty when all is well."""
    shared = _shared_inputs()
    fine = json.loads(CACHE.read_text()) if CACHE.exists() else {}
    hashes = {source: _hash(source, shared) for source in sources(builds)}
    changed = [source for source, digest in hashes.items() if fine.get(str(source.file)) != digest]
    write_commands(paths.made_directory(CHECKED), changed)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        found = dict(zip(changed, workers.map(_tidy, changed)))
    still_fine = {str(source.file): digest for source, digest in hashes.items() if not found.get(source)}
    CACHE.write_text(json.dumps(still_fine, indent=1))
    return [text for text in found.values() if text]


def sources(builds: Sequence[Path]) -> list[Source]:
    """Our own C++ files, each once: as the first build that has it compiles it."""
    found: dict[Path, Source] = {}
    for build in builds:
        for entry in json.loads((build / "compile_commands.json").read_text()):
            file = Path(entry["directory"], entry["file"]).resolve()
            if file.suffix == ".cpp" and _is_ours(file):
                found.setdefault(file, Source(file, entry["directory"], entry["command"]))
    return list(found.values())


def write_commands(folder: Path, some: Sequence[Source]) -> None:
    """Writes what clang-tidy reads: how each of these is compiled."""
    entries = [{"directory": source.directory, "file": str(source.file), "command": source.command} for source in some]
    (folder / "compile_commands.json").write_text(json.dumps(entries, indent=1))


def _is_ours(file: Path) -> bool:
    """Whether it is a source of this tree, and worth the time.

    What an exercise begins with is not finished; what must not compile is a few lines below headers that others include.
    """
    is_begun = "exercises" in file.parts and file.name == "start.cpp"
    is_mistake = file.is_relative_to(paths.ROOT / "tests" / "must-not-compile")
    return not is_begun and not is_mistake and any(file.is_relative_to(paths.ROOT / folder) for folder in FOLDERS)


def _shared_inputs() -> bytes:
    """What the result of every file may depend on."""
    digest = hashlib.sha256(subprocess.run([PROGRAM, "--version"], capture_output=True).stdout)
    headers = (header for folder in FOLDERS for header in (paths.ROOT / folder).rglob("*")
               if header.is_file() and header.suffix not in (".cpp", ".S", ".md", ".txt"))
    for file in sorted([*headers, *paths.ROOT.glob(".clang-tidy")]):
        digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return digest.digest()


def _hash(source: Source, shared: bytes) -> str:
    return hashlib.sha256(shared + source.command.encode() + b"\0" + source.file.read_bytes()).hexdigest()


def _tidy(source: Source) -> str:
    command = [PROGRAM, "--quiet", "--warnings-as-errors=*", "-p", str(CHECKED), str(source.file)]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr
