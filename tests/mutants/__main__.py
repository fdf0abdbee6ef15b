"""`python -m tests.mutants`: make a seeded sample of mutants, run the tests that concern each, print who survived.

Each of WORKERS works in a copy of the tree of its own. A mutant is killed when a test fails, when it cannot be
imported, or when its tests take longer than PATIENCE. SQLite alone, unless `--both` says otherwise.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

from tests.mutants import workshop
from tests.mutants.mutate import Mutant, is_python, mutants
from tests.mutants.rules import rows, without

ROOT = Path(__file__).parents[2]
AREAS = ("services/cases", "services/ledgers", "services/kernel")
#: Draws documents, not rules.
LEFT_OUT = frozenset({"services/cases/state_diagram.py"})
#: Tests of an area besides those that import its module.
BESIDES: Mapping[str, Sequence[str]] = {
    "services/cases": ("tests/services/test_case_table.py",),
    "services/cases/eligibility.py": ("tests/services/cases/test_intake.py",),
    "services/kernel/months.py": ("tests/services/ledgers/test_ledger_months.py",),
    "services/kernel/terminology.py": ("tests/services/test_case_table.py",),
}
SAMPLE, SEED, WORKERS = 90, 13, 2
#: Seconds that the tests of one mutant may take; what loops for ever is killed.
PATIENCE = 900
#: pytest's answers that mean a test noticed: failed, could not be collected, or its conftest.py not be imported.
NOTICED = (1, 2, 4)
IGNORED = shutil.ignore_patterns(".git", ".venv", ".*_cache", "*.db", "data")


class Verdict(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMED_OUT = "timed out"


@dataclass(frozen=True)
class Task:
    """A mutant of a module, and the test files that concern the module."""

    module: str
    mutant: Mutant
    tests: Sequence[str]


def modules() -> list[str]:
    """The modules that are mutated, as paths from the root."""
    paths = (path for area in AREAS for path in sorted((ROOT / area).glob("*.py")))
    names = (path.relative_to(ROOT).as_posix() for path in paths if path.name != "__init__.py")
    return [name for name in names if name not in LEFT_OUT]


def tests_of(module: str) -> list[str]:
    """The test files of a module: its own first, those besides, then those of services/ that import it."""
    area, name = module.rsplit("/", 1)
    own = f"tests/{area}/test_{name}"
    besides = [*BESIDES.get(area, ()), *BESIDES.get(module, ())]
    importing = sorted(
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests/services").rglob("test_*.py")
        if _imports(path, module)
    )
    near = [path for path in importing if path.startswith(f"tests/{area}/")]
    found = dict.fromkeys([own] if (ROOT / own).exists() else [])
    found |= dict.fromkeys(near if found or near else importing)
    found |= dict.fromkeys(besides)
    return list(found) or [f"tests/{area}"]


def _imports(path: Path, module: str) -> bool:
    """Whether the test file imports the module by its name."""
    return module.removesuffix(".py").replace("/", ".") in _imported(path)


@cache
def _imported(path: Path) -> frozenset[str]:
    """The modules that a file imports from, and the names that it takes, which may be modules too."""
    found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    names = {f"{node.module}.{alias.name}" for node in found for alias in node.names}
    return frozenset(names | {str(node.module) for node in found})


def sample(of: Sequence[str], size: int, seed: int) -> list[Task]:
    """`size` mutants (0: all), every module in turn, the same ones for the same seed and code."""
    chance = random.Random(seed)
    decks = []
    for module in of:
        tests = tests_of(module)
        deck = [Task(module, mutant, tests) for mutant in mutants((ROOT / module).read_text())]
        chance.shuffle(deck)
        decks.append(deck)
    dealt = (deck[n] for n in range(max(map(len, decks))) for deck in decks if n < len(deck))
    return list(islice((task for task in dealt if is_python(task.mutant.text)), size or None))


def of_rules() -> list[Task]:
    """A mutant for each function that a row of docs/rules.md names, with the tests of the row."""
    return [
        Task(module, without(ROOT, module, name), tests)
        for _, functions, tests in rows((ROOT / "docs/rules.md").read_text())
        for module, name in functions
    ]


class Workshop:
    """A copy of the tree in which one mutant at a time is made and undone."""

    def __init__(self, folder: Path, options: Sequence[str]) -> None:
        self.root, self.options = folder / "tree", options
        shutil.copytree(ROOT, self.root, ignore=IGNORED)
        self.process = subprocess.Popen(
            [sys.executable, workshop.__file__, str(self.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """Let the process end."""
        self.process.communicate()

    def run(self, tests: Sequence[str], patience: int = 0) -> int:
        """pytest's answer, or TOO_LONG; no patience: it may take as long as it likes."""
        arguments = ["-x", "-q", "-n0", "-p", "no:cacheprovider", *self.options, *tests]
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps({"arguments": arguments, "patience": patience}), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def said(self) -> str:
        """What pytest printed last."""
        return (self.root / workshop.SAID).read_text()

    def judge(self, task: Task) -> Verdict:
        """Make the mutant, run its tests, undo it."""
        path = self.root / task.module
        before, times = path.read_text(), path.stat()
        path.write_text(task.mutant.text)
        try:
            answer = self.run(task.tests, PATIENCE)
        finally:
            path.write_text(before)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        if answer == workshop.TOO_LONG:
            return Verdict.TIMED_OUT
        if answer not in (0, *NOTICED):
            raise RuntimeError(f"pytest answered {answer} to {task.module}:{task.mutant.line}\n{self.said()}")
        return Verdict.SURVIVED if answer == 0 else Verdict.KILLED


def judged(tasks: Sequence[Task], options: Sequence[str], workers: int) -> Iterator[tuple[Task, Verdict]]:
    """Each mutant with its verdict, in the order of the sample."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        free: SimpleQueue[Workshop] = SimpleQueue()
        shops = [Workshop(Path(folder) / str(n), options) for n in range(workers)]
        for shop in shops:
            free.put(shop)

        def work(task: Task) -> Verdict:
            shop = free.get()
            try:
                return shop.judge(task)
            finally:
                free.put(shop)

        with ThreadPoolExecutor(workers) as pool:
            files = sorted({test for task in tasks for test in task.tests})
            parts = [files[n::workers] or files for n in range(workers)]
            for shop, answer in zip(shops, pool.map(Workshop.run, shops, parts), strict=True):
                if answer != 0:
                    raise SystemExit(f"{shop.said()[-2000:]}\nThe tests fail without a mutant: mend them first.")
            yield from zip(tasks, pool.map(work, tasks), strict=True)
        for shop in shops:
            shop.close()


def difference(task: Task) -> str:
    """The lines that the mutant changes."""
    before = (ROOT / task.module).read_text().splitlines()
    lines = difflib.unified_diff(before, task.mutant.text.splitlines(), lineterm="", n=0)
    return "\n".join(f"    {line}" for line in list(lines)[3:])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sample; 0 whoever survives, for what survives is to be judged by people."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"how many mutants, 0 for all ({SAMPLE})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"another number draws others ({SEED})")
    parser.add_argument("--module", action="append", metavar="PATH", help="only of this module; may be repeated")
    parser.add_argument("--rules", action="store_true", help="take out each function that docs/rules.md names instead")
    parser.add_argument("--workers", type=int, default=WORKERS, help=f"at once ({WORKERS})")
    parser.add_argument("--both", action="store_true", help="tests run on PostgreSQL as well; takes twice as long")
    given = parser.parse_args(arguments)
    tasks = of_rules() if given.rules else sample(given.module or modules(), given.sample, given.seed)
    options = ["-m", "not office", *([] if given.both else ["-k", "not postgresql"])]
    counts: Counter[Verdict] = Counter()
    began = time.monotonic()
    for task, verdict in judged(tasks, options, given.workers):
        counts[verdict] += 1
        if verdict is not Verdict.KILLED:
            print(f"{verdict.value}: {task.module}:{task.mutant.line} ({task.mutant.kind})")
            print("\n".join(task.tests) if given.rules else difference(task), flush=True)
        print(f"{counts.total()} of {len(tasks)}", file=sys.stderr, flush=True)
    told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict)
    print(f"{len(tasks)} mutants in {(time.monotonic() - began) / 60:.1f} minutes: {told}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
