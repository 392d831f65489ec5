from ssdmath.report.figures import theme
from ssdmath.tables import statuses


def test_every_status_is_of_exactly_one_kind():
    kinds = [*statuses.JUDGED, *statuses.UNJUDGED, *statuses.VOTELESS]
    assert sorted(kinds) == sorted(statuses.STATUSES)


def test_every_status_has_a_colour_of_its_own():
    colours = [theme.STATUS[status] for status in statuses.STATUSES]
    assert len(set(colours)) == len(statuses.STATUSES)
