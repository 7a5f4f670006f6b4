"""Sessions at a prompt: how scripts are read, and what is said when they do not come true."""

import socket
import threading
import unittest
from collections.abc import Callable
from contextlib import suppress
from unittest.mock import patch

from pith import play
from pith.errors import PithError
from pith.play import Player
from pith.play_script import ScriptError, json_problem, parse
from pith.prompt import Listener, Prompt

QUICK = 0.4   # seconds until a machine that says nothing counts as hanging


class PaperMachine:
    """A prompt made of Python, with what a Session is asked for. It answers by `commands`, and echoes all else."""

    def __init__(self, greeting: str = "hello\r\npith> ") -> None:
        self.line, self._other_end = socket.socketpair()
        self.reason, self.is_halted = "", False
        self.doubled = ""
        self.lost: Callable[[str], bool] = lambda character: False
        self.commands: dict[str, Callable[[], str | None]] = {
            "help": lambda: "help echo\r\n", "echo x": lambda: "x\r\n", "json": lambda: '{"a": {"b": [1, "x"]}}\r\n',
            "hang": lambda: None, "panic": self._panic, "poweroff": lambda: self._stop("guest-shutdown"),
            "reset": lambda: self._stop("guest-reset"), "kill": lambda: self._stop("")}
        self._text = ""
        self._send(greeting)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.line.close()
        self._thread.join()
        self._other_end.close()

    def _send(self, text: str) -> None:
        self._other_end.sendall(text.encode())

    def _run(self) -> None:
        with suppress(ConnectionError):
            while data := self._other_end.recv(4096):
                for character in data.decode():
                    self._take(character)

    def _take(self, character: str) -> None:
        if self.lost(character):
            return
        if character == "\x03":
            self._text = ""
            self._send("^C\r\npith> ")
        elif character == "\r":
            line, self._text = self._text, ""
            self._send("\r\n")
            answer = self.commands.get(line, lambda: f"no '{line}'\r\n" if line else "")()
            if answer is not None:
                self._send(f"{answer}pith> ")
        else:
            shown = character * (2 if character in self.doubled else 1)
            self._text += shown
            self._send(shown)

    def _panic(self) -> None:
        self._send("PANIC at x.cpp:1\r\n")
        self.is_halted = True

    def _stop(self, reason: str) -> None:
        self.reason = reason
        self._other_end.shutdown(socket.SHUT_RDWR)

    # What a Session has.
    def wait(self, seconds: float = 0) -> bool:
        return False

    def halted(self) -> bool:
        return self.is_halted

    def shutdown_reason(self) -> str:
        return self.reason

    def monitor(self, command: str) -> None:
        """It is said above the line."""
        self._send(f"\r\x1b[J{command} struck\r\npith> {self._text}")

    def press(self, key: str, milliseconds: int) -> str:
        characters = {"ret": "\r", "spc": " ", "ctrl-c": "\x03", **{letter: letter for letter in "abcdehlopstx"}}
        if key not in characters:
            return f"unknown key: '{key}'"
        self._take(characters[key])
        return ""


class PaperScreen:
    def __init__(self) -> None:
        self.problem: list[str] = []

    def difference(self, rows: list[str], row: int, column: int) -> list[str]:
        self.rows, self.cursor = rows, (row, column)
        return self.problem


class PlayerTest(unittest.TestCase):
    def setUp(self) -> None:
        self.machine, self.screen = PaperMachine(), PaperScreen()

    def play(self, script: str, machine: PaperMachine | None = None, seconds: float = 30) -> None:
        machine = machine or self.machine
        with machine:
            Player(Prompt(machine, machine.line, seconds=seconds), self.screen).play(parse(script))

    def assert_fails(self, text: str, script: str, machine: PaperMachine | None = None) -> None:
        with self.assertRaisesRegex(ScriptError, text):
            self.play(script, machine, QUICK if "within" in text else 30)

    def test_what_comes_true(self) -> None:
        self.play("""
            # both ways to type
            expect hello
            serial> help
            expect help … echo
            expect help echo
            lacks hello
            keys> echo
            expect no 'echo'
            serial> json
            json a.b.0 = 1
            serial> hel…
            expect hel
            serial> p
            expect echo
            serial> poweroff
            off
            """.replace("help … echo", "h…p"))

    def test_other_ends(self) -> None:
        self.play("serial> reset\nreset", PaperMachine())
        self.play("serial> panic\nexpect PANIC\nhalt", PaperMachine())

    def test_keys_that_show_nothing_typed(self) -> None:
        self.play("serial> hel…\npress ctrl-c\nexpect ^C\nserial> help\nexpect echo")
        self.play("serial> hel…\nsend ctrl-c\nexpect ^C\nserial> help\nexpect echo", PaperMachine())

    def test_the_answer_is_not_what_was_typed(self) -> None:
        self.assert_fails("line 2: 'echo x' was expected, and did not come", "serial> echo x\nexpect echo x")

    def test_what_came_before_does_not_count(self) -> None:
        self.assert_fails("line 3: 'help' was expected", "serial> help\nserial> x\nexpect help")

    def test_what_should_not_come(self) -> None:
        self.assert_fails("line 2: 'echo' came, and should not have", "serial> help\nlacks echo")

    def test_what_does_not_come_in_time(self) -> None:
        self.assert_fails("line 2: 'xyz' did not come within", "press x\nexpect xyz")

    def test_no_prompt(self) -> None:
        self.assert_fails("line 0: no prompt came within", "serial> help", PaperMachine("pith: no\r\n"))

    def test_no_answer(self) -> None:
        self.assert_fails("line 1: no prompt came within", "serial> hang")

    def test_a_line_of_which_something_is_lost(self) -> None:
        self.machine.lost = lambda character: character == "l"
        self.assert_fails("line 1: 'help' was typed, and this stands there: 'pith> hep'", "serial> help")
        machine = PaperMachine()
        machine.lost = lambda character: character == "l"
        self.assert_fails("line 1: 'hel' was not shown within", "keys> hel…", machine)

    def test_a_key_that_comes_twice(self) -> None:
        self.machine.doubled = "p"
        self.assert_fails("line 1: 'help' was typed, and this stands there: 'pith> helpp'", "keys> help")

    def test_an_end_that_nobody_wanted(self) -> None:
        for command, end in (("panic", "the kernel halted"), ("reset", "the machine reset"), ("kill", "QEMU ended"),
                             ("poweroff", "the machine switched itself off")):
            self.assert_fails(f"line 1: {end}, and the script does not say so", f"serial> {command}", PaperMachine())
            self.assert_fails(f"line 2: 'serial>' comes too late: {end}", f"serial> {command}\nserial> x", PaperMachine())

    def test_an_end_before_the_prompt(self) -> None:
        machine = PaperMachine("PANIC\r\n")
        machine.is_halted = True
        self.assert_fails("line 0: the kernel halted before there was a prompt", "serial> x", machine)

    def test_another_end(self) -> None:
        self.assert_fails("line 2: the machine reset; expected was: the machine switched itself off",
                          "serial> reset\noff")
        self.assert_fails("line 2: the machine did not end within", "serial> x\noff", PaperMachine())

    def test_keys_that_nobody_has(self) -> None:
        self.assert_fails("line 1: QEMU does not press 'f99': unknown key", "press f99")
        self.assert_fails("line 1: the keyboard 'us' cannot type 'é'", "keys> é", PaperMachine())
        self.assert_fails("line 1: there is no keyboard 'xx'", "layout xx", PaperMachine())

    def test_floods(self) -> None:
        self.play("flood 300 line #\nexpect no 'line 300'\nlacks no 'line 299'\nserial> help\nexpect echo")

    def test_a_flood_of_which_something_is_lost(self) -> None:
        self.machine.lost = Nth(40)
        self.assert_fails("line 1: line 6 of the flood is not 'line 6' but 'pith> line6'", "flood 20 line #")

    def test_a_flood_that_is_answered_wrongly(self) -> None:
        self.machine.commands["x 3"] = lambda: "no\r\n"
        self.assert_fails("line 1: 'x 3', line 3 of the flood, was not answered", "flood 5 x #")

    def test_pictures(self) -> None:
        self.play("serial> help\npicture")
        self.assertEqual((["pith> help", "help echo", "pith> "], (2, 6)), (self.screen.rows, self.screen.cursor))
        self.screen.problem = ["row 1 is wrong"]
        with patch.object(play, "PICTURE_SECONDS", QUICK):
            self.assert_fails("(?s)line 1: the screen does not show what serial does:.row 1 is wrong",
                              "picture", PaperMachine())

    def test_a_line_that_is_pushed_down_goes_on_there(self) -> None:
        self.play("serial> he…\nmonitor nmi\nexpect nmi struck\nserial> lp\nexpect help echo")

    def test_long_lines_take_several_rows(self) -> None:
        self.machine.commands["ab" * 50] = lambda: "yes\r\n"
        take = self.machine._take
        self.machine._take = lambda character: (take(character), len(self.machine._text) == 74
                                                and self.machine._send("\r\n"))
        self.play("serial> " + "ab" * 50 + "\nexpect yes\nlacks ab")


class Nth:
    """Says yes once: at the call with this number."""

    def __init__(self, number: int) -> None:
        self._left = number

    def __call__(self, _: str) -> bool:
        self._left -= 1
        return self._left == 0


class ScriptTest(unittest.TestCase):
    def test_steps(self) -> None:
        steps = parse("# why\n\n  serial> help  \npicture\n")
        self.assertEqual([(3, "serial>", "help"), (4, "picture", "")], [(s.number, s.word, s.text) for s in steps])

    def test_what_is_no_step(self) -> None:
        for text, problem in (("exepct x", "there is no word 'exepct'; did you mean 'expect'"), ("expect", "what to do"),
                              ("off now", "'off' does not know what to do with 'now'"), ("flood x", "what to do"),
                              ("json a ~ 1", "what to do"), ("press a b", "what to do")):
            with self.assertRaisesRegex(PithError, f"line 2: .*{problem}"):
                parse(f"serial> x\n{text}")

    def test_json(self) -> None:
        answer = ['{"name": "a", "free": {"frames": 12}, "list": [true]}']
        for wanted in ('name = "a"', "free.frames = 12", "free.frames > 11", "free.frames < 13", "list.0 = true", "list"):
            self.assertEqual("", json_problem(wanted, answer), wanted)
        for wanted, problem in (("name = 1", "'name' is \"a\", not = 1"), ("free.frames > 12", "'free.frames' is 12, not > 12"),
                                ("free.x", "the answer has no 'free.x'"), ("list.1", "has no"), ("list.x", "has no"),
                                ("name > 1", "is \"a\", not > 1"), ("name.x", "has no")):
            self.assertIn(problem, json_problem(wanted, answer))
        self.assertIn("has 0 lines", json_problem("a", ["{"]))
        self.assertIn("has 2 lines", json_problem("a", ["{}", "{}"]))
        self.assertIn("has 0 lines", json_problem("a", []))
        self.assertEqual("", json_problem("name", ["[    1.234] a line of the log", *answer]))


class ListenerTest(unittest.TestCase):
    def test_a_line_that_nobody_reads_yet_takes_a_session_byte_by_byte(self) -> None:
        """As QEMU sends it: else the kernel of a busy host gives its serial line up."""
        with Listener() as listener, socket.socket() as sender:
            parts = dict(part.split("=") for part in listener.device.split(",")[1:])
            sender.connect((parts["host"], int(parts["port"])))
            sender.setblocking(False)
            with listener.accept():
                self.assertEqual(sum(sender.send(b"x") for _ in range(50_000)), 50_000)


if __name__ == "__main__":
    unittest.main()
