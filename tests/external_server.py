"""Starts and stops a server that the product knows by its address alone: Debian's PostgreSQL 15, for CI."""

import sys
from pathlib import Path

from sakha.entrypoints.commands.database import make_roles
from sakha.entrypoints.commands.embedded_postgres import Server

HOME = Path(__file__).resolve().parent.parent / ".sakha" / "external"


def main() -> None:
    verb = sys.argv[1]
    if verb == "stop":
        Server(HOME, Path("/usr/lib/postgresql/15")).stop()
        return
    server = Server(HOME, Path(sys.argv[2])).start(fsync="off", shared_buffers="256MB", max_connections="300")
    addresses = make_roles(server, database="sakha")
    print(f"export DATABASE_URL='{addresses.app_url}' DATABASE_OWNER_URL='{addresses.owner_url}'")


if __name__ == "__main__":
    main()
