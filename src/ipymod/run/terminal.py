"""The terminals that a module is given, and its pipes as far as systems differ."""

from __future__ import annotations

import os
import sys

from ipymod.errors import IpymodError

WIDTH, HEIGHT = 80, 24  # columns and rows of the terminal that a module sees
_PIPE_SIZE = 1 << 20  # bytes; the default of 64 kB wakes the kernel far too often


def open_terminal() -> tuple[int, int, str]:
    """Open a terminal; give our end, the module's end and the name of the module's end.

    Raises:
        IpymodError: this system has none to give.
    """
    if sys.platform == "win32":
        raise IpymodError("Windows has no terminal to give to a module: use --no-tty")
    master, slave = os.openpty()
    _shape(slave)
    return master, slave, os.ttyname(slave)


def _shape(slave: int) -> None:
    """Set the window's size, and leave line ends as they are written."""
    if sys.platform == "win32":
        return
    import fcntl
    import struct
    import termios

    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    attributes = termios.tcgetattr(slave)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, attributes)


def reads_lines(terminal: int) -> bool:
    """Tell whether it hands over whole lines, not single keys as a line editor wants them."""
    if sys.platform == "win32":
        return True
    import termios

    return bool(termios.tcgetattr(terminal)[3] & termios.ICANON)


def echoes(terminal: int) -> bool:
    """Tell whether it repeats what is typed; not while a password is read."""
    if sys.platform == "win32":
        return True
    import termios

    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def enlarge(pipe: int) -> None:
    """Let a pipe hold more, where the system lets us."""
    if sys.platform == "linux":
        import fcntl

        try:
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
        except OSError:  # the user's quota of pipes is used up
            return
