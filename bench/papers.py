"""Time from a case to its Word file and to its page, compared with reading the empty template.

`python -m bench.papers`
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from sqlalchemy import select

from bench.clock import median_ms
from documents import render
from models.cases import Completion, ServiceCase
from models.places import County
from seed.accounts import make_accounts
from seed.demo import load_demo
from seed.load import load_counties
from services.kernel.actor import SYSTEM
from services.kernel.schema import upgrade
from services.kernel.transaction import open_engine, open_session, working
from services.papers import case_papers


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(engine)
        with working(engine, SYSTEM) as session:
            load_counties(session)
            make_accounts(session, "Bench-pass-2026")
        load_demo(engine, date(2026, 11, 21))
        print(f"{'county':<12}{'paper':<14}{'Word ms':>9}{'page ms':>9}{'÷ template':>12}")
        with open_session(engine, SYSTEM, write=False) as session:
            for county in session.scalars(select(County).order_by(County.code)):
                closed = select(Completion.case_id).where(Completion.county_id == county.id)
                case = session.scalars(select(ServiceCase).where(ServiceCase.id.in_(closed)).limit(1)).one()
                for sheet in case_papers.papers_of_case(session, case):
                    word = median_ms(lambda c=case, s=sheet: case_papers.as_word(session, c, s))  # type: ignore[misc]
                    page = median_ms(lambda c=case, s=sheet: case_papers.as_page(session, c, s))  # type: ignore[misc]
                    values = case_papers.blank_values(session, county)
                    content = render.default_template(sheet.paper)
                    floor = median_ms(lambda c=content, v=values: render.fill(c, v))  # type: ignore[misc]
                    print(f"{county.slug:<12}{sheet.paper.key:<14}{word:>9.0f}{page:>9.0f}{word / floor:>12.2f}")
        engine.dispose()


if __name__ == "__main__":
    main()
