"""Archives, .zip or .tar.gz: checkpoints are unpacked under limits, once; a single file is read from its archive."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import stat
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from flipscope.errors import FlipscopeError
from flipscope.open import cache_root

SUFFIXES = (".zip", ".tar.gz", ".tgz")

#: Bytes that a tar's headers and padding may take beyond twice the files' own.
HEADER_BYTES = 64 << 20

_CHUNK = 1 << 20
_STALE = 24 * 3600  # seconds after which what is half unpacked is of a run that was killed


@dataclass(frozen=True)
class Limits:
    """What an archive may unpack to.

    Attributes
    ----------
    members : int
        Most files and folders.
    total_bytes : int
        Most bytes in all.
    ratio : float
        Most bytes in all, as a multiple of the archive's own size.
    free_bytes : int
        Up to so many bytes, the ratio does not matter.
    """

    members: int = 10_000
    total_bytes: int = 20 * 10**9
    ratio: float = 200
    free_bytes: int = 100 * 10**6

    def allowed_bytes(self, packed_bytes: int) -> int:
        """Return the most bytes an archive of this size may unpack to."""
        return min(self.total_bytes, max(self.free_bytes, int(self.ratio * packed_bytes)))


@dataclass(frozen=True)
class _Member:
    name: str
    is_folder: bool
    content: IO[bytes] | None


class _Unsafe(Exception):
    """A member that is not unpacked, and why."""


def is_archive(path: Path) -> bool:
    """Whether the name says that the file is an archive."""
    return path.name.lower().endswith(SUFFIXES)


def archive_stem(path: Path) -> str:
    """Return the name without the archive suffix."""
    suffix = next(suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix))
    return path.name[: -len(suffix)]


def unpack(path: Path, limits: Limits | None = None) -> Path:
    """Unpack a checkpoint's archive into the cache, or find it there.

    Parameters
    ----------
    path : Path
        A .zip, .tar.gz or .tgz file.
    limits : Limits, optional
        What it may unpack to.

    Returns
    -------
    Path
        The folder with ``config.json``: the archive's root, or the single folder in it.

    Raises
    ------
    FlipscopeError
        When the archive is damaged, unsafe, beyond the limits, or holds no checkpoint. Nothing is left
        behind.
    """
    try:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        home = cache_root() / "archives"
        target = home / content
        if not target.is_dir():
            home.mkdir(parents=True, exist_ok=True)
            _sweep(home)
            _unpack_into(target, path, limits or Limits())
    except OSError as error:
        raise FlipscopeError(f"cannot be unpacked: {error.strerror or error}", where=path) from error
    return _checkpoint_folder(target, path)


def only_file(path: Path, endings: tuple[str, ...], *, most: int) -> bytes:
    """Read the one file in an archive that has a name with one of these endings.

    Parameters
    ----------
    path : Path
        A .zip, .tar.gz or .tgz file.
    endings : tuple of str
        Such as ``.pkl``; other members are passed over.
    most : int
        Bytes that the archive may unpack to.

    Raises
    ------
    FlipscopeError
        When the archive is damaged, unsafe, beyond the limits, or does not hold exactly one such file.
    """
    limits = Limits(members=1_000, total_bytes=most)
    found = None
    try:
        with _told(path, do="Make an archive of that file alone"):
            left = limits.allowed_bytes(path.stat().st_size)
            for parts, member in _members(path, limits):
                if member.content is None or parts[-1].startswith("._") or not parts[-1].lower().endswith(endings):
                    continue
                if found is not None:
                    raise _Unsafe(f"it holds more than one file {' or '.join(endings)}")
                found = b"".join(_chunks(member.content, left))
    except OSError as error:
        raise FlipscopeError(f"cannot be unpacked: {error.strerror or error}", where=path) from error
    if found is None:
        raise FlipscopeError(f"there is no file {' or '.join(endings)} in this archive", where=path)
    return found


def _sweep(home: Path) -> None:
    """Remove what killed runs left half unpacked."""
    for part in home.glob("*.part"):
        try:
            stale = time.time() - part.stat().st_mtime > _STALE
        except FileNotFoundError:  # its run has just finished
            continue
        if stale:
            shutil.rmtree(part, ignore_errors=True)


def _unpack_into(target: Path, path: Path, limits: Limits) -> None:
    """Unpack beside the target and rename, so that the target is always whole."""
    part = Path(tempfile.mkdtemp(prefix=f"{target.name[:16]}-", suffix=".part", dir=target.parent))
    try:
        with _told(path, do="Make an archive of the checkpoint alone"):
            _write_members(part, path, limits)
            _checkpoint_folder(part, path)
            try:
                part.rename(target)
            except OSError:
                if not target.is_dir():  # else another process was first, with the same content
                    raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _told(path: Path, *, do: str) -> Iterator[None]:
    """Turn what can be wrong with an archive into words."""
    try:
        yield
    except _Unsafe as error:
        raise FlipscopeError(f"not unpacked: {error}", where=path, do=do) from error
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
        raise FlipscopeError(
            f"the archive is damaged or incomplete ({error})", where=path, do="Copy or download it again"
        ) from error


def _members(path: Path, limits: Limits) -> Iterator[tuple[tuple[str, ...], _Member]]:
    """Go through the members, each with the parts of its name."""
    allowed = limits.allowed_bytes(path.stat().st_size)
    members = _zip_members(path) if path.name.lower().endswith(".zip") else _tar_members(path, allowed)
    for count, member in enumerate(members, 1):
        if count > limits.members:
            raise _Unsafe(f"it has more than {limits.members:,} members")
        yield _safe_parts(member.name), member


def _write_members(folder: Path, path: Path, limits: Limits) -> None:
    allowed = limits.allowed_bytes(path.stat().st_size)
    written = 0
    for parts, member in _members(path, limits):
        target = folder.joinpath(*parts)
        if member.is_folder:
            target.mkdir(parents=True, exist_ok=True)
        elif member.content is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            written += _copy(member.content, target, allowed - written)


def _copy(content: IO[bytes], target: Path, allowed: int) -> int:
    """Write a new file and count what is really written, whatever the archive said."""
    with target.open("xb") as file:
        return sum(file.write(chunk) for chunk in _chunks(content, allowed))


def _chunks(content: IO[bytes], allowed: int) -> Iterator[bytes]:
    while chunk := content.read(_CHUNK):
        allowed -= len(chunk)
        if allowed < 0:
            raise _Unsafe("it unpacks to more than its size allows")
        yield chunk


def _safe_parts(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or "\\" in name or ".." in parts or re.match(r"[A-Za-z]:", name) or "\0" in name:
        raise _Unsafe(f"the name {name!r} leads out of the archive")
    return parts


def _zip_members(path: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _Unsafe(f"{info.filename!r} is a link or device")
            if info.flag_bits & 1:
                raise _Unsafe(f"{info.filename!r} is encrypted")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _Unsafe(f"{info.filename!r} is compressed in an unusual way")
            if info.is_dir():
                yield _Member(info.filename, True, None)
            else:
                with archive.open(info) as content:
                    yield _Member(info.filename, False, content)


def _tar_members(path: Path, allowed: int) -> Iterator[_Member]:
    with gzip.open(path) as unzipped:
        counted = cast("IO[bytes]", _Counted(unzipped, allowed))  # tarfile only reads
        archive = tarfile.open(fileobj=counted, mode="r|")  # noqa: SIM115 (holds nothing to close)
        for info in archive:
            if not (info.isfile() or info.isdir()):
                raise _Unsafe(f"{info.name!r} is a link or device")
            yield _Member(info.name, info.isdir(), archive.extractfile(info))


class _Counted:
    """Counts what comes out of gzip: a tar's headers can be a bomb too."""

    def __init__(self, stream: gzip.GzipFile, allowed: int) -> None:
        self._stream, self._left = stream, 2 * allowed + HEADER_BYTES

    def read(self, size: int) -> bytes:
        """Read, but no more than is left."""
        data = self._stream.read(min(size, self._left + 1))
        self._left -= len(data)
        if self._left < 0:
            raise _Unsafe("it unpacks to more than its size allows")
        return data


def _checkpoint_folder(root: Path, path: Path) -> Path:
    """Return the folder that holds config.json: the root or the only folder in it."""
    folders = [entry for entry in root.iterdir() if entry.is_dir() and entry.name != "__MACOSX"]
    for folder in (root, *(folders if len(folders) == 1 else ())):
        if (folder / "config.json").is_file():
            return folder
    raise FlipscopeError(
        "there is no config.json in this archive, neither at its root nor in a single folder", where=path,
        do="Pack one checkpoint folder",
    )  # fmt: skip
