"""`python -m simulation.data_banks --pilot DIR --port N`: runs the banks of a pilot until it is ended.

Prints one line, `ready URL`, when everybody can ask. Port 0 takes a free one.
"""

import argparse
import asyncio
import signal
import socket
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server

from simulation.data_banks.app import DataBanks
from simulation.data_banks.faults import read_faults_file
from simulation.data_banks.installation import Installation, Listening, offer_extract, prepare_installation
from simulation.data_banks.known import Known
from simulation.data_banks.state import State
from simulation.pilot import PilotPaths

HOST = "127.0.0.1"


def main() -> None:
    """Read the arguments, load the province, serve."""
    parser = argparse.ArgumentParser(prog="python -m simulation.data_banks", description="Run the national data banks.")
    parser.add_argument("--pilot", type=Path, required=True, help="folder of a finished pilot")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--callback", default="http://127.0.0.1:8000/bank-callbacks", help="where the banks call back")
    parser.add_argument("--installation", type=Path, help="folder of keys and of banks.toml (default: in the pilot)")
    parser.add_argument("--tls-port", type=int, help="port of the bank that asks for a client certificate, too")
    parser.add_argument("--faults", type=Path, help="JSON file of faults that are on from the beginning")
    arguments = parser.parse_args()
    port = arguments.port or free_port()
    tls_port = free_port() if arguments.tls_port == 0 else arguments.tls_port
    listening = Listening(
        url=f"http://{HOST}:{port}",
        tls_url=f"https://{HOST}:{tls_port}" if tls_port else "",
        callback_url=arguments.callback.rstrip("/"),
    )
    folder = arguments.installation or arguments.pilot / "installation"
    installation = prepare_installation(folder, listening)
    pilot = PilotPaths(arguments.pilot)
    offer_extract(installation, pilot.welfare)
    state = State(
        known=Known(pilot.bank_people),
        asker=installation.asker(listening),
        keys=installation.bank_keys(),
        wants_certificate=bool(tls_port),
    )
    if arguments.faults:
        read_faults_file(arguments.faults, state.faults)
    asyncio.run(serve(DataBanks(state), installation, port, tls_port))


def free_port() -> int:
    """Give a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def serve(banks: DataBanks, installation: Installation, port: int, tls_port: int | None) -> None:
    """Serve on one port, and on another for whoever shows a certificate, until a signal comes."""
    servers = [Server(banks, HOST, port, interface=Interfaces.ASGINL, log_enabled=False, websockets=False)]
    if tls_port:
        servers.append(
            Server(
                banks, HOST, tls_port, interface=Interfaces.ASGINL, log_enabled=False, websockets=False,
                ssl_cert=installation.home / "server.crt", ssl_key=installation.home / "server.key",
                ssl_ca=installation.home / "authority.crt", ssl_client_verify=True,
            )
        )  # fmt: skip
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    running = [asyncio.create_task(server.serve()) for server in servers]
    await wait_until_open(port)
    print(f"ready http://{HOST}:{port}", flush=True)  # noqa: T201 -- whoever started us waits for this line
    await ended.wait()
    for server in servers:
        server.stop()  # type: ignore[no-untyped-call]  # granian's embedded server has no types
    await asyncio.gather(*running)


async def wait_until_open(port: int) -> None:
    """Wait until somebody listens."""
    while True:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


if __name__ == "__main__":
    main()
