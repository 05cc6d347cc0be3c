"""A real JupyterLab in a real browser: open a notebook, run it, look at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing, suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Self

from environments import REPOSITORY, environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Locator, Page, Route

TOKEN = "for-tests"  # noqa: S105  the server listens on this machine alone, while tests run
PICTURES = REPOSITORY / "build" / "screenshots"
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 90
PAGE_SECONDS = 90

SETTINGS = {
    "apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false"},
    "notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}
PANEL = "window.jupyterapp.shell.currentWidget"
IS_IDLE = f"() => window.jupyterapp && {PANEL}?.sessionContext?.session?.kernel?.status === 'idle'"
# A command that opens a dialog never resolves, so none is awaited here.
EXECUTE = """([command, args]) => {
    window.done = false;
    const done = () => { window.done = true; };
    window.jupyterapp.commands.execute(command, args).then(done, done);
}"""
THEME = """theme => {
    void window.jupyterapp.commands.execute('apputils:change-theme', { theme });
}"""
WHAT_IS_SHOWN = f"""index => [
    ...{PANEL}.content.widgets[index].node.querySelectorAll('.jp-OutputArea-output')
].map(node => node.innerText).join('\\n')"""
SCROLLED = """() => {
    const last = [...document.querySelectorAll('.jp-OutputArea-output')].at(-1);
    const before = last.getBoundingClientRect().bottom;
    last.scrollIntoView({ block: 'end' });
    return before === last.getBoundingClientRect().bottom;
}"""
SHOW = f"index => {PANEL}.content.widgets[index].node.scrollIntoView({{ block: 'start' }})"
IS_TRUSTED = f"index => {PANEL}.content.widgets[index].model.trusted"
WHAT_IS_HELD = f"index => {PANEL}.content.widgets[index].model.outputs?.toJSON() ?? []"
SLOWEST_TURN = """async () => {
    let slowest = 0;
    while (!window.done) {
        const start = performance.now();
        await new Promise(resolve => setTimeout(resolve, 20));
        slowest = Math.max(slowest, performance.now() - start - 20);
    }
    return slowest;
}"""
# Colours as the page has computed them; WCAG 2 counts contrast from 1 to 21.
COLOURS = """
    const parts = colour => {
        const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
        return [red, green, blue, alpha];
    };
    const over = (top, below) => top.map((part, i) => part * top[3] + below[i] * (1 - top[3]));
    const light = colour => {
        const [red, green, blue] = parts(colour).map(part => part / 255).map(
            part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one, other) => {
        const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
"""
LEAST_CONTRAST = f"""root => {{
    {COLOURS}
    const probe = root.appendChild(document.createElement('i'));
    probe.style.background = 'Canvas';
    const canvas = parts(getComputedStyle(probe).backgroundColor);
    probe.remove();
    const ground = node => {{
        if (!node) return canvas;
        const own = parts(getComputedStyle(node).backgroundColor);
        return own[3] === 1 ? own : over(own, ground(node.parentElement));
    }};
    const all = [...root.querySelectorAll('*')].filter(node => node.checkVisibility()
        && [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()));
    return Math.min(...all.map(node =>
        contrast(getComputedStyle(node).color, `rgb(${{ground(node).slice(0, 3)}})`)));
}}"""
HIDDEN = """root => {
    const scrolls = node => ['auto', 'scroll'].includes(getComputedStyle(node).overflowX);
    const reached = node => node !== root && (scrolls(node) || reached(node.parentElement));
    const right = root.parentElement.getBoundingClientRect().right;
    const out = node => node.getBoundingClientRect().right > right + 1;
    return [...root.querySelectorAll('*')].filter(node => node.checkVisibility())
        .filter(node => scrolls(node) ? out(node) : !reached(node) && out(node))
        .map(node => `${node.localName}: ${node.textContent.slice(0, 60)}`);
}"""


class Look:
    """What is drawn in a page, measured; `open` needs a folder for its pages."""

    def __init__(self, page: Page, folder: Path | None = None) -> None:
        self.page = page
        self._folder = folder

    def open(self, html: str, picture: str) -> None:
        """Draw a page that somebody wrote, without the network, and keep it as a picture."""
        assert self._folder
        file = self._folder / "page.html"
        file.write_text(html, "utf-8")
        self.page.route("http*://**", _refuse)
        self.page.goto(file.as_uri(), wait_until="domcontentloaded")
        self.keep(picture)

    def keep(self, picture: str) -> None:
        """Keep the whole page, for a person to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{picture}.png", full_page=True)

    def contrast(self, part: Locator) -> float:
        """The least contrast between a text and its ground, as WCAG 2 counts it: 1 to 21."""
        return float(part.evaluate(LEAST_CONTRAST))

    def hidden(self, part: Locator) -> list[str]:
        """What stands out on the right, and cannot be reached by scrolling it either."""
        return list(part.evaluate(HIDDEN))


def _refuse(route: Route) -> None:
    route.abort()


class Lab:
    """A JupyterLab server in a folder of its own; use it in a `with`."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "notebooks"
        self.python = environment("lab")
        self._folder = folder
        self._port = free_port()

    def __enter__(self) -> Self:
        self.root.mkdir(parents=True)
        self._write_settings()
        with (self._folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.root,
                env=self._env(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._await_server()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()  # asks it to shut the kernels down, which lead their own sessions
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _command(self) -> list[str]:
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self._port,
            "ServerApp.root_dir": self.root,
            "IdentityProvider.token": TOKEN,
            "LabApp.expose_app_in_browser": True,
        }
        given = [f"--{name}={value}" for name, value in options.items()]
        root = ["--allow-root"] if sys.platform != "win32" and os.geteuid() == 0 else []
        return [self.python, "-m", "jupyterlab", "--no-browser", *root, *given]

    def _env(self) -> dict[str, str]:
        folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        ours = {name: str(self._folder / name.lower()) for name in folders}
        return {**os.environ, **ours, "HOME": str(self._folder)}

    def _write_settings(self) -> None:
        """No questions about news, and all cells in the page, also those out of sight."""
        for name, settings in SETTINGS.items():
            path = (
                self._folder / "jupyter_config_dir" / "lab" / "user-settings" / "@jupyterlab" / name
            )
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(settings), "utf-8")

    def _await_server(self) -> None:
        end = monotonic() + START_SECONDS
        while monotonic() < end and self._process.poll() is None:
            with suppress(OSError):
                urllib.request.urlopen(self.url("api/status")).close()  # noqa: S310  our server
                return
            sleep(0.1)
        raise RuntimeError((self._folder / "server.log").read_text("utf-8", "replace"))

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port}/{path}?token={TOKEN}"

    def write(self, name: str, cells: Sequence[str]) -> Path:
        """Write a notebook with these cells, none of them run."""
        from nbformat import v4

        path = self.root / f"{name}.ipynb"
        book = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "python3"}
        path.write_text(json.dumps(book), "utf-8")
        return path

    def received(self, name: str, book: Any) -> Path:
        """Write a notebook as if it came from somebody else: what it shows is not trusted."""
        from nbformat import v4

        path = self.root / f"{name}.ipynb"
        cells = [*book.cells, v4.new_markdown_cell("so that its signature is another")]
        path.write_text(json.dumps({**book, "cells": cells}), "utf-8")
        return path


class Notebook:
    """A notebook in a page of the browser; cells count from 0."""

    def __init__(self, page: Page, lab: Lab, path: Path) -> None:
        self.page = page
        self.look = Look(page)
        self._path = path
        page.set_default_timeout(PAGE_SECONDS * 1000)
        page.goto(lab.url(f"lab/tree/{path.name}") + "&reset")
        page.wait_for_function(IS_IDLE)

    def execute(self, command: str, **args: Any) -> None:
        """Start a command of JupyterLab, as its menus do, and go on."""
        self.page.evaluate(EXECUTE, [command, args])

    def start(self) -> None:
        """Run all cells, and go on."""
        self.execute("notebook:run-all-cells")

    def wait(self) -> None:
        """Wait until the last command is done."""
        self.page.wait_for_function("() => window.done")

    def run(self) -> None:
        """Run all cells."""
        self.start()
        self.wait()

    def slowest_turn(self) -> float:
        """Milliseconds for which the page did not react at most, until the last command is done."""
        return float(self.page.evaluate(SLOWEST_TURN))

    def text(self, cell: int) -> str:
        """The text of a cell's outputs, as it is drawn."""
        return str(self.page.evaluate(WHAT_IS_SHOWN, cell))

    def output(self, cell: int) -> Locator:
        """The first output of a cell."""
        place = self.page.locator(".jp-Notebook .jp-Cell").nth(cell)
        return place.locator(".jp-OutputArea-output").first

    def show(self, cell: int) -> None:
        """Scroll to a cell."""
        self.page.evaluate(SHOW, cell)

    def is_trusted(self, cell: int) -> bool:
        """Whether the page shows all that a cell's outputs hold."""
        return bool(self.page.evaluate(IS_TRUSTED, cell))

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        """The outputs that the page holds, as nbformat has them."""
        return list(self.page.evaluate(WHAT_IS_HELD, cell))

    def show_end(self) -> None:
        """Scroll to the last output, as often as the page grows on the way."""
        self.page.wait_for_function(SCROLLED)

    def await_text(self, cell: int, text: str) -> None:
        """Wait until a cell shows a text."""
        shown = f"([index, text]) => ({WHAT_IS_SHOWN})(index).includes(text)"
        self.page.wait_for_function(shown, arg=[cell, text])

    def click(self, button: str) -> None:
        """Press a button of the toolbar."""
        self.page.locator(f".jp-NotebookPanel-toolbar [data-jp-item-name='{button}']").click()

    def answer(self, text: str) -> tuple[str, str]:
        """Answer the question that is asked next; its prompt, and the kind of its box."""
        box = self.page.wait_for_selector(".jp-Stdin-input")
        assert box
        prompt = self.page.locator(".jp-Stdin-prompt").last.inner_text()
        kind = box.get_attribute("type") or "text"
        box.fill(text)
        box.press("Enter")
        box.wait_for_element_state("hidden")
        return prompt, kind

    def complete(self, text: str, *, picture: str = "") -> list[str]:
        """Type into the first cell, press TAB; the words that are offered."""
        editor = self.page.locator(".jp-Notebook .jp-Cell .cm-content").first
        editor.click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Tab")
        offers = self._offers(editor, text)
        if picture:
            self.picture(picture)
        self.page.keyboard.press("Escape")
        return offers

    def _offers(self, editor: Locator, text: str) -> list[str]:
        items = self.page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-match")
        end = monotonic() + 10
        while monotonic() < end:
            if items.count():
                return items.all_inner_texts()
            if (line := editor.inner_text()) != text:  # the only one is taken at once
                return line.split()[-1:]
            sleep(0.05)
        return []

    def theme(self, name: str) -> None:
        """Change the colours: "Light" or "Dark"."""
        self.page.evaluate(THEME, f"JupyterLab {name}")
        light = str(name == "Light").lower()
        self.page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def picture(self, name: str) -> None:
        """Keep what is on the screen, for a person to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")

    def pictures(self, name: str) -> None:
        """Keep it in light and in dark."""
        for theme in ("Dark", "Light"):
            self.theme(theme)
            self.picture(f"{name}-{theme.lower()}")

    def saved(self) -> Any:
        """Save the notebook, and read what is in the file."""
        import nbformat

        self.execute("docmanager:save")
        self.wait()
        book = nbformat.read(self._path, as_version=4)
        nbformat.validate(book)
        return book

    def drawn(self, file: Path, *, picture: str) -> str:
        """The text of the outputs in a notebook that has become a page of HTML."""
        browser = self.page.context.browser
        assert browser
        with browser.new_page(viewport=self.page.viewport_size) as page:
            page.goto(file.as_uri())
            page.screenshot(path=PICTURES / f"{picture}.png")
            return "\n".join(page.locator(".jp-OutputArea-output").all_inner_texts())

    def close(self) -> None:
        """End the kernel and the page."""
        self.page.evaluate(f"() => {PANEL}.sessionContext.shutdown()")
        self.page.close()


def free_port() -> int:
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
