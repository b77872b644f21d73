"""The configuration of programs that use MCP servers: where it is, and an entry for this archive."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import FundstelleError

NAME = "fundstelle"
"""The name of the entry."""


@dataclass(frozen=True, slots=True)
class McpClient:
    """A program that uses MCP servers.

    Attributes:
        path: its configuration, below the folder of `base`.
        key: the object in it that has the servers.
        base: `home`, or `settings` for the folder in which the system keeps settings of programs.
    """

    label: str
    path: str
    key: str = "mcpServers"
    base: str = "home"

    @property
    def file(self) -> Path:
        """The file of its configuration for this user."""
        return (_settings_folder() if self.base == "settings" else Path.home()) / self.path


CLIENTS = {
    "claude-desktop": McpClient("Claude Desktop", "Claude/claude_desktop_config.json", base="settings"),
    "claude-code": McpClient("Claude Code", ".claude.json"),
    "cursor": McpClient("Cursor", ".cursor/mcp.json"),
    "gemini-cli": McpClient("Gemini CLI", ".gemini/settings.json"),
    "vscode": McpClient("Visual Studio Code", "Code/User/mcp.json", key="servers", base="settings"),
    "windsurf": McpClient("Windsurf", ".codeium/windsurf/mcp_config.json"),
}
"""The programs that are known, by the name that the command line gives them."""


def _settings_folder() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def server_entry(archive: Path, *, may_write: bool = False) -> dict[str, Any]:
    """Return the entry that starts the server of an archive."""
    program = shutil.which("fundstelle")
    command, *words = [program] if program else [sys.executable, "-m", "rag"]
    words += ["mcp", "--archive", str(archive.absolute()), *(["--write"] if may_write else [])]
    return {"type": "stdio", "command": command, "args": words}


def configured(client: McpClient, server: dict[str, Any]) -> tuple[str, str]:
    """Return the text of a program's configuration as it is, empty if there is none, and with an entry.

    Raises:
        FundstelleError: it cannot be read, or is not JSON.
    """
    try:
        before = client.file.read_text("utf-8") if client.file.exists() else ""
        settings = json.loads(before) if before.strip() else {}
    except (OSError, ValueError) as error:
        raise FundstelleError(
            f"{client.file} cannot be changed ({error}): add this to its {client.key!r} yourself: "
            f"{json.dumps({NAME: server})}"
        ) from error
    servers = settings.get(client.key, {}) if isinstance(settings, dict) else None
    if not isinstance(servers, dict):
        raise FundstelleError(
            f"{client.file} has no object of servers ({client.key!r}): mend or remove the file first."
        )
    after = settings | {client.key: servers | {NAME: server}}
    return before, json.dumps(after, indent=2, ensure_ascii=False) + "\n"


def write_configuration(file: Path, text: str) -> Path | None:
    """Write a configuration in place of the one that is there, and return the copy that is kept of that.

    Raises:
        FundstelleError: it cannot be written.
    """
    backup = file.with_name(f"{file.name}.before-{NAME}")
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        exists = file.exists()
        if exists:
            shutil.copy2(file, backup)
        temporary.write_text(text, "utf-8")
        if exists:
            shutil.copymode(file, temporary)
        temporary.replace(file.resolve())
    except OSError as error:
        raise FundstelleError(f"{file} cannot be written ({error.strerror}): check its permissions.") from error
    return backup if exists else None
