"""What is delivered in deploy/ names only commands, options, variables, folders and routes that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from paths import ROOT
from starlette.routing import Route

from rag.api.app import build_api
from rag.api.rules import MCP_PATH, api_rule
from rag.archive import Archive
from rag.cli.app import app as command_line
from rag.server.connections import Connection
from rag.server.listening import NOTICE_SECONDS
from rag.storage.postgres.opening import FILES_VARIABLE
from ui.app import build_app
from ui.security.allowlist import rule_for

DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "fundstelle"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")
SERVERS = {name: COMPOSE["services"][name] for name in ("server-1", "server-2")}
DEPLOYMENT = (CHART / "templates" / "deployment.yaml").read_text("utf-8")


def options_of(command: str) -> set[str]:
    """The options and variables of a command."""
    group: Any = typer.main.get_command(command_line)
    for word in command.split():
        group = group.commands[word]
    return {option for parameter in group.params for option in (*parameter.opts, *parameter.secondary_opts)}


@cache
def read_variables() -> frozenset[str]:
    """The variables of ours that the program reads: they stand in its code, some as `NAME` with `NAME_FILE`."""
    names = set()
    for package in ("rag", "ui", "embeddings"):
        for path in (ROOT / package).rglob("*.py"):
            names |= set(re.findall(r"\bFUNDSTELLE_[A-Z_]+\b", path.read_text("utf-8")))
    return frozenset(names | {f"{name}_FILE" for name in names})


def check_command(words: list[str]) -> None:
    """Check that a command exists and has the options that are given."""
    command, options = words[0], [word for word in words if word.startswith("--")]
    assert set(options) <= options_of(command), words


def test_servers_run_commands_that_there_are() -> None:
    """In compose.yaml, its instructions, the chart and the image."""
    for server in SERVERS.values():
        check_command(server["command"])
    instructions = (DEPLOY / "compose.yaml").read_text("utf-8")
    for line in re.findall(r"^#   docker compose run --rm (?:-v \S+ )?server-1 (.*)$", instructions, re.MULTILINE):
        words = line.split()
        check_command([" ".join(words[:2]) if words[0] == "user" else words[0], *words])
    arguments = re.findall(r"^            - (--[a-z-]+|ui|serve)$", DEPLOYMENT, re.MULTILINE)
    assert arguments[0] == "ui" and len(arguments) > 4
    check_command(arguments)
    check_command(json.loads(re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[-1]))


def test_variables_are_those_that_the_program_reads() -> None:
    """Those of PostgreSQL and of the cache are read by libraries."""
    elsewhere = {"PGPASSFILE", "XDG_CACHE_HOME", "MPLCONFIGDIR", "PYTHONDONTWRITEBYTECODE", "PATH"}
    names = set(re.findall(r"\{name: ([A-Z_]+), value", DEPLOYMENT))
    names |= set(
        re.findall(r"^ENV (?:.*\\\n)?.*", DOCKERFILE, re.MULTILINE) and re.findall(r"\b([A-Z_]{4,})=", DOCKERFILE)
    )
    for server in SERVERS.values():
        names |= set(server["environment"])
    ours = {name for name in names if name.startswith("FUNDSTELLE_")}
    assert {FILES_VARIABLE, "FUNDSTELLE_ARCHIVE", "FUNDSTELLE_AUTH", "FUNDSTELLE_MILVUS_TOKEN_FILE"} <= ours
    assert ours <= read_variables()
    assert names - ours - elsewhere <= {"PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}
    settings = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert all(f"`{name}`" in settings for name in ours)


def test_what_is_mounted_is_used() -> None:
    """Each volume and each secret is where a variable, an option or the image says."""
    image = {
        "/var/cache/fundstelle/archives",
        *json.loads(re.findall(r"^VOLUME (\[.*\])$", DOCKERFILE, re.MULTILINE)[0]),
    }
    for server in SERVERS.values():
        values = " ".join([*server["environment"].values(), *server["command"]])
        for mounted in (volume.split(":")[1] for volume in server["volumes"]):
            assert mounted in values or mounted in image, mounted
        for secret in server["secrets"]:
            assert f"/run/secrets/{secret}" in values
            assert secret in COMPOSE["secrets"]
        assert server["read_only"] and server["tmpfs"] == ["/tmp"]  # noqa: S108
    for mounted in re.findall(r"mountPath: ([^,}\s]+)", DEPLOYMENT):
        uses = re.findall(rf"{re.escape(mounted)}(?![\w.-])", DEPLOYMENT)
        assert len(uses) > 1 or mounted in {*image, "/tmp"}, mounted  # noqa: S108
    for name, service in COMPOSE["services"].items():
        named = {volume.split(":")[0] for volume in service.get("volumes", ()) if not volume.startswith((".", "/"))}
        assert named <= COMPOSE["volumes"].keys(), name
        assert set(service.get("networks", ())) <= COMPOSE["networks"].keys()


def test_images_have_versions() -> None:
    """None is whatever is newest; that of the program has its version."""
    images = [service["image"] for service in COMPOSE["services"].values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) > 6
    for image in images:
        assert re.search(r":\D*\d+\.?\d+[.\w-]*$", image), image
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    assert version[1] == chart["appVersion"] == VALUES["image"]["tag"]
    assert SERVERS["server-1"]["image"] == f"fundstelle:{version[1]}"
    torch = re.search(r'"(torch==[\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert torch and torch[1] in DOCKERFILE


def test_all_that_the_image_copies_is_there() -> None:
    """And what .dockerignore lets through is what is copied."""
    copied = [
        word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()
    ]
    assert all((ROOT / path).exists() for path in copied)
    let_through = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    assert {path.split("/")[0] for path in copied} == set(let_through)


def locations() -> Iterator[str]:
    """The paths of nginx.conf, each with an example for what varies."""
    for kind, path in re.findall(r"^\s+location (?:(=|~) )?(\S+) \{", NGINX, re.MULTILINE):
        if kind != "~":
            yield path
        else:
            pattern = path.strip("^$").replace("[^/]+", "JOB")
            alternatives = re.search(r"\((.*)\)", pattern)
            for word in alternatives[1].split("|") if alternatives else ("",):
                yield re.sub(r"\(.*\)", word, pattern)


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The paths of the API and of the page, with braces for what varies."""
    with Archive.open(tmp_path_factory.mktemp("deploy") / "archive") as archive:
        page = [route.path for route in build_app(archive).routes if isinstance(route, Route)]
        return [*build_api(archive).openapi()["paths"], MCP_PATH, *page]


def test_nginx_names_routes_that_there_are(addresses: list[str]) -> None:
    """Of the API, of the page or of Gradio; and what it sends twice only reads."""
    paths = list(locations())
    assert "/api/v1/jobs/JOB/events" in paths and "/api/v1/verify" in paths
    for path in paths:
        known = any(each.startswith(path) or re.sub(r"\{[^}]*\}", "JOB", each) == path for each in addresses)
        assert known or rule_for(path) or rule_for(f"{path}queue/join"), path
    twice = re.search(r"location ~ \^/api/v1/\((.*)\)\$ \{\s+proxy_next_upstream [^;]*non_idempotent;", NGINX)
    assert twice and twice[1] == "ask|check|verify"
    assert NGINX.count("non_idempotent") == 1


def test_nginx_closes_a_connection_before_the_servers_do() -> None:
    """Or a request would be sent on a connection that is being closed."""
    (seconds,) = set(re.findall(r"keepalive_timeout (\d+)s;", NGINX))
    import uvicorn

    assert int(seconds) < uvicorn.Config(lambda: None, http=Connection).timeout_keep_alive
    assert sorted(set(re.findall(r"server (server-\d+):7860", NGINX))) == sorted(SERVERS)


def test_servers_have_time_to_end() -> None:
    """Ten seconds of notice, thirty for questions, fifteen for a job."""
    grace = [int(server["stop_grace_period"].removesuffix("s")) for server in SERVERS.values()]
    grace.append(int(re.findall(r"terminationGracePeriodSeconds: (\d+)", DEPLOYMENT)[0]))
    assert min(grace) >= NOTICE_SECONDS + 30 + 15
    probe = re.search(r"readinessProbe:.*?periodSeconds: (\d+).*?failureThreshold: (\d+)", DEPLOYMENT, re.DOTALL)
    assert probe and int(probe[1]) * (int(probe[2]) + 1) < NOTICE_SECONDS


def test_probes_ask_routes_that_need_no_account(addresses: list[str]) -> None:
    """/health and /ready."""
    probes = set(re.findall(r"/api/v1/\w+", DEPLOYMENT + DOCKERFILE + json.dumps(COMPOSE)))
    assert probes == {"/api/v1/health", "/api/v1/ready"} <= set(addresses)
    for path in probes:
        rule = api_rule("GET", path)
        assert rule and rule.role is None


@pytest.mark.parametrize("template", sorted((CHART / "templates").glob("*.yaml")), ids=lambda path: path.name)
def test_templates_use_values_that_there_are(template: Path) -> None:
    """Each `.Values.x.y` is in values.yaml, and each value is used."""
    for name in re.findall(r"\.Values\.([\w.]+)", template.read_text("utf-8")):
        value: Any = VALUES
        for part in name.split("."):
            assert part in value, name
            value = value[part]


def test_values_are_used() -> None:
    """A value that no template names would do nothing."""
    text = "".join(path.read_text("utf-8") for path in (CHART / "templates").iterdir())
    for name, value in VALUES.items():
        inner = [f"{name}.{part}" for part in value] if isinstance(value, dict) else []
        assert f".Values.{name}" in text
        assert all(f".Values.{each}" in text for each in inner) or f"toYaml .Values.{name}" in text, name
