"""The acceptability suite's words. All nouns of a list take the same articles, and all verbs the same objects."""

from __future__ import annotations

from flipscope.behaviors.builtin.lexicons import (
    ANIMALS,
    CITIES,
    DISHES,
    FOODS,
    MEN,
    NUMBERS,
    PEOPLE,
    PROFESSIONS,
    WOMEN,
    listed,
)

_FORMS = ("base", "s", "past", "done", "ing")


def _verbs(text: str) -> list[dict[str, str]]:
    return [dict(zip(_FORMS, verb.split(), strict=True)) for verb in listed(text)]


def _nouns(text: str) -> list[dict[str, str]]:
    """Nouns whose plural is spelt with -s, -es or -ies."""
    return [{"one": one, "many": _plural(one)} for one in listed(text)]


def _plural(noun: str) -> str:
    if noun.endswith(("ch", "sh", "x", "s")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"


LEXICONS = {
    "person": PEOPLE,
    "woman": WOMEN,
    "man": MEN,
    "job": PROFESSIONS,
    "animal": ANIMALS,
    "food": FOODS,
    "dish": DISHES,
    "city": CITIES,
    "number": NUMBERS,
    "kin": _nouns("sister, brother, cousin, neighbor, friend, daughter, uncle, aunt, nephew, niece"),
    "mother": listed("mother, sister, aunt, grandmother, niece, daughter"),
    "father": listed("father, brother, uncle, grandfather, nephew, son"),
    "thing": _nouns(
        """table, chair, bicycle, lamp, boat, clock, guitar, piano, camera, mirror, sofa, carpet, ladder, tent, stove,
        bench, umbrella, armchair"""
    ),
    "lock": _nouns("car, cabinet, drawer, box, cellar, garage, office, safe, shed, apartment"),
    "language": listed("Arabic, Dutch, French, German, Italian, Japanese, Korean, Polish, Spanish, Swedish, Turkish"),
    "instrument": listed("piano, violin, guitar, trumpet, flute, cello, drums, harp"),
    "year": listed("1989, 1994, 1998, 2001, 2004, 2007, 2009, 2012, 2015, 2018"),
    # Not counted, with the plural that learners give them.
    "goods": [
        {"mass": word, "plural": f"{word}s"} for word in listed("furniture, luggage, equipment, baggage, clothing")
    ],
    "counsel": [{"mass": word, "plural": f"{word}s"} for word in listed("advice, information, homework, feedback")],
    # What people do by themselves, and what they do to things such as a table or a boat.
    "act": _verbs(
        """sleep sleeps slept slept sleeping, laugh laughs laughed laughed laughing, swim swims swam swum swimming,
        dance dances danced danced dancing, wait waits waited waited waiting, work works worked worked working,
        sing sings sang sung singing, smile smiles smiled smiled smiling, cry cries cried cried crying,
        travel travels traveled traveled traveling"""
    ),
    "handle": _verbs(
        """buy buys bought bought buying, sell sells sold sold selling, paint paints painted painted painting,
        clean cleans cleaned cleaned cleaning, repair repairs repaired repaired repairing,
        hide hides hid hidden hiding, steal steals stole stolen stealing, draw draws drew drawn drawing,
        move moves moved moved moving, choose chooses chose chosen choosing,
        borrow borrows borrowed borrowed borrowing"""
    ),
    "chore": _verbs(
        """paint paints painted painted painting, clean cleans cleaned cleaned cleaning,
        repair repairs repaired repaired repairing, move moves moved moved moving,
        inspect inspects inspected inspected inspecting, polish polishes polished polished polishing,
        draw draws drew drawn drawing"""
    ),
    "adjective": listed("old, new, small, large, heavy, expensive, beautiful, broken, strange, brown, dusty, cheap"),
    "feeling": listed("tired, happy, hungry, angry, ill, nervous, busy, bored, sad, thirsty, cold"),
    "manner": listed("quickly, slowly, carefully, quietly, happily, calmly, eagerly, secretly, gladly"),
    "time": listed("yesterday, last week, on Monday, on Friday, last year, last month, two days ago, this morning"),
    "compared": [
        {"base": base, "more": more, "most": most}
        for base, more, most in (
            ("tall", "taller", "tallest"), ("old", "older", "oldest"), ("young", "younger", "youngest"),
            ("strong", "stronger", "strongest"), ("fast", "faster", "fastest"), ("short", "shorter", "shortest"),
            ("rich", "richer", "richest"),
        )
    ],
    "long": listed("expensive, beautiful, comfortable, interesting, valuable, popular, useful, modern"),
}  # fmt: skip
