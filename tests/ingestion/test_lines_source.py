"""A file of JSON lines as a source."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion import BrokenLine
from ingestion.parsing import jsonl
from ingestion.sources.errors import SourceUnreachable
from ingestion.sources.lines import LinesSettings, LinesSource, open_lines


async def keys(source: LinesSource) -> list[str]:
    return [entry.key async for entry in source.entries()]


async def test_what_is_read_is_a_record_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    line = '{"id": "1", "text": "Texte.", "kind": "loi", "replaces": ["2"], "autre": 1, "signed_on": "2026-01-02"}\n'
    path.write_bytes(gzip.compress(line.encode()))
    async with open_lines(LinesSettings(path)) as source:
        assert await keys(source) == ["1"]
        read = b"".join([piece async for piece in source.read("1")])
    again = tmp_path / "b.jsonl"
    again.write_bytes(read)
    assert list(jsonl.records(again, 1000)) == list(jsonl.records(path, 1000))


async def test_the_file_is_read_once_for_entries_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"id": "{n}", "text": "Texte {n}."}}\n' for n in range(1200)))
    opened: list[Path] = []
    records = jsonl.records

    def counted(path: Path, limit: int) -> Iterator[tuple[int, jsonl.Record]]:
        opened.append(path)
        return records(path, limit)

    monkeypatch.setattr(jsonl, "records", counted)
    async with open_lines(LinesSettings(path)) as source:
        for key in await keys(source):
            assert [piece async for piece in source.read(key)]
    assert len(opened) == 2


async def test_a_broken_line_and_a_missing_file_stop_the_listing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    async with open_lines(LinesSettings(path)) as source:
        with pytest.raises(SourceUnreachable):
            await keys(source)
        path.write_text('{"id": "1", "text": "a"}\n{"id": \n')
        with pytest.raises(BrokenLine, match="ligne 2"):
            await keys(source)
