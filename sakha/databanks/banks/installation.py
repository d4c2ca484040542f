"""Where the banks of this installation are and with which keys they are opened: the file that `SAKHA_BANKS` names.

Read anew when the file changes. A bank that is not in it is not asked.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal, Self

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from sakha.databanks.rules.grounds import Ground, Purpose
from sakha.vocabulary.refusal import Refusal


class BanksFileInvalid(Refusal):
    """The file of the banks can't be used; the reason names the place and never a value."""

    code: ClassVar[str] = "BANKS_FILE_INVALID"
    sentence: ClassVar[str] = "پروندهٔ بانک‌های داده (SAKHA_BANKS) درست نیست: {reason}"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ClientCredentials(_Part):
    """OAuth2 client credentials."""

    token_url: str = Field(pattern="^https?://")
    client_id: str
    client_secret: SecretStr
    scope: str = ""


class BankAccess(_Part):
    """How one bank is reached."""

    url: str = Field(default="", pattern="^(https?://.+)?$")
    api_key: SecretStr = SecretStr("")
    oauth2: ClientCredentials | None = None
    client_certificate_file: Path | None = None
    client_key_file: Path | None = None
    authority_file: Path | None = None
    sender_id: str = ""
    signature: Literal["JWS", "HTTP"] = "JWS"
    public_keys_file: Path | None = None
    folder: Path | None = None

    @model_validator(mode="after")
    def _is_reached(self) -> Self:
        if not self.url and self.folder is None:
            raise ValueError("url or folder is needed")
        if (self.client_certificate_file is None) is not (self.client_key_file is None):
            raise ValueError("client_certificate_file and client_key_file belong together")
        return self


class StandingGround(_Part):
    """On what the scheduled inquiries rest."""

    decision: str = Field(min_length=1, max_length=200)
    level: int = Field(ge=1, le=3)


class Installation(_Part):
    """The file, read. Paths in it are relative to it."""

    sender_id: str = "sakha"
    callback_url: str = ""
    signing_key_file: Path | None = None
    signing_key_id: str = "1"
    banks_folder: Path | None = None
    ground: StandingGround | None = None
    banks: dict[str, BankAccess] = {}

    def ground_for(self, purpose: Purpose) -> Ground | None:
        """The ground of the scheduled jobs, where the installation has one."""
        if self.ground is None:
            return None
        return Ground(purpose=purpose, level=self.ground.level, decision=self.ground.decision)


_NONE = Installation()


def installation() -> Installation:
    """The banks of this installation; none where no file is named. Raises: BanksFileInvalid."""
    path: Path | None = settings.SAKHA.banks
    if path is None:
        return _NONE
    try:
        return _read(path.resolve(), path.stat().st_mtime_ns)
    except OSError:
        raise BanksFileInvalid(field="banks", reason="فایل خوانده نشد") from None


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Installation:
    try:
        told = _with_paths(tomllib.loads(path.read_text()), path.parent)
        return Installation.model_validate(told)
    except tomllib.TOMLDecodeError:
        raise BanksFileInvalid(field="banks", reason="TOML") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BanksFileInvalid(field="banks", reason=f"{place}: {first['msg']}") from None


def _with_paths(told: dict[str, object], folder: Path) -> dict[str, object]:
    placed: dict[str, object] = {}
    for name, value in told.items():
        if isinstance(value, dict):
            placed[name] = _with_paths(value, folder)
        elif isinstance(value, str) and (name.endswith(("_file", "_folder")) or name == "folder"):
            placed[name] = folder / value
        else:
            placed[name] = value
    return placed
