"""The shape of a 4B model, in whose size the plan's memory is tested."""

from ssdmath.config.planning import ShapeConfig

FOUR_B = ShapeConfig(
    parameters=4_200_000_000, layers=32, hidden=2560, intermediate=9216, vocabulary=248_320
)
