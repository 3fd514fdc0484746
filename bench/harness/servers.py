"""Programs that are measured: each has a core of its own, and the CPU time and memory of all its processes count."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.replicas.environment import free_port
from examples.run import ROOT, STOP_S, NotStarted
from sandbox.model.world import World
from tests.support.shop import ORIGIN

CORES = sorted(os.sched_getaffinity(0))

SERVER_CORES = CORES[:1]
"""The measured program's core. The load and the upstream stand-in share the last one."""

START_S = 120


@dataclass(frozen=True)
class Variant:
    """A program to measure. `{port}`, `{upstream}` and `{file}` in its command and environment are filled in."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    ready: str | None = None
    """Path that answers 200 when the program is ready. None if any answer shows that it is."""
    template: str = ""
    """Content of a file for the program. `{port}` and `{upstream}` in it are filled in, and `{file}` is its path."""


def gateway(name: str, **settings: str) -> Variant:
    """The gateway as shipped, with changed settings."""
    keys = World().keys
    environment = {
        "RIVERFRONT_PORT": "{port}",
        "RIVERFRONT_UPSTREAM_URL": "{upstream}",
        "RIVERFRONT_API_KEY": keys.confidential_key,
        "RIVERFRONT_API_SECRET": keys.confidential_secret,
        "RIVERFRONT_PUBLISHABLE_KEY": keys.public_key,
        "RIVERFRONT_DRAIN_S": "0",
        # The load is as great as the program can carry.
        "RIVERFRONT_OVERLOAD_WAIT_S": "0",
        "RIVERFRONT_SESSION_POINTS": "0",
        "RIVERFRONT_ORIGINS": ORIGIN,
    }
    command = (sys.executable, "-m", "gateway", "serve")
    return Variant(name, command, environment | settings, ready="/health/ready")


PLANS = gateway("gateway")

PLANS_OFF = gateway("plans off", RIVERFRONT_COMPILED_PLANS="false")

SANDBOX = Variant("sandbox", (sys.executable, "-m", "sandbox", "--port", "{port}"), ready="/_sandbox/health")

PASS_THROUGH = Variant("pass-through", (sys.executable, "-m", "bench.harness.pass_through"), {"UPSTREAM": "{upstream}"})

OURS = [PLANS, PLANS_OFF]
"""The gateway with and without compiled plans."""


@dataclass
class Server:
    """A running program."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_s(self) -> float:
        """User and system time of all processes of the program, in seconds."""
        return sum(self.cpu_of_processes_s().values())

    def cpu_of_processes_s(self) -> dict[int, float]:
        """CPU time by process id."""
        return {pid: cpu_s(pid) for pid in self.processes()}

    def processes(self) -> list[int]:
        """Ids of the processes of the program, which are those of its process session."""
        pids = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                session = path.read_text().rpartition(")")[2].split()[3]
                pids += [int(path.parent.name)] if int(session) == self.process.pid else []
        return pids

    def memory_mb(self) -> float:
        """Resident memory of the largest process, in MB of 10^6 bytes."""
        kilobytes = [0]
        for pid in self.processes():
            with suppress(OSError):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                kilobytes += [int(line.split()[1]) for line in lines if line.startswith("VmRSS")]
        return max(kilobytes) * 1024 / 1e6


def cpu_s(pid: int) -> float:
    """CPU time of all threads of a process in seconds. The kernel's counters of the scheduler are more exact than those
    of /proc/PID/stat, which count hundredths of a second."""
    times_ns = []
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(ProcessLookupError):
            times_ns.append(int(path.read_text().split()[0]))
    return sum(times_ns) / 1e9


@contextmanager
def serving(variant: Variant, upstream: str, cores: list[int] = SERVER_CORES) -> Iterator[Server]:
    """Run a program on these cores until the `with` block ends."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        file, log = Path(folder, "template.graphql"), Path(folder, "log")

        def filled(value: str) -> str:
            values = {"{port}": str(port), "{upstream}": upstream, "{file}": str(file)}
            for name, replacement in values.items():
                value = value.replace(name, replacement)
            return value

        file.write_text(filled(variant.template))
        environment = {name: filled(value) for name, value in variant.environment.items()}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [filled(part) for part in variant.command],
                cwd=variant.folder,
                env=os.environ | {"PORT": str(port)} | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        os.sched_setaffinity(process.pid, cores)
        server = Server(variant.name, process, port, log)
        try:
            wait_until_ready(server, variant.ready)
            yield server
        finally:
            stop(process)


def wait_until_ready(server: Server, path: str | None) -> None:
    give_up_at = time.monotonic() + START_S
    while time.monotonic() < give_up_at and server.process.poll() is None:
        try:
            urllib.request.urlopen(server.url + (path or "/"), timeout=5).close()  # noqa: S310 - a local address
            return
        except urllib.error.HTTPError:
            if path is None:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise NotStarted(f"{server.name} did not start:\n{server.log.read_text()[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End all processes of the program."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 15)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()


def take_last_core() -> None:
    """Move this process, which makes the load, away from the measured program. If it is terminated, it ends all
    programs that it has started."""
    os.sched_setaffinity(0, CORES[-1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
