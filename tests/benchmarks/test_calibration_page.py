"""docs/calibration.md says what docs/calibration.json holds, and names what was missed."""

import json

import calibrate
from calibration_page import page

NUMBERS = json.loads((calibrate.DOCS / "calibration.json").read_text())


def test_the_page_is_written_from_its_numbers():
    shown = (calibrate.DOCS / "calibration.md").read_text()
    assert page(NUMBERS, "calibration.svg") == shown


def test_a_setting_outside_the_promise_is_named():
    numbers = json.loads(json.dumps(NUMBERS))
    numbers["tables"]["grid"][0]["null covers"] = 0.9
    assert "n=100, K=1: 95 % interval of a null difference covers: 90.0 %" in page(numbers, "x")
