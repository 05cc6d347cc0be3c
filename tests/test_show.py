"""What a front end is given to show, what a capture keeps, and what the log holds."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from ipymod.errors import IpymodError
from ipymod.run import show as show_module
from ipymod.run.log import Log
from ipymod.run.show import Budget, Keep, Show

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = b"x" * 99 + b"\n"
JAPANESE = "日本語のテキスト、😀"
BURST = 250_000
linux = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")


class Recorder:
    """A front end that remembers what it was given."""

    can_answer = False
    is_terminal = False

    def __init__(self, *, limited: bool = True) -> None:
        self.limited = limited
        self.written: list[tuple[str, str]] = []
        self.tails: list[str] = []

    def write(self, stream: str, text: str) -> None:
        self.written.append((stream, text))

    def flush(self) -> None:
        pass

    def tail(self, text: str) -> None:
        self.tails.append(text)

    def ask(self, prompt: str, *, hidden: bool) -> str:
        raise EOFError((prompt, hidden))

    def text(self, stream: str = "stdout") -> str:
        return "".join(text for name, text in self.written if name == stream)


@pytest.fixture
def front() -> Recorder:
    return Recorder()


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """A log without a place of its own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    log = Log("m")
    yield log
    log.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time that `show` sees: it stands still until a test moves it."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(show_module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def pieces(data: bytes, length: int) -> list[bytes]:
    return [data[at : at + length] for at in range(0, len(data), length)]


def logged(log: Log) -> bytes:
    log.close()
    return Path(str(log.path)).read_bytes()


# -- Show


def test_the_first_output_is_shown_at_once(front: Recorder, log: Log) -> None:
    show = Show(front, log)
    show.receive("stdout", b"no newline")
    show.refresh()
    assert front.text() == "no newline"


def test_what_follows_is_shown_at_most_twenty_times_a_second(
    front: Recorder, clock: SimpleNamespace, log: Log
) -> None:
    show = Show(front, log)
    for _ in range(1000):
        show.receive("stdout", b"line\n")
        show.refresh()
        clock.now += 0.001
    assert 18 <= len(front.written) <= 22


def test_nothing_is_due_until_something_has_come(
    front: Recorder, clock: SimpleNamespace, log: Log
) -> None:
    show = Show(front, log)
    assert show.due() == float("inf")
    show.receive("stdout", b"a")
    assert show.due() <= clock.now
    show.refresh()
    assert show.due() == float("inf")
    show.receive("stdout", b"b")
    assert show.due() == pytest.approx(clock.now + 0.05)


def test_stdout_and_stderr_stay_apart(front: Recorder, log: Log) -> None:
    show = Show(front, log)
    show.receive("stdout", b"out")
    show.receive("stderr", b"err")
    show.finish()
    assert front.text("stdout") == "out"
    assert front.text("stderr") == "err"


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_a_character_that_is_cut_between_two_reads_is_whole(
    front: Recorder, length: int, log: Log
) -> None:
    show = Show(front, log)
    for data in pieces(JAPANESE.encode(), length):
        show.receive("stdout", data)
        show.receive("stderr", data)
        show.refresh()
    show.finish()
    assert front.text("stdout") == front.text("stderr") == JAPANESE


def test_a_byte_that_is_no_character_is_shown_as_one_that_is_unknown(
    front: Recorder, log: Log
) -> None:
    show = Show(front, log)
    show.receive("stdout", b"a\xffb\xe6")
    show.finish()
    assert front.text() == "a\ufffdb\ufffd"


def test_a_bar_ends_with_its_last_frame(front: Recorder, log: Log) -> None:
    show = Show(front, log)
    for percent in range(101):
        show.receive("stderr", f"\r{percent:3}%".encode())
        show.refresh()
    show.finish()
    assert front.text("stderr").rpartition("\r")[2] == "100%"
    assert len(front.written) < 100


def test_a_bar_moves_twice_a_second_after_ten_seconds(
    front: Recorder, clock: SimpleNamespace, log: Log
) -> None:
    show = Show(front, log)
    clock.now += 11
    for percent in range(100):
        show.receive("stderr", f"\r{percent}%".encode())
        show.refresh()
        clock.now += 0.02
    assert 3 <= len(front.written) <= 5


def test_a_short_output_makes_no_file(front: Recorder, log: Log) -> None:
    show = Show(front, log)
    show.receive("stdout", 1000 * LINE)
    show.finish()
    assert log.path is None


def test_a_flood_leaves_head_and_tail_and_count(front: Recorder, log: Log) -> None:
    show = Show(front, log)
    lines = [b"%08d\n" % number for number in range(400_000)]
    whole = b"".join(lines)
    for data in pieces(whole, 10_007):
        show.receive("stdout", data)
        show.refresh()
    show.finish()
    head, tail = front.text().encode(), front.tails[-1].encode()
    first, _, rest = tail.partition(b"\n")
    assert show.flooding
    assert whole.startswith(head)
    assert head.endswith(b"\n")
    assert 0.98 * BURST < len(head) < 1.2 * BURST
    assert whole.endswith(rest)
    assert rest.count(b"\n") == 30
    assert first.startswith(f"[{(len(whole) - len(head) - len(rest)) / 1e6:.1f} MB left".encode())
    assert str(log.path).encode() in first
    assert logged(log) == whole


def test_a_flood_is_not_more_than_a_few_messages(front: Recorder, log: Log) -> None:
    show = Show(front, log)
    for _ in range(300):
        show.receive("stdout", 1000 * LINE)
        show.refresh()
    show.finish()
    assert len(front.written) + len(front.tails) < 50


def test_a_tail_that_has_all_of_the_rest_leaves_nothing_out(front: Recorder, log: Log) -> None:
    show = Show(front, log)
    show.receive("stdout", b"x" * (BURST - 1) + b"\nthe end\n")
    show.finish()
    assert front.tails[-1] == f"[all of it: {log.path}]\nthe end\n"


@pytest.mark.parametrize("length", [997, 65_536, 100_003])
@pytest.mark.parametrize("newline", ["", "\n"])
def test_a_flood_on_both_streams_breaks_no_character(
    front: Recorder, log: Log, length: int, newline: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_module, "_BURST", 100_001)
    show = Show(front, log)
    whole = (10 * (1000 * JAPANESE + newline)).encode()
    for data in pieces(whole, length):
        show.receive("stdout", data)
        show.receive("stderr", b"!")
        show.refresh()
    show.finish()
    assert "\ufffd" not in front.text() + "".join(front.tails)
    assert front.text().startswith(JAPANESE)


def test_a_slow_output_is_shown_up_to_ten_million_characters(
    front: Recorder, clock: SimpleNamespace, log: Log
) -> None:
    show = Show(front, log)
    for _ in range(150):
        show.receive("stdout", 1000 * LINE)
        show.refresh()
        clock.now += 1
    show.finish()
    assert 10_000_000 < len(front.text()) < 10_300_000
    assert logged(log) == 150_000 * LINE


def test_a_capture_is_given_everything_and_needs_no_file(log: Log) -> None:
    front = Recorder(limited=False)
    show = Show(front, log)
    show.receive("stdout", 30_000 * LINE)
    show.finish()
    assert front.text().encode() == 30_000 * LINE
    assert log.path is None


def test_a_question_is_taken_out_of_the_cell(front: Recorder, log: Log) -> None:
    show = Show(front, log)
    show.receive("stdout", b"hello\nname? ")
    assert show.prompt() == "name? "
    assert show.take_prompt() == "name? "
    assert show.prompt() == ""
    assert front.text().replace("\r", "").strip() == "hello"


def test_the_question_is_the_end_of_the_stream_that_wrote_last(front: Recorder, log: Log) -> None:
    show = Show(front, log)
    show.receive("stdout", b"50 %")
    show.receive("stderr", b"sure? ")
    assert show.prompt() == "sure? "


@pytest.mark.parametrize(("before", "start"), [(b"", ""), (b"line\n", ""), (b"half", "\n")])
def test_a_note_stands_on_a_line_of_its_own(
    front: Recorder, before: bytes, start: str, log: Log
) -> None:
    show = Show(front, log)
    show.receive("stdout", before)
    show.note("it asks")
    assert front.text("stdout") == before.decode()
    assert front.text("stderr") == f"{start}ipymod: it asks\n"


@linux
@pytest.mark.parametrize("capture", [False, True])
def test_a_log_that_cannot_be_written_is_told_once(front: Recorder, *, capture: bool) -> None:
    log = Log("m", "/dev/full")
    sink = Keep(front, log) if capture else Show(front, log)
    for _ in range(3):
        sink.receive("stdout", b"line\n")
        sink.refresh()
    sink.finish()
    assert front.text("stderr").count("ipymod: the log /dev/full ends after 0 bytes") == 1
    assert front.text("stderr").count("\n") == 1


# -- Keep


def test_a_capture_keeps_both_streams_apart_and_shows_nothing(front: Recorder, log: Log) -> None:
    keep = Keep(front, log)
    keep.receive("stdout", b"out\r\n\x1b[31mred")
    keep.receive("stderr", b"err")
    keep.finish()
    assert keep.text("stdout") == "out\r\n\x1b[31mred"
    assert keep.text("stderr") == "err"
    assert front.written == []
    assert keep.due() == float("inf")


def test_a_capture_joins_characters_that_were_cut(front: Recorder, log: Log) -> None:
    keep = Keep(front, log)
    for data in pieces(JAPANESE.encode(), 1):
        keep.receive("stdout", data)
    assert keep.text("stdout") == JAPANESE


def test_a_capture_says_its_notes_beside_what_it_keeps(front: Recorder, log: Log) -> None:
    keep = Keep(front, log)
    keep.receive("stdout", b"out")
    keep.note("it asks")
    assert front.written == [("stderr", "ipymod: it asks\n")]
    assert keep.text("stdout") == "out"


def test_a_question_stays_in_a_capture(front: Recorder, log: Log) -> None:
    keep = Keep(front, log)
    keep.receive("stdout", b"hello\nname? ")
    assert keep.take_prompt() == "name? "
    assert keep.text("stdout") == "hello\nname? "


def test_a_capture_writes_a_log_only_where_one_is_wanted(
    front: Recorder, log: Log, tmp_path: Path
) -> None:
    wanted = Log("m", str(tmp_path / "a.log"))
    for each in (log, wanted):
        keep = Keep(front, each)
        keep.receive("stdout", b"1")
        keep.receive("stderr", b"2")
    assert log.path is None
    assert logged(wanted) == b"12"


# -- Budget


def test_a_budget_without_a_limit_takes_all() -> None:
    data = b"x" * 3 * BURST
    assert Budget(limited=False).take(data) is data


def test_a_budget_is_cut_at_the_end_of_a_line(clock: SimpleNamespace) -> None:
    budget = Budget(limited=True)
    lines = (b"x" * 299 + b"\n") * 4000
    assert len(budget.take(lines)) == 300 * (BURST // 300)
    assert clock.now == 1000.0


def test_a_line_longer_than_the_budget_is_cut_anywhere() -> None:
    assert len(Budget(limited=True).take(b"x" * 2 * BURST)) == BURST


def test_a_budget_fills_again_as_time_passes(clock: SimpleNamespace) -> None:
    budget = Budget(limited=True)
    budget.take(b"x" * BURST)
    assert budget.take(b"x") == b""
    clock.now += 1
    assert len(budget.take(b"x" * BURST)) == 200_000
    clock.now += 3600
    assert len(budget.take(b"x" * 2 * BURST)) == BURST


# -- Log


def test_a_log_is_a_file_only_from_when_it_begins(log: Log) -> None:
    log.write(b"before ")
    assert log.path is None
    log.begin()
    log.write(b"after")
    log.begin()
    assert Path(str(log.path)).name.startswith("ipymod-m-")
    assert logged(log) == b"before after"


def test_a_log_with_a_place_is_written_at_once(tmp_path: Path) -> None:
    place = tmp_path / "a.log"
    place.write_bytes(b"from yesterday")
    log = Log("m", str(place))
    log.write(b"1")
    assert place.read_bytes() == b"1"
    log.close()
    log.close()


def test_a_log_holds_only_so_much_in_memory(log: Log) -> None:
    for _ in range(170):
        log.write(1000 * LINE)
    assert log.path is not None
    assert logged(log) == 170_000 * LINE


@pytest.mark.parametrize("place", ["missing/a.log", "."])
def test_a_log_that_cannot_be_opened_is_an_error(tmp_path: Path, place: str) -> None:
    with pytest.raises(IpymodError, match="nothing was started, give another file"):
        Log("m", str(tmp_path / place))


@linux
def test_a_full_disk_is_told_and_ends_the_log() -> None:
    log = Log("m", "/dev/full")
    log.write(b"a")
    log.write(b"b")
    assert "No space left on device. The module runs on; make room in /dev" in log.error
    log.begin()
    log.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rules for directories")
def test_a_missing_folder_for_temporary_files_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Log
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    log.write(b"a")
    log.begin()
    log.write(b"b")
    assert "No such file or directory" in log.error
