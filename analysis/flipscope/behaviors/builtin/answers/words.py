"""The word lists of the answers suite."""

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.lexicons import SHARED, forms, listed

LEXICONS: dict[str, list[Any]] = {
    **SHARED,
    "year": listed(
        """1871, 1884, 1890, 1896, 1903, 1908, 1912, 1919, 1924, 1927, 1931, 1936, 1947, 1951, 1954, 1958, 1963, 1967,
        1972, 1975, 1979, 1983, 1988, 1991, 1996, 2002, 2007, 2011"""
    ),
    "date": listed(
        """January 4, February 12, March 9, March 30, April 17, May 2, May 21, June 8, July 15, August 3, August 26,
        September 11, October 19, November 6, December 14"""
    ),
    "amount": listed("45, 60, 85, 120, 140, 230, 310, 450, 600, 780, 950"),
    "building": listed(
        "bridge, town hall, theater, stadium, railway station, courthouse, hospital, concert hall, museum, library"
    ),
    "hall": listed("town hall, theater, concert hall, museum, library, hospital"),
    "sight": listed("museum, aquarium, zoo, botanical garden, cathedral, art gallery, planetarium"),
    "tower": listed(
        "tower, office building, hotel, department store, town hall, parking garage, post office, hospital"
    ),
    "company": listed(
        "bank, brewery, newspaper, insurance company, toy factory, paper mill, furniture factory, publishing house"
    ),
    "age": listed("40, 65, 80, 110, 120, 150, 175, 200"),
    "height": listed("25, 30, 40, 45, 55, 60, 70, 85"),
    "club": listed("chess club, rowing club, writers' union, railway union, choir, peace movement, film society"),
    "field": listed("physics, chemistry, history, law, medicine, biology, philosophy, geography, music, economics"),
    "instrument": listed("violin, cello, trumpet, flute, clarinet, harp, trombone, oboe, viola, double bass"),
    "vehicle": listed("truck, taxi, bus, tractor, van, ambulance, minibus, fire engine"),
    "goods": listed("bread, cheese, fish, honey, meat, rice, sugar, tea, wool, silk, salt, cloth"),
    "day": listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    "left_because": listed(
        """there was no work, the rents had become too high, the climate was too damp, the war had begun,
        the school had closed, life there was too expensive, it had become too noisy, the factory had shut down"""
    ),
    "closed_because": listed(
        """the roof leaked, a fire had damaged it, too few people used it, the city had run out of money,
        the heating had broken down, a storm had destroyed the windows, it was no longer safe"""
    ),
    "moved_because": listed(
        """rents were lower there, the railway was nearby, it needed more space, most of its customers lived there,
        skilled workers were easy to find there, its old offices had burned down"""
    ),
    "stopped_by": listed("heavy snow, a strike, strong winds, a power cut, flooding, an accident, fog"),
    "against": listed("higher taxes, the new law, low wages, the war, rising prices, the closing of the mines"),
    # How somebody compares with somebody, what that is the other way round, and something else.
    "comparison": forms(
        "one other third",
        """taller/shorter/older
        older/younger/taller
        richer/poorer/stronger
        faster/slower/richer
        stronger/weaker/faster
        heavier/lighter/younger""",
    ),
    "deed": forms(
        "base past done",
        """hire/hired/hired
        invite/invited/invited
        defeat/defeated/defeated
        arrest/arrested/arrested
        criticize/criticized/criticized
        support/supported/supported
        teach/taught/taught
        rescue/rescued/rescued
        interview/interviewed/interviewed
        betray/betrayed/betrayed""",
    ),
    "aside": listed(
        """as is well known, as far as we know, according to several sources, as most people have heard,
        according to the city archive, as it turned out, as has often been said"""
    ),
}
