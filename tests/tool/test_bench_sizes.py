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


class ImagesTest(unittest.TestCase):
    def test_debians_kernels_stand_beside_ours(self) -> None:
        with mock.patch.object(sizes.debian, "linux", return_value=self.image(2000)), \
                mock.patch.object(sizes.debian, "xen", return_value=self.image(3000)):
            self.assertEqual(sizes._images(), {"Linux": 2.0, "Xen": 3.0})

    def test_without_them_the_rest_is_measured(self) -> None:
        with mock.patch.object(sizes.debian, "linux", side_effect=PithError("no network")), \
                mock.patch.object(sizes.process, "say") as said:
            self.assertEqual(sizes._images(), {"Linux": None, "Xen": None})
        self.assertRegex(said.call_args[0][0], "not measured: no network")

    def image(self, size: int) -> Path:
        path = Path(self.enterContext(sizes.tempfile.TemporaryDirectory()), "image")
        path.write_bytes(bytes(size))
        return path


if __name__ == "__main__":
    unittest.main()
