"""A Python describes itself, whatever lies around it and whatever else it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ipymod import probe
from ipymod.errors import ProbeError
from ipymod.facts import Kernel, from_json, to_json
from ipymod.survey.ask import ask

PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
PYTHONS = sorted(str(path) for path in PYENV.glob("[23].*.*/bin/python")) or [sys.executable]
TRUTH = """
import sys, json
print(json.dumps([sys.executable, sys.prefix, getattr(sys, "base_prefix", sys.prefix),
                  "%d.%d.%d" % sys.version_info[:3], sys.path[1:]]))
"""


def told(python: str, **variables: str) -> list[Any]:
    command = [python, "-c", TRUTH]
    said = subprocess.check_output(command, env={**os.environ, **variables})
    truth: list[Any] = json.loads(said)
    return truth


def as_told(kernel: Kernel) -> list[Any]:
    facts = [kernel.executable, kernel.prefix, kernel.base_prefix, kernel.version]
    return [*facts, list(kernel.path)]


def described(*command: str, cwd: Path | None = None, **variables: str) -> dict[str, Any]:
    environment = {**os.environ, **variables}
    said = subprocess.check_output(command, cwd=cwd, env=environment, text=True)
    answer: dict[str, Any] = json.loads(said.partition(probe.BEGIN)[2].partition(probe.END)[0])
    return answer


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def venv(python: str, at: Path) -> str:
    subprocess.run([python, "-m", "venv", "--without-pip", str(at)], check=True)
    return str(at / "bin" / "python")


def site_of(python: str) -> Path:
    return Path(next(each for each in ask(python).path if each.endswith("site-packages")))


@pytest.mark.parametrize("python", PYTHONS)
def test_each_python_says_what_it_says_without_us(python: str) -> None:
    assert as_told(ask(python, 20)) == told(python)


@pytest.mark.parametrize("python", [p for p in PYTHONS if "/2." not in p][::7])
def test_an_environment_is_told_from_its_base(python: str, tmp_path: Path) -> None:
    inside = venv(python, tmp_path / "my env")
    kernel = ask(inside, 20)
    assert as_told(kernel) == told(inside)
    assert kernel.environment.kind == "venv"
    assert kernel.environment.site[0].startswith(str(tmp_path / "my env"))
    assert kernel.environment.user_site == ""


def test_what_isolation_hides_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = str(Path(sys.base_prefix, "bin", "python{}.{}".format(*sys.version_info)))
    user = tmp_path / "lib" / "python{}.{}".format(*sys.version_info) / "site-packages"
    user.mkdir(parents=True)
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "extra"))
    kernel = ask(base, 20)
    assert as_told(kernel) == told(base)
    assert str(user) in kernel.path
    assert kernel.environment.user_site == str(user)


def test_the_answer_goes_to_json_and_back() -> None:
    kernel = ask(sys.executable)
    assert not kernel.running
    assert from_json(Kernel, json.loads(json.dumps(to_json(kernel)))) == kernel


@pytest.mark.skipif(not Path("/usr/lib/python3/dist-packages").is_dir(), reason="needs Debian")
def test_debian_says_that_it_is_managed_and_its_environments_do_not(tmp_path: Path) -> None:
    assert "apt" in ask("/usr/bin/python3").environment.managed
    subprocess.run(
        ["/usr/bin/python3", "-m", "venv", "--without-pip", str(tmp_path / "v")], check=True
    )
    assert ask(str(tmp_path / "v" / "bin" / "python")).environment.managed == ""


def test_a_chatty_sitecustomize_does_not_break_the_probe(tmp_path: Path) -> None:
    inside = venv(sys.executable, tmp_path / "chatty")
    noise = f"import sys, os, atexit\nprint('{{}}', '{probe.END}', end='')\nos.write(1, b'\\xff')\n"
    (site_of(inside) / "sitecustomize.py").write_text(f"{noise}atexit.register(print, 'bye')\n")
    assert ask(inside).prefix == str(tmp_path / "chatty")


def test_a_broken_sitecustomize_does_not_break_the_probe(tmp_path: Path) -> None:
    inside = venv(sys.executable, tmp_path / "broken")
    (site_of(inside) / "sitecustomize.py").write_text("import no_such_module")
    assert ask(inside).prefix == str(tmp_path / "broken")


@pytest.mark.parametrize("python", [PYTHONS[0], PYTHONS[-1]])
def test_files_that_are_called_like_the_standard_library_break_nothing(
    python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "site", "os", "platform", "sysconfig", "io"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong file')")
    copy = tmp_path / "probe.py"
    copy.write_text(Path(probe.__file__).read_text("utf-8"))
    assert described(python, str(copy), cwd=tmp_path)["executable"] == python
    assert described(python, "probe.py", cwd=tmp_path)["path"] == told(python)[-1]
    monkeypatch.chdir(tmp_path)
    assert ask(python, 20).executable == python


@pytest.mark.parametrize("python", [PYTHONS[0], PYTHONS[-1]])
def test_a_pythonpath_that_is_the_working_directory_breaks_nothing(
    python: str, tmp_path: Path
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong file')")
    answer = described(python, probe.__file__, cwd=tmp_path, PYTHONPATH=":.:")
    assert answer["executable"] == python


def test_who_imports_the_probe_keeps_its_path(tmp_path: Path) -> None:
    code = "import sys; before = list(sys.path); import ipymod.probe; print(sys.path == before)"
    source = str(Path(probe.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source}
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, env=environment, cwd=tmp_path, text=True) == "True\n"


def test_the_options_are_told() -> None:
    said = [
        described(sys.executable, *options, probe.__file__)["flags"]
        for options in ([], ["-I"], ["-s", "-P"])
    ]
    assert said == [[], ["-I"], ["-s", "-P"]]


def test_the_probe_is_a_lone_file_of_the_standard_library() -> None:
    text = Path(probe.__file__).read_text("utf-8")
    imported = {line.split()[1] for line in text.splitlines() if line.strip().startswith("import ")}
    assert imported <= set(sys.stdlib_module_names)
    assert "from " not in "".join(line[:5] for line in text.splitlines())


@pytest.mark.parametrize("name", ["true", "echo", "ls"])
def test_a_program_that_is_no_python_is_told_so(name: str) -> None:
    with pytest.raises(ProbeError, match="is no Python that describes itself"):
        ask(f"/bin/{name}")


@pytest.mark.parametrize("name", ["missing", "folder", "plain", "nul\0byte"])
def test_what_cannot_be_started_is_told_so(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").write_text("no program")
    with pytest.raises(ProbeError, match="cannot be started"):
        ask(str(tmp_path / name))


def test_a_python_that_hangs_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    hanging = script(tmp_path / "hanging", f"sleep 300 & echo $! > {mark}; wait")
    begun = time.monotonic()
    with pytest.raises(ProbeError, match=r"did not describe itself within 0\.5 s"):
        ask(hanging, 0.5)
    assert time.monotonic() - begun < 3
    assert _gone(int(mark.read_text()))


def test_a_python_that_leaves_something_behind_leaves_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    text = f'sleep 300 >/dev/null 2>&1 & echo $! > {mark}; exec {sys.executable} "$@"'
    assert ask(script(tmp_path / "leaving", text)).running is False
    assert _gone(int(mark.read_text()))


def _gone(pid: int) -> bool:
    """Whether a process has ended; nobody may have waited for it yet."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_flood_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(ProbeError, match="no Python"):
        ask(script(tmp_path / "flood", "yes the same line"), 20)


@pytest.mark.parametrize("answer", ["[]", "{}", "nonsense", '{"path": 1}'])
def test_a_wrong_answer_is_an_error(answer: str, tmp_path: Path) -> None:
    liar = script(tmp_path / "liar", f"echo '{probe.BEGIN}{answer}{probe.END}'")
    with pytest.raises(ProbeError, match="described itself wrongly"):
        ask(liar)


def test_a_python_that_works_in_its_own_library_or_nowhere_describes_itself(tmp_path: Path) -> None:
    library = Path(json.__file__).parents[1]
    assert described(sys.executable, probe.__file__, cwd=library)["cwd"] == str(library)
    gone = tmp_path / "gone"
    gone.mkdir()
    shell = f"cd {gone} && rmdir {gone} && exec {sys.executable} {probe.__file__}"
    assert described("/bin/sh", "-c", shell)["cwd"] == ""
