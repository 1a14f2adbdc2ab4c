"""Archives: unpacked once, under limits, and never outside their folder."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from fake_checkpoint import make_checkpoint
from flipscope.errors import FlipscopeError
from flipscope.open import archive, cache_root
from flipscope.open.archive import Limits, unpack
from flipscope.open.checkpoint import open_checkpoint


def zip_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for info, content in members:
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def left_behind(tmp_path: Path) -> list[Path]:
    """Return everything in the cache and everything that escaped from it."""
    found = [*(tmp_path / "cache").rglob("*")] if (tmp_path / "cache").exists() else []
    return [path for path in found if path != tmp_path / "cache" / "archives"]


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("name", ["model.zip", "model.tar.gz", "model.tgz"])
def test_packed_checkpoint_is_the_same_checkpoint(tmp_path: Path, name: str, nested: bool) -> None:
    folder = make_checkpoint(tmp_path / "model")
    path = tmp_path / name
    prefix = "inner/" if nested else ""
    if name.endswith(".zip"):
        zip_of(path, {f"{prefix}{file.name}": file.read_bytes() for file in folder.iterdir()})
    else:
        with tarfile.open(path, "w:gz") as packed:
            packed.add(folder, prefix or ".")
    unpacked = unpack(path)
    assert cache_root() in unpacked.parents
    assert open_checkpoint(unpacked).fingerprint == open_checkpoint(folder).fingerprint
    before = (unpacked / "config.json").stat().st_mtime_ns
    assert unpack(path) == unpacked
    assert (unpacked / "config.json").stat().st_mtime_ns == before
    assert not list(cache_root().rglob("*.part"))


def test_stem() -> None:
    assert [archive.archive_stem(Path(name)) for name in ("a.b.zip", "a.tar.gz", "A.TGZ")] == ["a.b", "a", "A"]


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "a/../../evil", "..\\evil", "C:/evil"])
def test_names_that_lead_out(tmp_path: Path, name: str) -> None:
    for path in (
        zip_of(tmp_path / "a.zip", {"config.json": b"{}", name: b"x"}),
        tar_of(tmp_path / "a.tar.gz", (member("config.json"), b"{}"), (member(name), b"x")),
    ):
        with pytest.raises(FlipscopeError, match="leads out of the archive"):
            unpack(path)
    assert left_behind(tmp_path) == []
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar(tmp_path: Path, kind: bytes) -> None:
    path = tar_of(tmp_path / "a.tar.gz", (member("config.json"), b"{}"), (member("x", kind, "/etc/passwd"), b""))
    with pytest.raises(FlipscopeError, match="'x' is a link or device"):
        unpack(path)
    assert left_behind(tmp_path) == []


def test_links_in_a_zip(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("x")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("config.json", "{}")
        packed.writestr(info, "/etc/passwd")
    with pytest.raises(FlipscopeError, match="'x' is a link or device"):
        unpack(tmp_path / "a.zip")
    assert left_behind(tmp_path) == []


BOMB = b"\0" * (1 << 20)
TIGHT = Limits(ratio=10, free_bytes=1 << 18)


@pytest.mark.parametrize("limits", [TIGHT, Limits(total_bytes=1 << 19)])
def test_bombs(tmp_path: Path, limits: Limits) -> None:
    for path in (
        zip_of(tmp_path / "a.zip", {"config.json": b"{}", "weights": BOMB}),
        tar_of(tmp_path / "a.tar.gz", (member("config.json"), b"{}"), (member("weights"), BOMB)),
    ):
        with pytest.raises(FlipscopeError, match="more than its size allows"):
            unpack(path, limits)
    assert left_behind(tmp_path) == []


def test_bomb_in_the_headers_of_a_tar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "HEADER_BYTES", 1 << 16)
    long = member("config.json")
    long.pax_headers = {"comment": "x" * (4 << 20)}
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as packed:
        packed.addfile(long, io.BytesIO())
    with pytest.raises(FlipscopeError, match="more than its size allows"):
        unpack(tmp_path / "a.tar.gz", TIGHT)
    assert left_behind(tmp_path) == []


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"config.json": b"{}", "weights": BOMB})
    honest = len(BOMB).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(honest, (10).to_bytes(4, "little")))
    with pytest.raises(FlipscopeError, match=r"damaged|more than its size"):
        unpack(path, TIGHT)
    assert left_behind(tmp_path) == []


def test_unusual_compression_and_encryption(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as packed:
        packed.writestr("config.json", "{}")
    with pytest.raises(FlipscopeError, match="compressed in an unusual way"):
        unpack(path)
    info = zip_of(path, {"config.json": b"{}"}).read_bytes()
    central = info.index(b"PK\1\2") + 8
    path.write_bytes(info[:central] + b"\1" + info[central + 1 :])
    with pytest.raises(FlipscopeError, match="is encrypted"):
        unpack(path)
    assert left_behind(tmp_path) == []


def test_too_many_members(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {f"{i}": b"" for i in range(11)})
    with pytest.raises(FlipscopeError, match="more than 10 members"):
        unpack(path, Limits(members=10))
    assert left_behind(tmp_path) == []


def test_the_same_name_twice(tmp_path: Path) -> None:
    path = tar_of(tmp_path / "a.tar.gz", (member("config.json"), b"{}"), (member("./config.json"), b"[]"))
    with pytest.raises(FlipscopeError, match="cannot be unpacked: File exists"):
        unpack(path)
    assert left_behind(tmp_path) == []


def test_archive_without_a_checkpoint(tmp_path: Path) -> None:
    for members in ({"a.txt": b"x"}, {"one/config.json": b"{}", "two/config.json": b"{}"}):
        with pytest.raises(FlipscopeError, match=r"no config.json in this archive"):
            unpack(zip_of(tmp_path / "a.zip", members))
    assert left_behind(tmp_path) == []


def test_damaged_archives(tmp_path: Path) -> None:
    good = tar_of(tmp_path / "good.tar.gz", (member("config.json"), os.urandom(4000))).read_bytes()
    packed = zip_of(tmp_path / "good.zip", {"config.json": os.urandom(4000)}).read_bytes()
    broken = {
        "truncated.tar.gz": good[:-500], "nothing.tar.gz": b"", "text.tar.gz": b"text",
        "no_tar.tgz": gzip.compress(b"text"), "truncated.zip": packed[:-100], "text.zip": b"text",
        "flipped.zip": packed[:100] + bytes([packed[100] ^ 1]) + packed[101:],
    }  # fmt: skip
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FlipscopeError, match=r"damaged|cannot be unpacked|no config\.json"):
            unpack(tmp_path / name)
    assert left_behind(tmp_path) == []


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    path = zip_of(tmp_path / "a.zip", {"config.json": b"{}"})
    monkeypatch.setattr(archive, "_copy", full)
    with pytest.raises(FlipscopeError, match="No space left on device"):
        unpack(path)
    assert left_behind(tmp_path) == []


def test_what_killed_runs_left_is_removed_after_a_day(tmp_path: Path) -> None:
    home = cache_root() / "archives"
    for name, age in (("old.part", 25 * 3600), ("young.part", 3600), ("whole", 25 * 3600)):
        (home / name).mkdir(parents=True)
        (home / name / "model.safetensors").write_bytes(b"half")
        changed = time.time() - age
        os.utime(home / name, (changed, changed))
    folder = make_checkpoint(tmp_path / "model")
    unpack(zip_of(tmp_path / "model.zip", {file.name: file.read_bytes() for file in folder.iterdir()}))
    assert not (home / "old.part").exists()
    assert (home / "young.part").exists()
    assert (home / "whole").exists()
