"""`./pith bench sizes`: with how little memory a kernel counts as one that boots."""

import unittest
from pathlib import Path
from unittest import mock

from pith.bench import sizes
from pith.errors import PithError

# A script in QEMU's place: it greets always, and has a prompt from so many MiB on.
KERNEL = """#!/bin/sh
while [ "$1" != -m ]; do shift; done
echo 'Pith greets you.'
[ "${{2%M}}" -ge {least} ] && printf 'pith> '
"""


class LeastMemoryTest(unittest.TestCase):
    def least_memory(self, least: int) -> int:
        scratch = self.enterContext(sizes.tempfile.TemporaryDirectory())
        program = Path(scratch, "qemu")
        program.write_text(KERNEL.format(least=least))
        program.chmod(0o755)
        with mock.patch("pith.qemu.PROGRAM", str(program)):
            return sizes._least_memory(Path("kernel.elf"), "pith>")

    def test_a_greeting_is_not_enough(self) -> None:
        self.assertEqual(self.least_memory(1), sizes.MEMORY_SIZES[0])
        self.assertEqual(self.least_memory(5), 6)

    def test_a_kernel_that_boots_nowhere_is_told_of(self) -> None:
        with self.assertRaisesRegex(PithError, "up to 128 MiB: .*'pith>'.*greets you"):
            self.least_memory(1000)


if __name__ == "__main__":
    unittest.main()
