"""The list of what a child took out of a file is believed only where it fits the bytes."""

from io import BytesIO
from struct import pack

import pytest

from ingestion.confined import contents
from ingestion.confined.answer import Refused, Rubbish
from ingestion.confined.contents import Contents, Given, Withheld

REFUSED = Refused("TooLarge", "trop grand")


def listed(text: bytes, body: bytes = b"", length: int | None = None) -> BytesIO:
    """Bytes, then this as their list."""
    return BytesIO(body + text + pack(">Q", len(text) if length is None else length))


def test_it_is_read_as_it_was_written() -> None:
    file = BytesIO(b"undeux")
    file.seek(0, 2)
    told = Contents((Given("a", 2), Withheld("b", REFUSED), Given("c", 4)), REFUSED)
    contents.write(told, file)
    assert contents.read(file, 3) == told
    assert [place for _, place in told.placed()] == [0, 2, 2]


@pytest.mark.parametrize(
    "file",
    [
        BytesIO(),
        BytesIO(b"1234567"),
        listed(b"{}"),
        listed(b'{"parts":[],"end":null}', length=1_000),
        listed(b'{"parts":[],"end":null}', length=2**63),
        listed(b'{"parts":[],"end":null}', body=b"plus"),
        listed(b'{"parts":[{"name":"a","length":5}],"end":null}', body=b"peu"),
        listed(b'{"parts":[{"name":"a","length":-1},{"name":"b","length":1}],"end":null}'),
        listed(b'{"parts":[{"name":"","length":0}],"end":null}'),
        listed(b'{"parts":[' + b",".join([b'{"name":"a","length":0}'] * 3) + b'],"end":null}'),
    ],
)
def test_what_does_not_fit_is_rubbish(file: BytesIO) -> None:
    with pytest.raises(Rubbish):
        contents.read(file, 2)
