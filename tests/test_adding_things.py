"""“Adding things” in ARCHITECTURE.md, done on a copy of the tree: each thing takes the lines that stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
COPIED = ("admin", "commands", "documents", "excel", "models", "seed", "services", "tests")


@dataclass(frozen=True)
class Edit:
    """`lines` written into `file` after the line that contains `after`; without it, into a new file."""

    file: str
    after: str | None
    lines: str

    def apply(self, tree: Path) -> int:
        """Write the lines; gives how many there are."""
        path, new = tree / self.file, self.lines.strip("\n")
        if self.after is None:
            path.write_text(new + "\n")
        else:
            old = path.read_text().split("\n")
            (at,) = (n for n, line in enumerate(old) if self.after in line)
            old.insert(at + 1, new)
            path.write_text("\n".join(old))
        return sum(1 for line in new.split("\n") if line.strip())


@dataclass(frozen=True)
class Change:
    """`old` in `file` becomes `new`, in one line."""

    file: str
    old: str
    new: str

    def apply(self, tree: Path) -> int:
        """Change the line; it counts as one."""
        path = tree / self.file
        text = path.read_text()
        assert text.count(self.old) == 1, (self.file, self.old)
        path.write_text(text.replace(self.old, self.new))
        return 1


EDITS: dict[str, tuple[Edit | Change, ...]] = {
    "column": (
        Edit(
            "models/projects.py",
            'industry: Mapped[str | None] = field("行业"',
            "    registered_capital: Mapped[Decimal | None] = "
            'field("注册资本", Money(), unit=Unit.WAN_YUAN, filter=True)',
        ),
    ),
    "table": (
        Edit(
            "models/office.py",
            'forbidden: Mapped[bool] = field("禁用语"',
            '''

class HotlineCall(CountyScoped, Versioned, Base):
    """热线来电: who called the county's hotline."""

    __tablename__ = "hotline_call"
    __title__ = "热线来电"
    __label__ = "caller"

    caller: Mapped[str] = field("来电人", String(30), search=True)
    called_on: Mapped[date] = field("来电日期", filter=True)
''',
        ),
        Edit("services/kernel/access.py", '**_table("service_phrase"', '    **_table("hotline_call", READERS, LEAD),'),
        Change(
            "admin/__init__.py", "import Commendation, CommonIssue,", "import Commendation, CommonIssue, HotlineCall,"
        ),
        Edit("admin/__init__.py", "(ServicePhrase, BackOfficeView),", "            (HotlineCall, BackOfficeView),"),
    ),
    "import": (
        Edit(
            "models/office.py",
            '    __title__ = "热线来电"',
            '    __natural__ = (("caller", "called_on"),)',
        ),
        Change(
            "services/kernel/access.py",
            '**_table("hotline_call", READERS, LEAD),',
            '**_table("hotline_call", READERS, LEAD, bring=LEAD),',
        ),
        Edit("services/transfer/import_specs.py", "from models.items import", "from models.office import HotlineCall"),
        Edit("services/transfer/import_specs.py", "        _plain(Window),", "        _plain(HotlineCall),"),
    ),
    "role": (
        Edit("models/people.py", "CHIEF_OFFICER = ", '    DEPUTY_OFFICER = "deputy_officer", "副首席服务员"'),
        Edit(
            "services/kernel/roles.py",
            "Role.INSPECTOR: RoleSpec(",
            "    Role.DEPUTY_OFFICER: RoleSpec(extends=Role.CHIEF_OFFICER,"
            ' adds=["service_case.create"], removes=["case.terminate"]),',
        ),
        Edit(
            "seed/accounts.py",
            'rows.append(("officer", "首席服务员"',
            '        rows.append(("deputy", "副首席服务员", Role.DEPUTY_OFFICER, ChiefServiceOfficer, ""))',
        ),
    ),
    "state": (
        Edit("models/cases.py", "IN_PROGRESS = ", '    SUSPENDED = "suspended", "已中止", Tone.WARN'),
        Change(
            "models/cases.py",
            "OPEN = RUNNING | {CaseState.APPROVED,",
            "OPEN = RUNNING | {CaseState.SUSPENDED, CaseState.APPROVED,",
        ),
        Edit(
            "services/cases/transitions.py",
            '"assign": _move(A.CASE_ASSIGN',
            '    "suspend": _move(A.CASE_SUSPEND, [S.IN_PROGRESS], S.SUSPENDED, "suspend"),\n'
            '    "resume": _move(A.CASE_RESUME, [S.SUSPENDED], S.IN_PROGRESS, "suspend"),',
        ),
        Edit(
            "models/actions.py",
            "CASE_ASSIGN = ",
            '    CASE_SUSPEND = "case.suspend", "中止"\n    CASE_RESUME = "case.resume", "恢复办理"',
        ),
        Edit("services/kernel/access.py", '"case.hand_over": ', '    "case.suspend": LEAD,'),
        # Its date, which the ledger of a past month and 撤回上一步 go by.
        Edit(
            "models/cases.py",
            'assigned_on: Mapped[date | None] = field("分派日期"',
            '    suspended_on: Mapped[date | None] = field("中止日期", hide="form list")',
        ),
        Edit("services/cases/transitions.py", '"assign": "assigned_on",', '    "suspend": "suspended_on",'),
    ),
    "action": (
        Edit(
            "services/cases/dispatch.py",
            "from services.kernel.errors import RuleViolation",
            '''

def suspend(session: Session, cases: Sequence[ServiceCase], *, on: date, reason: str) -> None:
    """中止: the case stands still."""
    require(session, "case.suspend")
    for case in cases:
        with transition(session, case, "suspend", on, reason):
            pass
''',
        ),
        Edit(
            "admin/cases.py",
            '_case_action("hand_over", HandOverForm',
            '    _case_action("suspend", ReasonForm, dispatch.suspend),',
        ),
    ),
    "paper variable": (
        Edit(
            "documents/variables.py",
            'of_column(Enterprise, "postcode"),',
            '            of_column(Enterprise, "industry"),',
        ),
        Change(
            "services/papers/case_values.py", '("credit_code", "address",', '("credit_code", "industry", "address",'
        ),
    ),
    "paper": (
        Edit(
            "documents/papers.py",
            "TWO = (3.8, 12.8)",
            '''

def reminder(county: County, title: str) -> Parts:
    """提醒函."""
    return _notice(title, "{{ applicant }}", "行业：{{ enterprise_industry }}", date="{{ today }}")
''',
        ),
        Edit("documents/papers.py", 'PaperKind("urge", urge', '    PaperKind("reminder", reminder, title="提醒函"),'),
        Edit("services/papers/case_papers.py", '"evaluation": lambda: closed', '        "reminder": lambda: True,'),
    ),
    "figure": (
        Edit(
            "services/statistics/figures.py",
            'FigureKind("overdue", "超期"',
            '    FigureKind("late", "补录件", {"late": True}),',
        ),
        Edit("services/statistics/figures.py", "    received_here: bool", "    late: bool"),
    ),
    "county": (
        Edit(
            "seed/counties/xinxian.py",
            None,
            """
from dataclasses import replace
from seed.counties.wuzhi import WUZHI

XINXIAN = replace(WUZHI, settings={**WUZHI.settings, "code": "410804", "name": "新县", "slug": "xinxian"})
""",
        ),
        Edit("seed/counties/__init__.py", "from seed.counties.wuzhi", "from seed.counties.xinxian import XINXIAN"),
        Change("seed/counties/__init__.py", "BALINZUOQI, HESHUO)", "BALINZUOQI, HESHUO, XINXIAN)"),
    ),
}


@dataclass(frozen=True)
class Report:
    """How many lines each thing took, and what the program then did."""

    lines: dict[str, int]
    facts: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Everything added to one copy of the tree, and the copy run once."""
    tree = tmp_path_factory.mktemp("newcomer")
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "browser"))
    for file in (*ROOT.glob("*.py"), ROOT / "pyproject.toml"):
        shutil.copy(file, tree)
    lines = {thing: sum(edit.apply(tree) for edit in edits) for thing, edits in EDITS.items()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.after_adding", str(tree)],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Report(lines, json.loads(done.stdout))


@pytest.mark.parametrize("thing", EDITS)
def test_a_thing_takes_the_lines_that_the_document_says(report: Report, thing: str) -> None:
    document = (ROOT / "ARCHITECTURE.md").read_text()
    told = re.search(rf"^- \*\*An? (?:plain )?{thing}\*\*, (\d+) lines?\b", document, re.M)
    assert told is not None
    assert report.lines[thing] == int(told[1])


def test_a_column_is_in_list_form_filter_export_and_import(report: Report) -> None:
    assert report.facts["column"] == {
        "sent": 302,
        "heading": True,
        "value": True,
        "filter": True,
        "export": True,
        "import": True,
    }


def test_a_table_is_kept_by_the_lead_office_and_read_by_others(report: Report) -> None:
    assert report.facts["table"] == {"menu": True, "sent": 302, "row": True, "export": True, "read": 200, "write": 403}


def test_an_import_has_its_page_its_template_and_its_preview(report: Report) -> None:
    assert report.facts["import"] == {"page": 200, "template": 200, "preview": True, "inspector": 403}


def test_a_role_that_extends_another_differs_where_its_spec_says(report: Report) -> None:
    assert report.facts["role"] == {
        "more": ["service_case.create"],
        "less": ["case.terminate"],
        "rows": [],
        "needs": True,
        "phones": True,
        "cards": True,
        "list": 200,
        "form": 200,
    }


def test_a_state_is_shown_counted_drawn_and_undone(report: Report) -> None:
    assert report.facts["state"] == {
        "sent": 302,
        "state": "suspended 2026-03-02",
        "tone": True,
        "card": [1],
        "chart": True,
        "diagram": True,
        "ledger": "已中止",
        "undone": "in_progress None",
    }


def test_a_paper_with_a_new_variable_is_offered_and_filled_in(report: Report) -> None:
    assert report.facts["paper"] == {"listed": True, "sheet": 200, "filled": True}


def test_a_figure_is_counted_with_a_link_to_its_rows(report: Report) -> None:
    assert report.facts["figure"] == {"heading": True, "counted": 2, "link": True}


def test_a_county_works_apart_from_the_others(report: Report) -> None:
    assert report.facts["county"] == {
        "accounts": True,
        "sent": 302,
        "own": True,
        "others": False,
        "items": True,
        "form": 200,
    }
