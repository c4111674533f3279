import json

import pytest

from customers.errors import Refused
from customers.importing.mapping import ColumnRule, Mapping, from_json, load_mapping

WRITTEN = {
    "columns": {"invoice": "Rechnung", "date": {"column": "Datum", "format": "DD.MM.YYYY"},
                "currency": {"constant": "EUR"}},
    "ignore": ["Bearbeiter"], "date_format": "D.M.YYYY", "decimal_mark": ",",
}  # fmt: skip
MEANT = Mapping(
    columns={
        "invoice": ColumnRule(column="Rechnung"),
        "date": ColumnRule(column="Datum", date_format="DD.MM.YYYY"),
        "currency": ColumnRule(constant="EUR"),
    },
    ignore=frozenset({"Bearbeiter"}),
    date_format="D.M.YYYY",
    decimal_mark=",",
)


def test_both_spellings_mean_the_same():
    table = (
        "ours,theirs,constant,format\r\ninvoice,Rechnung,,\r\ndate,Datum,,DD.MM.YYYY\r\ncurrency,,EUR,\r\n"
        ',Bearbeiter,,\r\ndate_format,,D.M.YYYY,\r\ndecimal_mark,,",",\r\n'
    )

    assert load_mapping("map.json", json.dumps(WRITTEN).encode()) == MEANT
    assert load_mapping("map.CSV", b"\xef\xbb\xbf" + table.encode()) == MEANT
    assert from_json(MEANT.as_json()) == MEANT


@pytest.mark.parametrize(
    "written",
    [
        b"[]", b"{", b'{"colums": {}}', b'{"columns": {"date": 5}}', b'{"columns": {"date": {}}}',
        b'{"columns": {"date": {"column": "a", "constant": "b"}}}', b'{"decimal_mark": ";"}',
        b'{"date_format": "whenever"}', b"\xff", b'{"columns": []}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_refuses_maps_it_does_not_understand(written):
    with pytest.raises(Refused):
        load_mapping("map.json", written)


def test_refuses_a_table_without_the_two_columns():
    with pytest.raises(Refused, match="ours, theirs"):
        load_mapping("map.csv", b"a,b\n1,2\n")
