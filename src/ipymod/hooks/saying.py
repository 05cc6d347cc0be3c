"""FACE: a text below what a cell has shown."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_HELD: list[str] = []  # what `%%capture` would have swallowed, until the cell around it ends


def say(shell: InteractiveShell, text: str) -> None:
    """Show it as a display: so it is no error, and the notebook keeps it."""
    shell.display_pub.publish(data={"text/plain": text}, metadata={})


def say_surely(shell: InteractiveShell, text: str) -> None:
    """Show it even if the cell captures what is shown, as many do with a noisy installer."""
    if is_captured(shell):
        _HELD.append(text)
    else:
        say(shell, text)


def say_held(shell: InteractiveShell) -> None:
    """Show what was held back, once nothing is captured any more."""
    if _HELD and not is_captured(shell):
        text = "\n".join(dict.fromkeys(_HELD))
        _HELD.clear()
        say(shell, text)


def is_captured(shell: InteractiveShell) -> bool:
    """Tell whether what is shown goes to a variable, or nowhere."""
    return type(shell.display_pub).__name__ == "CapturingDisplayPublisher"
