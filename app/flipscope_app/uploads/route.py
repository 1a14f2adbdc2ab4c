"""Files that visitors upload: streamed to disk by a route of the server, a ticket a file.

Streamlit's own uploader keeps files in memory, twice. Here a page gets a ticket, which is good for one file; the
answer to it carries the ticket for the next file of the same batch. Tickets live as long as the session they were
given to, and only people who may see a page are given any.
"""

from __future__ import annotations

import errno
import re
import secrets
import shutil
import time
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.routing import Route

from flipscope.errors import FlipscopeError
from flipscope.open import archive, table
from flipscope.open.weights import read_header
from flipscope.store.folder import MANIFEST
from flipscope.workspace import Workspace

if TYPE_CHECKING:
    from starlette.requests import Request

Kind = Literal["model", "data", "suite", "judgements"]

#: What the names of files may end in.
SUFFIXES: dict[Kind, tuple[str, ...]] = {
    "model": (*archive.SUFFIXES, ".safetensors", ".txt", ".model", *table.SUFFIXES),
    "data": table.SUFFIXES,
    "suite": (".json", ".json.gz", ".toml", ".pkl", ".pkl.gz", ".tar.gz", ".tgz"),
    "judgements": (".jsonl",),
}

_UNNAMED = "upload"  # the folder of loose files; says nothing, so that a table in it names itself
_CHUNK = 1 << 20  # bytes that are collected before they are written
_SPARE = 500 * 10**6  # bytes of the disk that uploads leave free
_MOST_FILES = 200  # in a batch
_LONGEST = 150  # bytes of a name; file systems take 255
_KEPT = 7 * 24 * 3600  # seconds
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)  # names of devices on Windows
_UNSAFE = set('/\\:*?"<>|+')  # `+` and `:` have a meaning in the name of a model or a dataset


class _Refused(Exception):
    """A file that is not taken: the HTTP status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(eq=False)
class Batch:
    """What is uploaded at once: a file, or the files of one folder.

    Attributes
    ----------
    kind : str
        What is uploaded.
    folder : Path
        A new folder for it.
    most_bytes : int
        The largest file.
    several : bool
        Whether a second file may follow.
    ticket : str or None
        Good for the next file; None when a file is on its way, or was refused.
    files : list of Path
        What has arrived whole.
    """

    kind: Kind
    folder: Path
    most_bytes: int
    several: bool
    ticket: str | None = None
    files: list[Path] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """What was uploaded: an archive or a table by itself, else a folder of files where several may come."""
        first = self.files[0]
        alone = len(self.files) == 1 and (archive.is_archive(first) or table.table_suffix(first) is not None)
        return first if alone or not self.several else first.parent

    def issue(self) -> None:
        """Give out a ticket for the next file."""
        self.ticket = secrets.token_urlsafe(24)
        _tickets[self.ticket] = self

    def discard(self) -> None:
        """Remove what has arrived, and take no more."""
        if self.ticket:
            _tickets.pop(self.ticket, None)
        self.ticket = None
        self.files.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


# Sessions hold the batches: when a session ends, so do its tickets.
_tickets: WeakValueDictionary[str, Batch] = WeakValueDictionary()


def new_batch(workspace: Workspace, kind: Kind, *, most_bytes: int, several: bool) -> Batch:
    """Prepare for an upload; the folder is made when the first file comes."""
    batch = Batch(kind, workspace.inbox / secrets.token_hex(8), most_bytes, several)
    batch.issue()
    return batch


def safe_name(text: str) -> str:
    """Make the name of a file fit to be used, as much like what it was as can be.

    Folders are left out; characters that can't be seen, or that a file system or flipscope gives a meaning, and
    names of devices are changed.

    Returns
    -------
    str
        Without a leading dot or a trailing dot or space; "" when nothing remains.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", text)[-1])
    name = "".join("_" if char in _UNSAFE or not char.isprintable() else char for char in name)
    name = name.strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, dot, ending = name.partition(".") if name.lower().endswith(".gz") else name.rpartition(".")
    room = _LONGEST - len(f"{dot}{ending}".encode())
    if dot and room > 0 and len(name.encode()) > _LONGEST:
        return _cut(stem, room) + dot + ending
    return _cut(name, _LONGEST)


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


async def receive(request: Request) -> JSONResponse:
    """Take a file: ``PUT /api/upload/{ticket}?name=...``, with ``folder=...`` for what its folder is called."""
    try:
        _check_origin(request)
        batch = _tickets.pop(request.path_params["ticket"], None)
        if batch is None:
            raise _Refused(403, "This page is out of date. Reload it and try again")
        batch.ticket = None
        file = await _take(request, batch)
    except _Refused as refused:
        return JSONResponse({"error": str(refused)}, refused.status)
    except ClientDisconnect:
        return JSONResponse({"error": "The upload broke off"}, 400)  # nobody is there to read it
    if batch.several and len(batch.files) < _MOST_FILES:
        batch.issue()
    return JSONResponse({"name": file.name, "bytes": file.stat().st_size, "ticket": batch.ticket})


ROUTES = [Route("/api/upload/{ticket}", receive, methods=["PUT"])]


def _check_origin(request: Request) -> None:
    """Refuse what another site sends; browsers say where a request comes from, curl does not."""
    origin = request.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not same or request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise _Refused(403, "Another site may not upload here")


async def _take(request: Request, batch: Batch) -> Path:
    """Receive a file; when anything goes wrong, nothing of its batch remains."""
    try:
        file = _target(request, batch)
        size = _declared_size(request, batch)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        await _write(request, part, size)
        await run_in_threadpool(_check_content, part, file.name)
        part.replace(file)
        batch.files.append(file)
        return file
    except OSError as error:
        await run_in_threadpool(batch.discard)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _Refused(507, "The server's disk is full") from error
        raise _Refused(500, f"The server can't keep the file ({error.strerror})") from error
    except BaseException:  # a broken connection, and the server being stopped, too
        batch.discard()
        raise


def _target(request: Request, batch: Batch) -> Path:
    name = safe_name(request.query_params.get("name", ""))
    known = SUFFIXES[batch.kind]
    if not name.lower().endswith(known):
        raise _Refused(415, f"{name or 'A file without a name'} can't be taken: names may end in {', '.join(known)}")
    folder = batch.folder
    if batch.several:
        folder /= safe_name(request.query_params.get("folder", "")) or _UNNAMED
        folder = batch.files[0].parent if batch.files else folder
    if name.lower() in {file.name.lower() for file in batch.files}:
        raise _Refused(409, f"There are two files called {name}")
    return folder / name


def _declared_size(request: Request, batch: Batch) -> int:
    """Return the size that the request declares, where there is room for it."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        raise _Refused(411, "The request does not say how large the file is")
    size = int(length)
    if size > batch.most_bytes:
        raise _Refused(413, f"The file is too large: at most {_told(batch.most_bytes)} are taken")
    if size > free_bytes(batch.folder):
        raise _Refused(507, "The server's disk has no room for this file")
    return size


def _told(size: int) -> str:
    return f"{size / 1e9:,g} GB" if size >= 1e9 else f"{size / 1e6:,g} MB"


def free_bytes(folder: Path) -> int:
    """Count the bytes that uploads may still fill on the disk of a folder, which need not exist yet."""
    there = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    return max(0, shutil.disk_usage(there).free - _SPARE)


async def _write(request: Request, part: Path, size: int) -> None:
    """Write the body to a file, in a thread: a slow disk must not hold up the other visitors."""
    written, held, chunks = 0, 0, []
    with part.open("wb") as out:
        async for chunk in request.stream():
            written, held = written + len(chunk), held + len(chunk)
            if written > size:
                raise _Refused(400, "The file is larger than the request says")
            chunks.append(chunk)
            if held >= _CHUNK:
                if held > free_bytes(part.parent):  # others may be filling the disk at the same time
                    raise _Refused(507, "The server's disk has no room for this file")
                await run_in_threadpool(out.writelines, chunks)
                held, chunks = 0, []
        await run_in_threadpool(out.writelines, chunks)
    if written != size:
        raise _Refused(400, "The upload broke off")


def _check_content(part: Path, name: str) -> None:
    if not name.lower().endswith(".safetensors"):
        return
    try:
        read_header(part)
    except FlipscopeError as error:  # without the path, which means nothing to the visitor
        raise _Refused(422, f"{name}: {error.what}. {error.do or ''}".strip(" .")) from error


def sweep(workspace: Workspace) -> None:
    """Remove uploads that are a week old and that neither a comparison nor a job names."""
    if not workspace.inbox.is_dir():
        return
    try:
        named = "".join(_mentions(workspace))
    except OSError:  # what can't be read may name any of them
        return
    for folder in workspace.inbox.iterdir():
        if folder.lstat().st_mtime < time.time() - _KEPT and folder.name not in named:
            shutil.rmtree(folder, ignore_errors=True)


def _mentions(workspace: Workspace) -> list[str]:
    """Read all that may name an upload; the random name of its folder is enough to find it."""
    files = [*workspace.root.glob(f"*/{MANIFEST}"), *workspace.jobs.glob("*/*.json")]
    return [file.read_text("utf-8", "replace") for file in files]
