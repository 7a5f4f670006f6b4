"""Tests of pith.recording: what was played is written down with its times."""

import json
import unittest
from unittest.mock import patch

from pith import recording
from pith.play import Player
from pith.play_script import ScriptError, parse
from test_play import PaperMachine


class Recording(unittest.TestCase):
    def record(self, script: str) -> tuple[dict, list[list]]:
        """The header and the events of a session with a machine of Python."""
        recorder = recording.Recorder()
        machine = PaperMachine()
        with machine:
            prompt = recording.PacedPrompt(machine, machine.line, on_output=recorder.note)
            Player(prompt, recording.NoScreen()).play(parse(script))
        header, *events = map(json.loads, recorder.cast("title").splitlines())
        return header, events

    def setUp(self) -> None:
        for name, value in (("key_seconds", 0.01), ("reading_seconds", 0.05)):
            patcher = patch.object(recording.PacedPrompt, name, value)
            patcher.start()
            self.addCleanup(patcher.stop)

    def test_the_header_says_what_it_is(self) -> None:
        header, _ = self.record("serial> help\n")
        self.assertEqual((2, recording.COLUMNS, recording.ROWS, "title"),
                         tuple(header[name] for name in ("version", "width", "height", "title")))

    def test_all_that_came_is_there_in_order(self) -> None:
        _, events = self.record("serial> help\nexpect help echo\n")
        self.assertIn("pith> help\r\nhelp echo\r\npith> ", "".join(text for _, _, text in events))
        times = [seconds for seconds, _, _ in events]
        self.assertEqual(sorted(times), times)
        self.assertTrue(all(kind == "o" for _, kind, _ in events))

    def test_it_is_typed_at_a_pace(self) -> None:
        listen_for = recording.PacedPrompt._listen_for
        with patch.object(recording.PacedPrompt, "_listen_for", autospec=True, side_effect=listen_for) as waits:
            self.record("serial> help\n")
        seconds = [call.args[1] for call in waits.call_args_list]
        self.assertGreaterEqual(seconds.count(recording.PacedPrompt.key_seconds), len("help"))

    def test_what_does_not_come_true_is_no_recording(self) -> None:
        with self.assertRaisesRegex(ScriptError, "line 2"):
            self.record("serial> help\nexpect nothing like it\n")
        with self.assertRaisesRegex(ScriptError, "no pictures"):
            self.record("serial> help\npicture\n")


if __name__ == "__main__":
    unittest.main()
