"""SQL about a ministry's own instructions to the model (table in deploy/migrations/0039_models_and_guidance.sql)."""

from typing import LiteralString

# One change after the other, for versions count without a gap.
LOCK: LiteralString = "select pg_advisory_xact_lock(hashtextextended('guidance', 0))"

LAST: LiteralString = "select version, text, by, at from guidance order by version desc limit 1"

ALL: LiteralString = "select version, text, by, at from guidance order by version"

ADD: LiteralString = """
insert into guidance (version, text, by) values (%(version)s, %(text)s, %(by)s) returning version, text, by, at
"""
