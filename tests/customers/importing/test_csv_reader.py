import io

import pytest

from customers.importing.faults import UnreadableFile
from customers.importing.tables import read_tables


def tables(data: bytes, name: str = "ledger.csv"):
    return [(table.header, list(table.rows)) for table in read_tables(name, io.BytesIO(data))]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_reads_every_delimiter_line_end_and_mark(mark, end, bom):
    text = mark.join(["number", "name"]) + end + mark.join(["0007", "Zoë"]) + end

    [(header, rows)] = tables(bom + text.encode())

    assert header == ("number", "name")
    assert rows == [(2, ["0007", "Zoë"])]


def test_counts_lines_as_an_editor_does_also_across_quoted_line_breaks():
    [(_, rows)] = tables(b'a,b\n"two\nlines",1\n\n,\nlast,2\n')

    assert [line for line, _ in rows] == [2, 6]


def test_names_position_and_line_of_a_byte_that_is_not_utf8():
    data = b"a,b\nfine,1\nZo" + b"\xeb,2\n"

    with pytest.raises(UnreadableFile, match="0xEB at position 13") as refused:
        tables(data)

    assert refused.value.fault.line == 3


def test_finds_a_bad_byte_far_into_the_file():
    data = b"a,b\n" + b"fine,1\n" * 100_000 + b"\xff,2\n"

    with pytest.raises(UnreadableFile) as refused:
        tables(data)

    assert refused.value.fault.line == 100_002


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "no header"),
        ("a,b\n1,2".encode("utf-16"), "UTF-16"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b'a,b\n1,"never closed\n', "quote"),
    ],
)
def test_refuses_what_is_no_table(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        tables(data)


def test_holds_one_row_at_a_time():
    read = 0

    class Counting(io.BytesIO):
        def readinto(self, buffer):
            nonlocal read
            taken = super().readinto(buffer)
            read += taken
            return taken

        def read1(self, size=-1):
            nonlocal read
            data = super().read1(size)
            read += len(data)
            return data

    data = b"a,b\n" + b"fine,1\n" * 200_000
    table = next(read_tables("ledger.csv", Counting(data)))
    next(table.rows)

    assert 0 < read < 200_000
