"""Commands about accounts: `user list`, `user add`, `user password`."""

from __future__ import annotations

import click
from sqlalchemy import select

from commands.base import cli, find_county, open_database
from models.people import Role, User
from models.types import Labelled
from services.kernel.accounts import check_password, find_user, hash_password, random_password, set_password
from services.kernel.actor import SYSTEM
from services.kernel.transaction import open_session, working
from settings import read_settings


@cli.group()
def user() -> None:
    """Accounts."""


@user.command("list")
def user_list() -> None:
    """Names and roles of all accounts."""
    with open_session(open_database(read_settings()), SYSTEM, write=False) as session:
        for row in session.scalars(select(User).order_by(User.username)):
            role: Labelled | None = row.role
            click.echo(f"{row.username}\t{role.label if role else '—'}\t{'启用' if row.active else '停用'}")


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="姓名")
@click.option("--role", type=click.Choice([r.value for r in Role]), required=True)
@click.option("--county", help="行政区划代码")
def user_add(username: str, name: str, role: str, county: str | None) -> None:
    """Add an account; prints its first password, which must be changed."""
    first = random_password()
    hashed = hash_password(first)
    with working(open_database(read_settings()), SYSTEM) as session:
        if find_user(session, username):
            raise click.ClickException(f"已有账号 {username}")
        place = find_county(session, county) if county else None
        session.add(
            User(
                username=username,
                display_name=name,
                role=Role.parse(role),
                password_hash=hashed,
                county_id=place.id if place else None,
                must_change_password=True,
            )
        )
    click.echo(f"{username}\t{first}")


@user.command("password")
@click.argument("username")
@click.option("--password", help="不给则随机生成")
def user_password(username: str, password: str | None) -> None:
    """Give an account a new first password and end its sessions."""
    first = password or random_password()
    hashed = hash_password(first)
    with working(open_database(read_settings()), SYSTEM) as session:
        row = find_user(session, username)
        if row is None:
            raise click.ClickException(f"没有账号 {username}")
        check_password(first, username)
        set_password(session, row, hashed, must_change=True)
    click.echo(f"{username}\t{first}")
