"""Runs a program as a child and tells what it cost: processor seconds and peak memory by the kernel's own count."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

KIB_OF_GIB = 1024 * 1024
LAST_LINES = 15
CLOCK_TIMES = 6


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took; `stopped` when the time limit ended it."""

    cpu_seconds: float
    wall_seconds: float
    peak_gib: float
    stopped: bool = False


class RunFailedError(RuntimeError):
    """A measured program ended with an error."""


def run_measured(command: list[str], log: Path, limit_seconds: float = 7200) -> Cost:
    """Run a program to its end or until it has worked for the limit's processor seconds; what it prints goes to `log`.

    Of the clock it gets several times as much: on a busy machine nobody is stopped for waiting.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    with log.open("w", encoding="utf-8") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        stopped = False
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            waited = time.perf_counter() - begun
            if not stopped and (waited > CLOCK_TIMES * limit_seconds or _worked(child.pid) > limit_seconds):
                stopped = True
                os.killpg(child.pid, signal.SIGKILL)
            time.sleep(0.05)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode and not stopped:
        last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])
        raise RunFailedError(f"{' '.join(command)} ended with {child.returncode}\n{last}")
    return Cost(
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        wall_seconds=time.perf_counter() - begun,
        peak_gib=usage.ru_maxrss / KIB_OF_GIB,
        stopped=stopped,
    )


def _worked(pid: int) -> float:
    """Processor seconds of a running program."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_module(module: str, *arguments: str, log: Path, limit_seconds: float = 7200) -> Cost:
    """Run a Python module of this house."""
    return run_measured([sys.executable, "-m", module, *arguments], log, limit_seconds)


def sakha_link(records: Path, clusters: Path, *arguments: str, log: Path) -> Cost:
    """Run the command whose figures are at stake."""
    program = Path(sys.executable).parent / "sakha"
    return run_measured([str(program), "link", str(records), "--out", str(clusters), *arguments], log)
