"""Makes docs/library.md: which headers of the C++ library work in the kernel. `python3 -m pith.library_table`.

That a header works is not claimed but tested: the page is made from the names of the tests in tests/library (HEADER, or
HEADER.WHAT), each of which stands in a file that includes that header. Why a header does not work, or not all of it, says
tests/library/headers.json.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence

from pith import paths

TESTS = paths.ROOT / "tests/library"
REASONS = TESTS / "headers.json"
PAGE = paths.ROOT / "docs/library.md"

WORKS = "works"
# What else may be said of a header; of the first two, some part has to be tested.
PARTIAL = ("works without floating point", "works in part")
WITHOUT_TEST = ("needs an operating system above", "does not make sense here", "is not in libc++ 19")

# C++ standard (C++23), "Headers": the tables of C++ library headers and of C++ headers for C library facilities; with
# <stdatomic.h>, and what it lists under "Compatibility features".
HEADERS = tuple("""
    algorithm any array atomic barrier bit bitset charconv chrono codecvt compare complex concepts condition_variable coroutine
    deque exception execution expected filesystem flat_map flat_set format forward_list fstream functional future generator
    initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map mdspan memory memory_resource
    mutex new numbers numeric optional ostream print queue random ranges ratio regex scoped_allocator semaphore set
    shared_mutex source_location span spanstream sstream stack stacktrace stdexcept stdfloat stop_token streambuf string
    string_view strstream syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set
    utility valarray variant vector version
    cassert cctype cerrno cfenv cfloat cinttypes climits clocale cmath csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
    cstring ctime cuchar cwchar cwctype stdatomic.h
""".split())

TABLE = re.compile(r"testing::Test \w+\[\] = \{(.*?)^\};", re.DOTALL | re.MULTILINE)
TEST = re.compile(r"\{\s*\"([\w.]+)\",")
INCLUDE = re.compile(r"^#include <([\w.]+)>", re.MULTILINE)
COMMENT = re.compile(r"//.*")

HEAD = """# The C++ library

<!-- Made by `python3 -m pith.library_table` (PYTHONPATH=tools) from tests/library. Do not edit. -->

Which headers of C++23 a kernel can use, from the heap on. **Works** means tested: each test runs inside the kernel, and uses
the header. `./pith test library` runs them all.

The library is libc++ 19, from its headers only (see [the runtime](architecture.md#the-runtime)). Its checks are on: an index out
of bounds is a panic. So is what it would throw. Floating point is done by integer instructions, slowly and exactly. Each C
header `<cNAME>` has its `<NAME.h>` beside it.

"""


def tested(sources: Mapping[str, str]) -> tuple[dict[str, list[str]], list[str]]:
    """The tests of each header, and what is wrong with them; `sources` are the texts of the files of tests."""
    tests: dict[str, list[str]] = {}
    wrong = []
    for file, text in sources.items():
        text = COMMENT.sub("", text)
        included = set(INCLUDE.findall(text))
        for name in (name for table in TABLE.findall(text) for name in TEST.findall(table)):
            header = header_of(name)
            if header is None:
                wrong.append(f"{file}: the test {name} is not named after a header")
            elif header not in included:
                wrong.append(f"{file}: the test {name} stands in a file that does not include <{header}>")
            else:
                tests.setdefault(header, []).append(name)
    return tests, wrong


def header_of(test: str) -> str | None:
    """The header that a test is named after."""
    found = [header for header in HEADERS if test == header or test.startswith(header + ".")]
    return max(found, key=len, default=None)


def contradictions(tests: Mapping[str, Sequence[str]], reasons: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What the tests and the reasons do not agree on."""
    for header in reasons:
        if header not in HEADERS:
            yield f"{paths.shown(REASONS)}: <{header}> is no header of the standard"
    for header in HEADERS:
        state = reasons.get(header, [WORKS])[0]
        if state not in (WORKS, *PARTIAL, *WITHOUT_TEST):
            yield f"{paths.shown(REASONS)}: '{state}' is nothing to be said of <{header}>"
        elif state in WITHOUT_TEST and header in tests:
            yield f"<{header}> {state}, and yet has a test: {tests[header][0]}"
        elif state not in WITHOUT_TEST and header not in tests:
            yield f"<{header}> {state}, it says, but no test uses it"


def page(tests: Mapping[str, Sequence[str]], reasons: Mapping[str, Sequence[str]]) -> str:
    """The page's text."""
    states = {header: reasons.get(header, [WORKS])[0] for header in HEADERS}
    lines = ["| | Headers |", "|---|---|"]
    for state in (WORKS, *PARTIAL, *WITHOUT_TEST):
        lines.append(f"| {state} | {sum(found == state for found in states.values())} |")
    lines += ["", "| Header | | Why not all of it | Tests |", "|---|---|---|---|"]
    for header in HEADERS:
        why = " ".join(reasons.get(header, [])[1:])
        names = ", ".join(f"`library.{name}`" for name in tests.get(header, []))
        lines.append(f"| `<{header}>` | {states[header]} | {why} | {names} |")
    return HEAD + "\n".join(lines) + "\n"


def _read() -> tuple[dict[str, list[str]], dict[str, list[str]], list[str]]:
    sources = {paths.shown(file): file.read_text() for file in sorted(TESTS.glob("*.cpp"))}
    reasons = json.loads(REASONS.read_text())
    tests, wrong = tested(sources)
    return tests, reasons, [*wrong, *contradictions(tests, reasons)]


def errors() -> list[str]:
    """What is wrong with the tests, the reasons or the page."""
    tests, reasons, wrong = _read()
    if not wrong and (not PAGE.is_file() or PAGE.read_text() != page(tests, reasons)):
        wrong.append(f"{paths.shown(PAGE)} is out of date: make it by PYTHONPATH=tools python3 -m pith.library_table")
    return wrong


def main() -> int:
    tests, reasons, wrong = _read()
    for complaint in wrong:
        print(complaint)
    if not wrong:
        PAGE.write_text(page(tests, reasons))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
