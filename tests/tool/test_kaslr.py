"""What pith.kaslr_test says of boots.

    PYTHONPATH=tools python3 -m unittest discover -s tests/tool -p test_kaslr.py
"""

import unittest

from pith.kaslr_test import LINKED, all_are, all_differ


class KaslrTest(unittest.TestCase):
    def test_boots_at_places_of_their_own_differ(self) -> None:
        self.assertEqual(all_differ([(1, 10), (2, 20), (3, 30)]), "")
        self.assertEqual(all_differ([(1, 10), (1, 20), (3, 30)]), "", "two images may meet")

    def test_boots_at_the_same_places_do_not(self) -> None:
        self.assertTrue(all_differ([(1, 10), (1, 10), (3, 30)]))
        self.assertTrue(all_differ([(1, 10), (1, 20), (1, 30), (1, 40)]))
        self.assertTrue(all_differ([(1, 10), (2, 10), (3, 10), (4, 10)]))

    def test_all_boots_are_where_they_should_be(self) -> None:
        self.assertEqual(all_are(LINKED, [LINKED, LINKED]), "")
        self.assertTrue(all_are(LINKED, [LINKED, (1, 10)]))
        self.assertEqual(all_are(None, [(1, 10), (1, 10)]), "")
        self.assertTrue(all_are(None, [(1, 10), (1, 20)]))


if __name__ == "__main__":
    unittest.main()
