"""nginx with deploy/nginx.conf, in front of servers of a test's own on this computer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from paths import ROOT
from waiting import wait_until

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
_LOG = "log_format servers '$status $upstream_addr $request_method $uri'; access_log {folder}/access servers;"


def nginx() -> str:
    """Where nginx is; empty where it is not installed."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or ""


@contextmanager
def nginx_before(ports: list[int], port: int, folder: Path) -> Iterator[Path]:
    """Run nginx at a port, in front of two servers; give its log: status, servers tried, method and path of each."""
    text = CONFIGURATION.read_text("utf-8")
    for number, each in enumerate(ports, 1):
        text = text.replace(f"server-{number}:7860", f"127.0.0.1:{each}")
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace("/tmp/", f"{folder}/")  # noqa: S108
    text = text.replace("access_log off;", _LOG.format(folder=folder))
    assert not re.search(r"server-\d", text)
    configuration = folder / "nginx.conf"
    configuration.write_text(text, "utf-8")
    # its processes are of another account, if this is root
    folder.chmod(0o777)
    command = [nginx(), "-c", str(configuration), "-p", str(folder), "-g", "daemon off;"]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command, stderr=(folder / "error").open("wb"))
    try:
        wait_until(lambda: _is_there(port))
        yield folder / "access"
    finally:
        process.terminate()
        process.wait()


def _is_there(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/api/v1/health", trust_env=False)
    except httpx.TransportError:
        return False
    return True
