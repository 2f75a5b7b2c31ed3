"""Queries about announcements."""

from typing import LiteralString

_COLUMNS: LiteralString = "id, text, kind, starts_at, ends_at, published_by, published_at, edition, withdrawn_at"

# What is shown now or will be.
NOT_OVER: LiteralString = f"""
select {_COLUMNS} from announcement where withdrawn_at is null and ends_at > %s order by starts_at, id
"""  # noqa: S608 - of two constants

PAGE: LiteralString = f"select {_COLUMNS} from announcement order by id desc limit %s offset %s"  # noqa: S608

COUNT: LiteralString = "select count(*) from announcement"

ONE: LiteralString = f"select {_COLUMNS} from announcement where id = %s"  # noqa: S608

# Who changes one keeps others from it meanwhile.
CHANGING: LiteralString = f"{ONE} for update"

PUBLISH: LiteralString = f"""
insert into announcement (text, kind, starts_at, ends_at, published_by, publisher, published_at)
values (%(text)s, %(kind)s, %(starts_at)s, %(ends_at)s, %(by)s, %(subject)s, %(now)s)
returning {_COLUMNS}
"""  # noqa: S608

CHANGE: LiteralString = f"""
update announcement
set text = %(text)s, kind = %(kind)s, starts_at = %(starts_at)s, ends_at = %(ends_at)s, edition = edition + 1
where id = %(id)s
returning {_COLUMNS}
"""  # noqa: S608

WITHDRAW: LiteralString = f"""
update announcement set withdrawn_at = %(now)s, edition = edition + 1 where id = %(id)s returning {_COLUMNS}
"""  # noqa: S608
