"""What must not leave the machine does not."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipymod.checks import REGISTRY
from ipymod.facts.healthy import HEALTHY
from ipymod.facts.settings import Setting
from ipymod.registry import Finding, Registry, Severity, Verdict
from ipymod.report import build
from ipymod.report.json import dumps, saved
from ipymod.report.person import Person
from ipymod.report.redact import redact, redacted
from made_reports import hostile, of, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipymod.facts import Kernel

SAFE = string.ascii_letters + string.digits
words = st.text(SAFE, min_size=8, max_size=24).map(lambda text: f"Zq{text}9")
# What a password may hold in a URL that pip understands; more than that must be percent-encoded.
passwords = st.text(SAFE + "-._~!$&()*+,;=:%@/", min_size=6).map(lambda text: f"Zq{text}9")
PLAIN = of(HEALTHY, everything=True)
ADA = Person.of(
    ["/home/ada"],
    {"USER": "ada", "HOSTNAME": "difference-engine"},
    "difference-engine.example.org",
)


@given(passwords)
def test_a_password_in_a_url_is_gone(password: str) -> None:
    text = f"--index-url https://ada:{password}@pypi.example.org/simple and more"
    assert password not in redact(text)
    assert redact(text).endswith("@pypi.example.org/simple and more")


@given(words)
def test_a_token_in_place_of_a_name_is_gone(token: str) -> None:
    assert redact(f"https://{token}@host/x") == "https://***@host/x"


@pytest.mark.parametrize(
    "form",
    [
        "PIP_PASSWORD={}",
        "GITHUB_TOKEN={}",
        "AWS_SECRET_ACCESS_KEY='{}'",
        'token: "{}"',
        '{{"api_key": "{}"}}',
        "https://host/x?token={}&y=1",
        "https://host/x?a=1&signature={}",
        "Authorization: Bearer {}",
        "tool --password {} --quiet",
        "ghp_{}0123456789",
        "hf_{}0123456789",
        "eyJ{}.{}.sig",
        "OPENAI_KEY={}",
        "DB_PASS={}",
        "AccountKey={}==;EndpointSuffix=core",
        "npm_{}012345678901234567890123456789",
        "jupyter lab --IdentityProvider.token {}",
        "pip --proxy user:{}@proxy.example.org:8080",
        "//user:{}@host/x",
        "https://__token__:pypi-{}@host/legacy/",
        "https://user:p%40ss{}@host/simple",
        "postgresql://user:p@ss/{}@db:5432/x",
        "git+https://x-access-token:{}@github.com/a/b@main#egg=c",
    ],
)
@given(secret=words)
def test_secrets_are_gone(form: str, secret: str) -> None:
    assert secret not in redact(form.format(secret, secret))


@given(st.text())
def test_redacting_twice_is_redacting_once(text: str) -> None:
    assert redact(redact(text)) == redact(text)
    assert ADA.anonymous(ADA.anonymous(text)) == ADA.anonymous(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://pypi.org/simple",
        "git+https://github.com/pallets/click@8.1.0",
        "/home/ada/project/.venv/bin/python -m pip install 'pandas>=2'",
        "scikit-learn 1.5.0 and tokenizers 0.19 are installed",
        "python -m pip install tokenizers==0.19.1 token==2 secret-store==1",
        "tokenizers=0.19",
        "https://host:8080/simple/click@8.1.0",
        "git+https://github.com/a/b@main",
        "file:///srv/x@y",
        "the key: value",
        "C:\\Python312\\python.exe",
        "pip 24.0 from /usr/lib/python3/dist-packages/pip (python 3.11)",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_long_texts_are_redacted_in_no_time() -> None:
    for piece in ("a", "://", "a:", "token", "-_", "@", "/home/", "eyJ."):
        redact(piece * 20_000)
        ADA.anonymous(piece * 20_000)


def test_a_value_under_the_name_of_a_secret_is_gone_whatever_it_looks_like() -> None:
    assert redacted({"API_TOKEN": "plain"}) == {"API_TOKEN": "***"}
    assert redacted(Setting("index-password", "plain", "file")).value == "***"
    assert redacted(Setting("timeout", "plain", "file")).value == "plain"


# -- what is shared


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/ada/project/.venv", "~/project/.venv"),
        ("/home/ada", "~"),
        ("file:///home/ada/x", "file://~/x"),
        ("/data/ada/x", "/data/USER/x"),
        ("/home/grace/x", "/home/USER/x"),
        ("/Users/grace/x", "/Users/USER/x"),
        (r"C:\Users\Grace Hopper\x", r"C:\Users\USER\x"),
        (r"'C:\\Users\\grace\\x'", r"'C:\\Users\\USER\\x'"),
        ("ada@difference-engine:/x", "USER@HOST:/x"),
        ("http://difference-engine.example.org:8888", "http://HOST:8888"),
        (r"\\DIFFERENCE-ENGINE\share", r"\\HOST\share"),
        ("Canada and adagio", "Canada and adagio"),
        ("/home/adam", "/home/USER"),
        ("/usr/bin/pip", "/usr/bin/pip"),
    ],
)
def test_names_of_people_and_machines_are_gone(text: str, told: str) -> None:
    assert ADA.anonymous(text) == told


def test_root_and_localhost_are_nobody() -> None:
    nobody = Person.of(["/root"], {"USER": "root"}, "localhost")
    assert nobody.anonymous("root at localhost in /usr/root") == "root at localhost in /usr/root"
    assert nobody.anonymous("/root/x") == "~/x"


@settings(max_examples=20)
@given(user=words, host=words, secret=words)
def test_no_form_of_a_shared_report_tells_a_name_or_a_secret(
    user: str, host: str, secret: str
) -> None:
    home = f"/srv/people/{user}"
    text = f"{home}/x on {host} by https://u:{secret}@{host}/ with TOKEN={secret}"
    person = Person.of([home], {"USER": user}, host)
    told = replace(PLAIN, verdict=Verdict((problem(text),), ()))
    shared = redacted(told, person.anonymous)
    forms = [shared.text(), shared.html(), shared.markdown(), shared.svg(), dumps(shared)]
    for name in (user, host, secret):
        assert [form for form in forms if name in form] == []


def test_what_a_check_says_shows_no_secret() -> None:
    registry = Registry()

    @registry.check("WP101", "path", Severity.INFO, example=lambda healthy: healthy)
    def index_with_a_password(kernel: Kernel) -> Iterator[Finding]:
        text = f"{kernel.executable} asks https://u:hunter2@host/simple"
        yield Finding(text, text, {"index": text, "PIP_PASSWORD": "hunter2"})

    report = build(HEALTHY, registry)
    assert report.problems or report.notes
    assert "hunter2" not in report.text() + report.html() + report.markdown() + dumps(report)


@settings(max_examples=20)
@given(secret=words)
def test_a_saved_report_holds_no_secret_in_its_facts(secret: str) -> None:
    assert HEALTHY.settings
    mirror = Setting("index-url", f"https://u:{secret}@host/simple", "pip.conf", "global")
    facts = replace(HEALTHY, settings=replace(HEALTHY.settings, pip=(mirror,)))
    assert secret not in dumps(replace(PLAIN, facts=facts))


@pytest.mark.parametrize("user", ["ok", "pip", "unknown", "broken", "certain", "rich", "wp101"])
def test_a_user_with_the_name_of_one_of_our_words_breaks_nothing(user: str) -> None:
    shared = redacted(hostile("x"), Person(users=(user,)).anonymous)
    assert shared.text()
    assert shared.html()
    assert [route.goes for route in shared.commands] == [r.goes for r in hostile("x").commands]


# -- what was saved


@pytest.mark.parametrize("check", list(REGISTRY)[::4], ids=lambda check: check.code)
def test_a_saved_report_gives_the_same_report_again(check: object) -> None:
    report = build(check.example(HEALTHY), REGISTRY)  # type: ignore[attr-defined]  # a Check
    again = build(saved(dumps(report)).facts, REGISTRY)
    assert again == report
    assert dumps(again) == dumps(report)


def test_of_the_variables_of_a_kernel_only_places_and_references_are_kept() -> None:
    variables = {
        "PATH": "/opt/bin:${PATH}",
        "PYTHONPATH": "https://u:hunter2@host/x",
        "OMP_NUM_THREADS": "4",
        "MY_SERVICE": "hunter2",
        "HEADER": "Service ${NAME}",
        "WANDB": "$WANDB",
    }
    assert redacted({"env": variables})["env"] == {
        "PATH": "/opt/bin:${PATH}",
        "PYTHONPATH": "https://***@host/x",
        "OMP_NUM_THREADS": "4",
        "MY_SERVICE": "***",
        "HEADER": "Service ${NAME}",
        "WANDB": "$WANDB",
    }


def test_a_report_that_is_printed_tells_what_is_shown_and_no_facts() -> None:
    assert HEALTHY.settings
    mirror = Setting("index-url", "https://u:hunter2@host/simple", "pip.conf", "global")
    report = replace(
        PLAIN, facts=replace(HEALTHY, settings=replace(HEALTHY.settings, pip=(mirror,)))
    )
    assert str(report) == report.text()
    assert "hunter2" not in repr(report)


# -- names that are words as well


@pytest.mark.parametrize("user", ["a", "is", "will", "python", "pip", "debian", "user"])
def test_a_user_whose_name_is_a_word_of_ours_leaves_the_text_readable(user: str) -> None:
    somebody = Person.of([f"/home/{user}"], {"USER": user}, "host")
    text = f"pip is a Python of debian: it will run as {user}@example.org in /home/{user}/x"
    assert somebody.anonymous(text).startswith("pip is a Python of debian: it will run as ")
    assert somebody.anonymous(text).endswith("@example.org in ~/x")
    assert somebody.anonymous("/home/grace/x") == "/home/USER/x"


@pytest.mark.parametrize("home", ["/", "/srv", "/home", "C:\\", ""])
def test_a_home_that_tells_nothing_of_anybody_stays(home: str) -> None:
    somebody = Person.of([home], {"USER": "ada"}, "host")
    text = "/srv/x and C:\\Python and /usr"
    assert somebody.anonymous(text) == text
    assert somebody.anonymous("/home/grace/x") == "/home/USER/x"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/ada-old/x", "/home/USER/x"),
        ("/home/ada.bak/x", "/home/USER/x"),
        ("/mnt/disk/home/grace/x", "/mnt/disk/home/USER/x"),
        ("/nfs/users/grace/x", "/nfs/users/USER/x"),
        ("in /home/ada.", "in ~."),
        ("ada-laptop", "HOST"),
        ("file:///srv/Ada%20L/x", "file://~/x"),
    ],
)
def test_names_that_are_parts_of_names_are_gone_as_a_whole(text: str, told: str) -> None:
    somebody = Person.of(["/home/ada", "/srv/Ada L"], {"USER": "ada"}, "ada-laptop.local")
    assert somebody.anonymous(text) == told
