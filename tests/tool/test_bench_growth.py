"""`./pith bench growth`: what counts as flat and as linear, and the plots."""

import unittest
import xml.etree.ElementTree as ElementTree

from pith.bench import growth, systems
from pith.bench.curve import Curve
from pith.qemu import Machine

POLYLINE = "{http://www.w3.org/2000/svg}polyline"


class CurveTest(unittest.TestCase):
    def rise(self, *points: tuple[float, float], is_linear: bool = False) -> float:
        return Curve("curve", "a cost", "things", points, is_linear).rise()

    def test_what_falls_or_stays_does_not_rise(self) -> None:
        self.assertEqual(self.rise((1, 50), (10, 40), (100, 40)), 1)

    def test_a_rise_counts_from_the_lowest_point_before(self) -> None:
        self.assertEqual(self.rise((1, 50), (10, 40), (100, 60), (1000, 30)), 1.5)

    def test_of_what_is_linear_it_is_the_cost_of_one(self) -> None:
        self.assertEqual(self.rise((1, 50), (10, 100), (100, 1000), is_linear=True), 1)
        self.assertEqual(self.rise((1, 10), (10, 100), (100, 2000), is_linear=True), 2)
        self.assertGreater(self.rise((1, 10), (10, 1000), (100, 100_000), is_linear=True), growth.MOST_RISE)

    def test_the_plot_rises_where_the_cost_does(self) -> None:
        svg = Curve("curve", "a cost", "things", [(1, 10), (10, 10), (1000, 10_000)]).drawing().svg()
        line = next(iter(ElementTree.fromstring(svg).iter(POLYLINE))).attrib["points"]
        places = [tuple(map(float, place.split(","))) for place in line.split()]
        self.assertEqual(places[0][1], places[1][1])
        self.assertLess(places[2][1], places[1][1])
        self.assertAlmostEqual((places[2][0] - places[1][0]) / (places[1][0] - places[0][0]), 2, places=2)

    def test_a_level_plot_can_be_drawn(self) -> None:
        self.assertIn("</svg>", Curve("curve", "a cost", "things", [(1, 10), (10, 10)]).drawing().svg())


class GrowthTest(unittest.TestCase):
    COUNTS = {"range-8": 4000, "range-64": 4200, "heap-10": 44, "heap-1000": 146, "full-heap-10": 70, "full-heap-1000": 71,
              "timers-2": 176, "timers-10": 160}

    def test_a_cost_that_rises_misses_its_goal(self) -> None:
        met = {figure.name: figure.met for figure in growth.figures(self.COUNTS)}
        self.assertEqual(met, {"a range mapped and unmapped: rise": True, "a block taken or given back: rise": False,
                               "a block of a full heap replaced: rise": True, "a timer moved: rise": True})

    def test_much_memory_is_sparse(self) -> None:
        machine = growth._with_memory(systems.System("Pith, pc", Machine(model="pc"), 0, "pith>"), "512G").machine
        self.assertEqual(machine.memory, "512G")
        self.assertIn("memory-backend-ram,id=ram,size=512G,reserve=off", machine.extra)


if __name__ == "__main__":
    unittest.main()
