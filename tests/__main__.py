"""Runs everything that CI runs, with timings: `python -m tests`.

Starts from nothing but Python 3.11 and pip: makes `.venv`, installs the project and its test tools
there, fetches Chromium and Redis from Debian when it may (root, apt-get), and then checks format,
lint, types, import contracts, the pages' JavaScript, and the tests with coverage. Says in its
summary what could not be run; in CI (CI=true) that is a failure. It decides nothing about the tests
themselves.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
NEEDED = (
    "pytest",
    "pytest_asyncio",
    "xdist",
    "playwright",
    "ruff",
    "mypy",
    "importlinter",
    "coverage",
)
DEBIAN = {
    "chromium": "chromium",
    "redis-server": "redis-server",
    "node": "nodejs",
    "turnserver": "coturn",
}
APT_SECONDS = 600
AT_ONCE = min(2 * (os.cpu_count() or 1), 4)
"""Files of tests at once: more than there are cores, since tests of browsers mostly wait."""
SPREAD = ("-n", str(AT_ONCE), "--dist", "loadfile", "--no-loadscope-reorder")
"""One file's tests share pages and stores; `tests/conftest.py` has the files' order."""
SAME = "--hypothesis-profile=same"
"""The same examples in each run: what passed passes again."""


def main() -> int:
    """Sets up what is missing, runs every step, prints a summary; returns the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # where the locale knows no "…" or "─"
    if sys.version_info < (3, 11):  # noqa: UP036  (pip has not checked it yet)
        print("Meguri needs Python 3.11 or newer; this is", sys.version.split()[0])
        return 2
    python = _environment()
    if python is None:
        return 1
    if not _same(python):
        return subprocess.run([python, "-m", "tests", *sys.argv[1:]], cwd=ROOT).returncode
    absent = _debian()
    return _report(_steps(absent), absent)


def _environment() -> str | None:
    """Returns a Python that has the project and its test tools; makes `.venv` where none has."""
    stamp = VENV / "installed-for"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    if not inside and sys.prefix != sys.base_prefix and all(_installed(name) for name in NEEDED):
        return sys.executable
    python = str(VENV / ("Scripts" if os.name == "nt" else "bin") / "python")
    if stamp.exists() and stamp.read_text() == wanted and Path(python).exists():
        return python
    began = time.monotonic()
    print("Setting up .venv …", flush=True)
    made = Path(python).exists() or _ok([sys.executable, "-m", "venv", str(VENV)])
    if not made or not _ok([python, "-m", "pip", "install", "-q", "-e", ".[tests]"]):
        print("The tests' packages could not be installed.")
        return None
    stamp.write_text(wanted)
    print(f"Setting up .venv: {time.monotonic() - began:.0f} s", flush=True)
    return python


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def _same(python: str) -> bool:
    """Says whether `python` is the interpreter we run in (they may be links to one file)."""
    return Path(python).absolute() == Path(sys.executable).absolute()


def _ok(command: list[str]) -> bool:
    return subprocess.run(command, cwd=ROOT).returncode == 0


def _debian() -> list[str]:
    """Installs what pip cannot, when root and on Debian; returns the programs still absent."""
    absent = [program for program in DEBIAN if shutil.which(program) is None]
    apt = shutil.which("apt-get")
    if absent and apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        began = time.monotonic()
        print(f"Installing {', '.join(absent)} …", flush=True)
        # RUNLEVEL=1: the package must not start a server of its own.
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        packages = [DEBIAN[program] for program in absent]
        if "chromium" in absent:
            packages.append("fonts-noto-cjk")
        patient = [apt, "-q", "-q", "-o", "Acquire::Retries=5", "-o", "DPkg::Lock::Timeout=300"]
        for command in (
            [*patient, "update"],
            [*patient, "install", "-y", "--no-install-recommends", *packages],
        ):
            try:
                ran = subprocess.run(
                    command,
                    env=quiet,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    timeout=APT_SECONDS,
                )
            except subprocess.TimeoutExpired:
                print(f"Not done within {APT_SECONDS} s: {' '.join(command)}")
                continue
            if ran.returncode:
                print(ran.stderr.strip())
        print(f"Installing: {time.monotonic() - began:.0f} s", flush=True)
        absent = [program for program in DEBIAN if shutil.which(program) is None]
    return absent


def _steps(absent: list[str]) -> list[tuple[str, float, int]]:
    """Runs each step, all of them even when one fails; returns (name, seconds, exit code)."""
    python = sys.executable
    scripts = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/**/*.test.js"))
    steps: list[tuple[str, list[str]]] = [
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("lint", [python, "-m", "ruff", "check", "."]),
        ("types", [python, "-m", "mypy"]),
        ("imports", [python, "-c", "from importlinter.cli import lint_imports_command as l; l()"]),
    ]
    if scripts and "node" not in absent:
        steps.append(("javascript", ["node", "--test", *scripts]))
    tests = [python, "-m", "coverage", "run", "-m", "pytest", *SPREAD, SAME, *sys.argv[1:]]
    steps.append(("tests", tests))
    steps.append(("combining", [python, "-m", "coverage", "combine", "--quiet"]))
    steps.append(("coverage", [python, "-m", "coverage", "report"]))
    ran: list[tuple[str, float, int]] = []
    for name, command in steps:
        print(f"\n── {name} " + "─" * (70 - len(name)), flush=True)
        began = time.monotonic()
        code = subprocess.run(command, cwd=ROOT).returncode
        ran.append((name, time.monotonic() - began, code))
    return ran


def _report(ran: list[tuple[str, float, int]], absent: list[str]) -> int:
    """Prints the summary; returns 0 when everything that had to run went well."""
    print("\n── summary " + "─" * 63)
    for name, seconds, code in ran:
        print(f"{'ok    ' if code == 0 else 'FAILED'}  {name:<12} {seconds:6.1f} s")
    for program in absent:
        print(f"absent  {program}: what needs it was not run")
    failed = [name for name, _, code in ran if code]
    whole = sum(seconds for _, seconds, _ in ran)
    if failed:
        print(f"Failed after {whole:.0f} s: {', '.join(failed)}.")
        return 1
    if absent and IN_CI:
        print("In CI nothing may be left out.")
        return 1
    print(f"All well after {whole:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
