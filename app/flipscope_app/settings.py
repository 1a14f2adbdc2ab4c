"""What the dashboard serves, to whom, and what its visitors may do."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from flipscope.errors import FlipscopeError
from flipscope.workspace import Workspace, is_comparison

GB = 10**9

_STRICT = ConfigDict(extra="forbid")
_Url = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+")]
# An address, or all addresses of a domain.
_Person = Annotated[str, StringConstraints(pattern=r"^(\*|[^@*\s]+)@[^@*\s]+$", to_lower=True)]


@dataclass(frozen=True)
class Settings:
    """How this dashboard was started.

    Attributes
    ----------
    path : Path
        A comparison folder, which is all there is to see, or a workspace, where new ones can be made.
    roots : tuple of Path
        Folders below which visitors may name files and checkpoints of this machine.
    max_upload_bytes : int
        The largest file that is taken.
    people : tuple of str
        Who may come in, where login is configured: addresses, or ``*@example.com`` for all of a domain.
    workspace : Workspace or None
        Where new comparisons can be made; None when a single comparison is served. Decided once: while that
        comparison is written anew, it is no folder for others.
    """

    path: Path = Path()
    roots: tuple[Path, ...] = ()
    max_upload_bytes: int = 20 * GB
    people: tuple[str, ...] = ()
    workspace: Workspace | None = field(init=False)

    def __post_init__(self) -> None:
        workspace = None if is_comparison(self.path) else Workspace(self.path)
        object.__setattr__(self, "workspace", workspace)


class Served(BaseModel):
    """``[dashboard]`` of a settings file; docs/serving.md tells what each is for."""

    model_config = _STRICT

    roots: list[Path] = []
    allowed_hosts: list[Annotated[str, StringConstraints(pattern=r"^(\*\.)?[\w.:-]+$")]] = []
    max_upload_gb: Annotated[float, Field(gt=0, le=1e6)] = 20
    people: list[_Person] = []


class Login(BaseModel):
    """``[auth]`` of a settings file: the OpenID Connect provider, as Streamlit's ``st.login`` wants it."""

    model_config = _STRICT

    redirect_uri: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+(/\S*)?/oauth2callback$")]
    cookie_secret: Annotated[str, StringConstraints(min_length=32)]
    client_id: Annotated[str, StringConstraints(min_length=1)]
    client_secret: Annotated[str, StringConstraints(min_length=1)]
    server_metadata_url: _Url
    client_kwargs: dict[str, str] = {}


class SettingsFile(BaseModel):
    """A settings file.

    Attributes
    ----------
    dashboard : Served
        What is served, and to whom.
    auth : Login or None
        Who asks visitors who they are.
    """

    model_config = _STRICT

    dashboard: Served = Served()
    auth: Login | None = None


def read_settings(path: Path) -> SettingsFile:
    """Read a settings file; its relative roots are relative to its own folder.

    Raises
    ------
    FlipscopeError
        When it can't be read, has an unknown key or a wrong value, or does not say who may log in.
    """
    try:
        given = SettingsFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise FlipscopeError(f"cannot be read ({error.strerror})", where=path, do="Check --settings") from error
    except ValidationError as error:
        raise FlipscopeError(_words(error.errors()[0]), where=path, do="docs/serving.md lists all settings") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise FlipscopeError(f"this is not TOML ({error})", where=path) from error
    if given.auth and not given.dashboard.people:
        raise FlipscopeError(
            "[auth] does not say who may come in", where=path,
            do='Add people = ["ada@example.com"], or ["*@example.com"], to [dashboard]',
        )  # fmt: skip
    if given.dashboard.people and not given.auth:
        raise FlipscopeError("people are named, but there is no [auth] to tell who they are", where=path)
    given.dashboard.roots = [path.parent / root for root in given.dashboard.roots]
    return given


def _words(problem: Mapping[str, Any]) -> str:
    """Tell what pydantic found in the words of the file; never a value, which may be a secret."""
    *tables, key = (str(part) for part in problem["loc"])
    place = f" in [{'.'.join(tables)}]" if tables else ""
    kinds = {"extra_forbidden": f"unknown key {key!r}{place}", "missing": f"{key!r} is missing{place}"}
    return kinds.get(problem["type"], f"{key!r}{place}: {problem['msg']}")


_settings = Settings()


def use(settings: Settings) -> None:
    """Set what this process serves."""
    global _settings
    _settings = settings


def settings() -> Settings:
    """Get what this process serves."""
    return _settings
