"""One HTTP client a bank: certificate, key or token shown, and every failure turned into one of our endings.

No address and no body reaches a log or an exception: a body names people, a token opens doors.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import httpx

from sakha.databanks.banks.installation import BankAccess, ClientCredentials
from sakha.databanks.banks.protocol import BankBusy, BankDeclined, BankForbids, BankSilent
from sakha.databanks.rules.bank import Bank

CONNECT_SECONDS: Final = 5.0
ANSWER_BYTES_MAX: Final = 20 * 1024 * 1024
_WAIT_SECONDS: Final = 5.0
_WAIT_SECONDS_MAX: Final = 300.0
_EARLY_SECONDS: Final = 30
_DECLINED: Final = frozenset({400, 413, 422})
_FORBIDDEN: Final = 403
_UNAUTHORIZED: Final = 401
_BUSY: Final = 429
_GOOD: Final = range(200, 300)


class HttpDoor:
    """The client of one bank. Not shared between threads."""

    def __init__(self, bank: Bank, access: BankAccess, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._access = access
        self._monotonic = monotonic
        self._token = ""
        self._token_ends = 0.0
        self._client = httpx.Client(
            timeout=httpx.Timeout(bank.calls.timeout_seconds, connect=CONNECT_SECONDS),
            headers={"Accept": "application/json"},
            verify=_trust(access),
            trust_env=False,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def post(self, path: str, told: bytes, *, headers: Mapping[str, str]) -> Any:
        """Post JSON, read JSON. Raises: BankSilent, BankBusy, BankDeclined, BankForbids."""
        answer = self._post(path, told, headers)
        if answer.status_code == _UNAUTHORIZED and self._access.oauth2 is not None and self._token:
            self._token = ""  # ended before its time: once with a new one
            answer = self._post(path, told, headers)
        _require_good(answer)
        return _json(answer)

    def _post(self, path: str, told: bytes, headers: Mapping[str, str]) -> httpx.Response:
        shown = {"Content-Type": "application/json", **headers, **self._shown()}
        url = self._access.url.rstrip("/") + path
        return _sent(lambda: self._client.post(url, content=told, headers=shown))

    def _shown(self) -> dict[str, str]:
        if self._access.oauth2 is not None:
            return {"Authorization": f"Bearer {self._fresh_token(self._access.oauth2)}"}
        key = self._access.api_key.get_secret_value()
        return {"X-Api-Key": key} if key else {}

    def _fresh_token(self, credentials: ClientCredentials) -> str:
        if self._token and self._monotonic() < self._token_ends:
            return self._token
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret.get_secret_value(),
            "scope": credentials.scope,
        }
        answer = _sent(lambda: self._client.post(credentials.token_url, data=form))
        if answer.status_code not in _GOOD:
            raise BankSilent(reason=f"TOKEN HTTP {answer.status_code}")
        told = _json(answer)
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise BankSilent(reason="TOKEN unreadable")
        lasts = told.get("expires_in")
        seconds = lasts if isinstance(lasts, int) and not isinstance(lasts, bool) else 0
        self._token, self._token_ends = token, self._monotonic() + max(0, seconds - _EARLY_SECONDS)
        return token


def _trust(access: BankAccess) -> ssl.SSLContext:
    files = (access.authority_file, access.client_certificate_file, access.client_key_file)
    return _context(*((None if file is None else (str(file), file.stat().st_mtime_ns)) for file in files))


_File = tuple[str, int] | None


@lru_cache(maxsize=64)
def _context(authority: _File, certificate: _File, key: _File) -> ssl.SSLContext:
    """Made once for the same files as they stand: reading a machine's authorities takes a tenth of a second."""
    context = ssl.create_default_context(cafile=None if authority is None else authority[0])
    if certificate is not None and key is not None:
        context.load_cert_chain(certificate[0], key[0])
    return context


def _sent(post: Callable[[], httpx.Response]) -> httpx.Response:
    """Turn a failed call into an ending of ours, cut off from httpx's error, which carries the address."""
    try:
        return post()
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        reason = type(error).__name__
    raise BankSilent(reason=reason)


def _require_good(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in _GOOD:
        return
    if status == _BUSY:
        raise BankBusy(reason="HTTP 429", wait_seconds=_wait_seconds(answer.headers.get("Retry-After", "")))
    reason = f"HTTP {status} {_error_code(answer)}".strip()
    if status in _DECLINED:
        raise BankDeclined(reason=reason)
    if status == _FORBIDDEN:
        raise BankForbids(reason=reason)
    raise BankSilent(reason=reason)


def _wait_seconds(told: str) -> float:
    return min(float(told), _WAIT_SECONDS_MAX) if told.isascii() and told.isdigit() else _WAIT_SECONDS


def _error_code(answer: httpx.Response) -> str:
    """The bank's own word, where it is one; a longer text may name somebody."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    error = told.get("error") if isinstance(told, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    is_word = isinstance(code, str) and code.isascii() and code.replace("_", "").replace(".", "").isalpha()
    return str(code)[:40] if is_word else ""


def _json(answer: httpx.Response) -> Any:
    if len(answer.content) > ANSWER_BYTES_MAX:
        raise BankSilent(reason="answer too long")
    try:
        return answer.json()
    except (ValueError, RecursionError):
        raise BankSilent(reason="no JSON") from None
