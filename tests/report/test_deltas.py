"""How the mechanism's sections name a model."""

from types import SimpleNamespace

import polars as pl

from ssdmath.report import deltas


def test_base_keeps_its_name_where_it_also_has_composed_cells():
    cells = pl.DataFrame(
        [
            ("base", "base", "base"),
            ("base", "composed", "composed"),
            ("ssd_t1_s0@3", "ssd", "ssd t1"),
        ],
        schema=["model", "arm", "condition"],
        orient="row",
    )
    names = deltas.conditions(SimpleNamespace(cells=pl.concat([cells, cells.reverse()])))
    assert names == {"base": "base", "ssd_t1_s0@3": "ssd t1"}
