"""What ./pith answers to a command line that it does not understand."""

import contextlib
import io
import unittest

from pith import cli
from pith.nearest import did_you_mean, nearest


def answer(*words: str) -> tuple[int, str]:
    """The exit status, and what was printed as an error."""
    with contextlib.redirect_stderr(io.StringIO()) as errors:
        return cli.main(words), errors.getvalue()


class NearestTest(unittest.TestCase):
    def test_finds_what_was_meant(self) -> None:
        self.assertEqual(nearest("rnu", ["run", "test"]), "run")

    def test_does_not_guess_wildly(self) -> None:
        self.assertIsNone(nearest("xyzzy", ["run", "test"]))
        self.assertEqual(did_you_mean("xyzzy", ["run"]), "")


class CommandLineTest(unittest.TestCase):
    def assert_refused(self, words: list[str], *texts: str) -> None:
        status, errors = answer(*words)
        self.assertEqual(status, 2)
        self.assertEqual(errors.count("\n"), 1, errors)
        for text in texts:
            self.assertIn(text, errors)

    def test_unknown_command(self) -> None:
        self.assert_refused(["rnu"], "there is no command 'rnu'", "did you mean 'run'?", "./pith help")

    def test_option_before_the_command(self) -> None:
        self.assert_refused(["--yes", "run"], "the command comes first")

    def test_unknown_option(self) -> None:
        self.assert_refused(["run", "--hedless"], "'--hedless'", "did you mean '--headless'?")

    def test_options_are_not_abbreviated(self) -> None:
        self.assert_refused(["run", "--head"], "'--head'")

    def test_word_too_many(self) -> None:
        self.assert_refused(["run", "4", "5"], "'5'")

    def test_wrong_values(self) -> None:
        self.assert_refused(["run", "--memory", "lots"], "--memory", "'lots'", "64M")
        self.assert_refused(["run", "--boot", "floppy"], "--boot", "pvh, bios, uefi")
        self.assert_refused(["run", "--boot", "bois"], "did you mean 'bios'?")
        self.assert_refused(["run", "--cpus", "0"], "--cpus", "1 to 255")
        self.assert_refused(["run", "--machine"], "--machine", "expected one argument")

    def test_microvm_has_no_firmware_to_read_a_disc(self) -> None:
        self.assert_refused(["run", "--machine", "microvm", "--boot", "bios"], "microvm", "PVH")

    def test_every_command_can_be_asked_for_help(self) -> None:
        for command in cli.COMMANDS:
            with self.subTest(command.name), contextlib.redirect_stdout(io.StringIO()) as output:
                with self.assertRaises(SystemExit) as ended:
                    cli.main([command.name, "--help"])
                self.assertEqual(ended.exception.code, 0)
                self.assertIn("--yes", output.getvalue())

    def test_help_lists_every_command(self) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            self.assertEqual(cli.main([]), 0)
        for command in cli.COMMANDS:
            self.assertIn(command.summary, output.getvalue())


if __name__ == "__main__":
    unittest.main()
