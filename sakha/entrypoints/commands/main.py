"""The command line: `sakha <command>`. Decides which command runs and turns refusals into a sentence and exit code 2.

Each command is a module beside this one with `add_arguments(parser)` and `run(arguments) -> int`.
"""

from __future__ import annotations

import argparse
import atexit
import importlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sakha.entrypoints.commands.database import OwnerUnknownError
from sakha.entrypoints.commands.embedded_postgres import ServerFailedError
from sakha.entrypoints.commands.surroundings import prepare_for_help, prepare_surroundings
from sakha.vocabulary.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_REFUSED: Final = 2
EXIT_INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class Command:
    """A word of the command line: the module behind it, what it does, whether it needs the database."""

    module: str
    summary: str
    needs_surroundings: bool = True
    is_demonstration: bool = False
    serves: bool = False


COMMANDS: Final = {
    "demo": Command(
        "demo",
        "do the main job on a simulated pilot province, print what happened, serve the site",
        is_demonstration=True,
        serves=True,
    ),
    "serve": Command("serve", "serve the site, with a worker for background jobs", serves=True),
    "worker": Command("worker", "run background jobs only"),
    "migrate": Command("migrate", "bring the database schema up to this version and set the application's privileges"),
    "open-province": Command("open_province", "open a province: offices, charities and their first links, training"),
    "create-account": Command("create_account", "make an organisation's first account"),
    "issue-client": Command("issue_client", "make a client of the interface with its first key; by default a sandbox"),
    "api-reference": Command("api_reference", "print the reference of the interface (docs/api_reference.md)"),
    "digest-key": Command("digest_key", "draw a key under which a client asks by digest, or end one"),
    "link-register": Command("link_register", "compare whoever is new with everybody; merge the certain, ask people"),
    "load-extract": Command("load_extract", "take in a data bank's extract for registered people"),
    "load-coverage-list": Command("load_coverage_list", "take in an agency's list of whom it covers"),
    "search-uncovered": Command("search_uncovered", "find poor households that nobody covers in a welfare extract"),
    "invite": Command("invite", "queue invitations by SMS for the uncovered of a province"),
    "ask-banks": Command("ask_banks", "ask the national data banks about households that are due"),
    "build-assets": Command("build_assets", "build style sheet, typefaces and map for the sites"),
    "figures": Command("figures", "print the province's page of figures"),
    "report": Command("report", "write a province's or the nation's report of a past day as PDF and Excel"),
    "new-partner": Command("new_partner", "admit a program that speaks SP DCI, and print its key"),
    "new-key": Command("new_key", "add an encryption or index key to the key file", needs_surroundings=False),
    "rotate-keys": Command("keys", "re-encrypt everything with the newest keys, in batches"),
    "close-blocks": Command("close_blocks", "close the logs' newest events into blocks, as every night"),
    "verify": Command("verify", "prove that no event of the closed logs was altered, removed, inserted or reordered"),
    "publish-roots": Command("publish_roots", "write the closed blocks' roots as JSON lines, to be kept elsewhere"),
    "fit-model": Command("fit_model", "fit a scoring model from a household survey", needs_surroundings=False),
    "score": Command("score", "score a file of households with a model", needs_surroundings=False),
    "link": Command("link", "find the records of a file that speak of one person", needs_surroundings=False),
    "allocate": Command("allocate", "share funds fairly among needs, from files to a file", needs_surroundings=False),
    "stop-database": Command("stop_database", "stop the embedded database", needs_surroundings=False),
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 done, 2 refused with a sentence, 130 interrupted."""
    given = list(sys.argv[1:] if words is None else words)
    if not given or given[0] not in COMMANDS:
        return _show_commands(given)
    command = COMMANDS[given[0]]
    try:
        if command.is_demonstration:
            os.environ.setdefault("SAKHA_IS_DEMONSTRATION", "true")  # every page says that its people are simulated
        if command.serves:
            gather_metrics()
        if command.needs_surroundings:
            wake = prepare_for_help if {"-h", "--help"} & set(given) else prepare_surroundings
            wake()
            if wake is prepare_surroundings:
                require_own_house()
        # a command may import tables, which exist only once the surroundings stand
        module = importlib.import_module(f"sakha.entrypoints.commands.{command.module}")
        parser = argparse.ArgumentParser(prog=f"sakha {given[0]}", description=command.summary)
        module.add_arguments(parser)
        return int(module.run(parser.parse_args(given[1:])))
    except Refusal as refusal:
        print(f"{refusal.code}: {refusal.message}", file=sys.stderr)  # noqa: T201 - the command line's answer
        return EXIT_REFUSED
    except (OwnerUnknownError, ServerFailedError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command line's answer
        return EXIT_REFUSED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def require_own_house() -> None:
    """Refuse a database of other people than this program's: simulated and real ones never meet in one."""
    houses = importlib.import_module("sakha.entrypoints.commands.house")
    houses.check()


def gather_metrics() -> None:
    """Let all processes count into one folder. The metrics library looks for it once, when it is first imported."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="sakha-metrics-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def _show_commands(given: list[str]) -> int:
    is_help = not given or given[0] in {"-h", "--help", "help"}
    lines = ["usage: sakha <command> [options]", ""]
    lines += [f"  {name:<20}{command.summary}" for name, command in COMMANDS.items()]
    print("\n".join(lines), file=sys.stdout if is_help else sys.stderr)
    return 0 if is_help and given else EXIT_REFUSED
