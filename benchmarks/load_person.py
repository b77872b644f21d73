"""A person who uses the page: what one does there, by HTTP as the browser sends it, with every request noted.

A reply is a refusal if its status says that the server is busy, or that something is not to be had, and it says why in
one sentence. Every other reply that is no success, and every connection that breaks, is a failure.
"""

from __future__ import annotations

import html
import json
import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx

PASSWORD = "correct horse battery staple"  # noqa: S105
OPEN_PAGE, FILL, TAKE_FILE, RUN, DELETE = 0, 1, 3, 4, 8
"""The numbers of the page's functions."""
_REFUSED = frozenset({409, 422, 429})
_MOST_ENTRIES = 8  # of a dossier, until it is exported and deleted
_SAVED = re.compile(r'data-fs-save="([^"]*)"')
_SENTENCE = re.compile(r"[^\n<]{1,300}[.!?]")


@dataclass
class Log:
    """The requests of all: of each kind the milliseconds, the refusals, and the failures in words."""

    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, milliseconds: float, failure: str = "", *, is_refused: bool = False) -> None:
        """Note a request."""
        with self.lock:
            self.milliseconds.setdefault(kind, []).append(milliseconds)
            self.refusals[kind] = self.refusals.get(kind, 0) + is_refused
            if failure:
                self.failures.append(f"{kind}: {failure}")


class Person:
    """A person with an account of the server.

    Args:
        name: that of the account, whose password is `PASSWORD`.
        questions: what is asked.
        pause: the seconds between two deeds, on average.
    """

    def __init__(self, address: str, name: str, questions: Sequence[str], log: Log, pause: float) -> None:
        self._address, self._name, self._questions, self._log, self._pause = address, name, questions, log, pause
        self._chance = random.Random(name)  # noqa: S311
        self._client = httpx.Client(
            base_url=address,
            headers={"Origin": address},
            trust_env=False,
            timeout=120,
            # the server closes idle connections after five seconds; a browser would send the request again
            limits=httpx.Limits(keepalive_expiry=2),
        )
        self._passages: list[dict[str, Any]] = []
        self._dossier = ""
        self._session = ""
        self._uploaded: list[str] = []

    def work(self, stop: threading.Event) -> None:
        """Open the page, use it for a while, close it, and so on until `stop`; clean up behind oneself."""
        with self._client:
            while not stop.is_set():
                self.visit(self._chance.randint(10, 40), stop)

    def visit(self, count: int, stop: threading.Event | None = None) -> None:
        """Sign in, open the page, do so many things and leave."""
        deeds: dict[Callable[[], None], int] = {
            self.ask: 10,
            self.read: 5,
            self.save: 4,
            self.look: 3,
            self.upload: 2,
            self.check: 1,
            self.evaluate: 1,
            self.set: 1,
        }
        with ExitStack() as stack:
            self._come(stack)
            for deed in self._chance.choices(list(deeds), list(deeds.values()), k=count):
                if stop and stop.wait(self._chance.expovariate(1 / self._pause) if self._pause else 0):
                    break
                deed()
        self._leave()

    def do_everything(self) -> None:
        """Sign in, do each thing once, and leave."""
        with ExitStack() as stack:
            self._come(stack)
            for deed in (self.ask, self.read, self.save, self.look, self.upload, self.check, self.evaluate, self.set):
                deed()
        self._leave()

    def ask(self) -> None:
        """Ask a question."""
        reply = self._get("ask", "/answer", q=self._chance.choice(self._questions))
        found = [json.loads(html.unescape(each)) for each in _SAVED.findall(reply)]
        self._passages = found or self._passages

    def read(self) -> None:
        """Open an article that was quoted, with its relatives, and look whether its file still says so."""
        for passage in self._passages[:1]:
            address = f"/article/{passage['article']}"
            self._get("open an article", f"{address}/fragment", start=passage["start"], end=passage["end"])
            self._get("relatives", f"{address}/related")
            self._get("verify a file", f"{address}/check")

    def save(self) -> None:
        """Save a passage into a dossier of one's own; a full one is exported and deleted."""
        for passage in self._passages[:1]:
            where = {"dossier": self._dossier} if self._dossier else {"name": f"{self._name} {time.time_ns()}"}
            wanted = {key: passage[key] for key in ("article", "start", "end")}
            reply = self._post("save to a dossier", "/dossiers/save", {**wanted, "question": "", **where})
            if not reply:
                return
            saved = json.loads(reply)
            self._dossier = saved["dossier"]
            note = {"dossier": self._dossier, "kind": "note", "text": "Nachfragen."}
            self._post("write a note", "/dossiers/text", note)
            if saved["count"] >= _MOST_ENTRIES or self._chance.random() < 1 / _MOST_ENTRIES:
                self._get("open a dossier", "/view/dossiers", dossier=self._dossier)
                for ending in ("docx", "html", "csv"):
                    self._get("export a dossier", f"/dossier/{self._dossier}.{ending}")
                self._drop_dossier()

    def look(self) -> None:
        """Look through the library and the questions."""
        self._get("library", "/view/library", find=self._chance.choice(("", "Schleuse", "2021", "die")))
        self._get("pictures", "/view/library/pictures")
        self._get("map", "/view/library/map")
        self._get("history", "/view/questions")

    def upload(self) -> None:
        """Upload an article and have it indexed; remove it, and earlier ones, once they are there."""
        name = f"{self._name}-{time.time_ns()}.{self._chance.choice(('txt', 'html', 'md'))}"
        text = f"Die {name} aus {self._name} fährt seit Tag {time.time_ns()} über die Brücke. " * 20
        content = f"<html><title>{name}</title><article><p>{text}</p></article>" if name.endswith("html") else text
        self._request("upload", "POST", "/library/upload", params={"name": name}, content=content.encode())
        self._post("begin to index", "/library/add", {"kind": "inbox"})
        self._uploaded.append(name)
        if "data-fs-running" in self._get("follow the indexing", "/view/library/run"):
            time.sleep(1)
        for earlier in list(self._uploaded):
            found = self._client.get("/api/v1/articles/lookup", params={"reference": earlier})
            # it may be read or removed only later, when somebody else's run is over
            if found.status_code == 200 and self._is_removed(found.json()["id"]):
                self._uploaded.remove(earlier)

    def _is_removed(self, article_id: str) -> bool:
        return bool(self._post("remove an article", "/library/forget", {"article": article_id}))

    def check(self) -> None:
        """Check a draft that quotes a question of the archive."""
        draft = f"„{self._chance.choice(self._questions)}“, fragte sie. Der Tunnel ist 57 Kilometer lang."
        self._post("check a draft", "/check", {"text": draft})

    def evaluate(self) -> None:
        """Choose a file of questions, evaluate it, follow the run and delete it."""
        lines = [json.dumps({"question": each, "answerable": False}) for each in self._questions[:20]]
        run = f"{self._name} {time.time_ns()}"
        self._call("choose a file", TAKE_FILE, ["de"], {"name": "fragen.jsonl", "text": "\n".join(lines)})
        call = {"fn_index": RUN, "data": ["de", "uploaded", None, run, True], "session_hash": self._session}
        if self._request("evaluate", "POST", "/gradio_api/queue/join", json=call):
            self._get("follow an evaluation", "/gradio_api/queue/data", session_hash=self._session)
        self._call("delete a run", DELETE, ["de", run])

    def set(self) -> None:
        """Change a setting, and look at the settings and the checks."""
        self._post("change a setting", "/settings", {"passages": self._chance.randint(5, 15)})
        self._get("settings", "/view/settings")
        self._get("diagnosis", "/view/settings/diagnosis")

    def _come(self, stack: ExitStack) -> None:
        fields = {"name": self._name, "password": PASSWORD}
        while not self._request("sign in", "POST", "/sign-in", data=fields, follow_redirects=True):
            time.sleep(1)  # many sign in at once
        self._get("open the page", "/")
        self._session = f"{self._name}{self._chance.getrandbits(32):x}"
        stack.enter_context(self._client.stream("GET", f"/gradio_api/heartbeat/{self._session}"))
        self._call("fill the page", OPEN_PAGE, [])
        self._call("fill the view", FILL, ["de", None, None, None])

    def _leave(self) -> None:
        self._drop_dossier()
        self._request("sign out", "POST", "/sign-out", data={})
        self._passages = []

    def _drop_dossier(self) -> None:
        if self._dossier:
            self._post("delete a dossier", "/dossiers/delete", {"dossier": self._dossier})
        self._dossier = ""

    def _call(self, kind: str, number: int, values: list[object], event: object = None) -> None:
        call = {"fn_index": number, "data": values, "event_data": event, "session_hash": self._session}
        self._request(kind, "POST", "/gradio_api/run/predict", json=call)

    def _get(self, kind: str, path: str, **parameters: str) -> str:
        return self._request(kind, "GET", path, params={"lang": "de", **parameters})

    def _post(self, kind: str, path: str, body: dict[str, object]) -> str:
        return self._request(kind, "POST", path, params={"lang": "de"}, json=body)

    def _request(self, kind: str, method: str, path: str, **fields: Any) -> str:
        """Send a request and note it; return the text of the reply, nothing if there is none, or a refusal."""
        begin = time.perf_counter()
        failure, is_refused, text = "", False, ""
        try:
            reply = self._client.request(method, path, **fields)
            says_why = "retry-after" in reply.headers or _SENTENCE.fullmatch(reply.text.strip())
            if reply.status_code in _REFUSED and says_why:
                is_refused = True
            elif reply.status_code >= 400:
                failure = f"{reply.status_code} {reply.text[:200]}"
            else:
                text = reply.text
        except httpx.TransportError as error:
            failure = f"{type(error).__name__} {error}"
        self._log.note(kind, (time.perf_counter() - begin) * 1000, failure, is_refused=is_refused)
        return text
