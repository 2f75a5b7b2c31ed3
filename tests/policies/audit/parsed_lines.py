"""Reads lines of a SIEM's formats back, by the grammar of each standard."""

import json
import re
from typing import Any

_SYSLOG = re.compile(
    r"<(?P<priority>\d{1,3})>1 (?P<at>\S+) (?P<host>[!-~]{1,255}) (?P<app>[!-~]{1,48}) (?P<process>[!-~]{1,128}) "
    r'(?P<name>[!-~]{1,32}) \[(?P<id>[!-~]+)(?P<data>(?: [!-<>-~]+="(?:[^"\\\]]|\\.)*")*)\] (?P<text>.*)'
)
_PARAMETER = re.compile(r' ([!-<>-~]+)="((?:[^"\\\]]|\\.)*)"')


def parsed_syslog(line: str) -> tuple[dict[str, str], dict[str, str]]:
    """The header with the text, and the structured data (RFC 5424, 6)."""
    found = _SYSLOG.fullmatch(line)
    assert found, line
    data = {name: re.sub(r'\\(["\\\]])', r"\1", value) for name, value in _PARAMETER.findall(found["data"])}
    return found.groupdict(), data


def parsed_cef(line: str) -> tuple[list[str], dict[str, str]]:
    """The seven fields of the header, and the extension."""
    *header, extension = re.split(r"(?<!\\)(?:\\\\)*\|", line, maxsplit=7)
    keys = list(re.finditer(r"(?:^| )(\w+)(?<!\\)=", extension))
    ends = [one.start() for one in keys[1:]] + [len(extension)]
    values = {one[1]: extension[one.end() : end] for one, end in zip(keys, ends, strict=True)}
    return header, {name: re.sub(r"\\([=\\])", r"\1", value) for name, value in values.items()}


def parsed_json(line: str) -> dict[str, Any]:
    """The object."""
    read = json.loads(line)
    assert isinstance(read, dict)
    return read
