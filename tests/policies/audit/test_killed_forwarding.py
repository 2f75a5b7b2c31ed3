"""kill -9 between what a SIEM took and the note of it: a record may come twice, and none is missing."""

import asyncio
import json
import sys
from pathlib import Path

from policies import Act, Event, PostgresLedger, Principal
from tests.certificate import certificate_of_this_machine
from tests.policies.audit.collectors import relp_collector
from tests.policies.audit.parsed_lines import parsed_syslog
from ui.database import DatabaseSettings, Pool

RECORDS = 450  # three batches
KILLED_AT = (0, 130, 201, 449)  # when that record has come


async def test_a_killed_process_leaves_no_gap(
    postgres: DatabaseSettings, pool: Pool, agent: Principal, tmp_path: Path
) -> None:
    async with pool.connection() as connection:
        for _ in range(RECORDS):
            await PostgresLedger().append(connection, Event(Act.SESSIONS_LISTED, agent, {"sessions": 1}))
    certificate = certificate_of_this_machine(tmp_path)
    async with relp_collector(certificate, tmp_path) as collector:
        for index in (*KILLED_AT, RECORDS - 1):
            arguments = [postgres.url, collector.address, str(certificate.public)]
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.policies.audit.forwarding_process", *arguments
            )
            while index not in indexes(collector.received()):
                await collector.heard(len(collector.received()) + 1)
            process.kill()
            await process.wait()
        seen = indexes(collector.received())
    assert sorted(set(seen)) == list(range(RECORDS))
    first_times = list(dict.fromkeys(seen))
    assert first_times == sorted(first_times)


def indexes(lines: list[str]) -> list[int]:
    return [json.loads(parsed_syslog(line)[0]["text"])["event"]["sequence"] for line in lines]
