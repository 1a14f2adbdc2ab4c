"""Word lists that several built-in suites share. A word with forms is a table; its first form is what ``{slot}`` gives."""

from __future__ import annotations

_SHE = {"he": "she", "him": "her", "his": "her", "himself": "herself"}
_HE = {"he": "he", "him": "him", "his": "his", "himself": "himself"}

# People: {woman} gives the first name, {woman.he} "she", {woman.him} and {woman.his} "her", {woman.himself} "herself".
WOMEN = [
    {"name": name} | _SHE
    for name in (
        "Alice Amina Anna Beatriz Chloe Clara Elena Emma Fatima Grace Hannah Ingrid Julia Karen Laura Leila Lucy Maria "
        "Mei Nadia Nicole Olivia Priya Rachel Rosa Sarah Sofia Valeria Yuki Zoe"
    ).split()
]
MEN = [
    {"name": name} | _HE
    for name in (
        "Adam Ahmed Anton Benjamin Carlos Daniel David Diego Ethan Felix George Hassan Henry Ivan Jack James Kenji Kevin "
        "Luca Mark Martin Miguel Nathan Oliver Omar Paul Peter Rahul Samuel Thomas"
    ).split()
]
PEOPLE = [person for pair in zip(WOMEN, MEN, strict=True) for person in pair]

SURNAMES = (
    "Adams Bauer Becker Campbell Castillo Chen Cooper Costa Dalton Evans Fischer Fuller Haddad Hansen Harper Hughes Ito "
    "Jansen Khan Kowalski Larsen Lopez Marino Mehta Moreno Murphy Nakamura Nowak Okafor Palmer Patel Pereira Reed Rossi "
    "Sato Schmidt Silva Singh Torres Walsh"
).split()

CITIES = (
    "Amsterdam Athens Barcelona Berlin Boston Brussels Cairo Chicago Copenhagen Dallas Delhi Denver Dublin Geneva "
    "Helsinki Istanbul Lagos Lima Lisbon London Madrid Melbourne Miami Montreal Mumbai Munich Nairobi Oslo Paris Prague "
    "Rome Seattle Seoul Sydney Tokyo Toronto Vienna Warsaw Zurich"
).split()

COUNTRIES = [
    "Argentina", "Australia", "Austria", "Belgium", "Brazil", "Canada", "Chile", "China", "Denmark", "Egypt", "Finland",
    "France", "Germany", "Ghana", "Greece", "Iceland", "India", "Ireland", "Italy", "Japan", "Kenya", "Mexico",
    "Morocco", "New Zealand", "Norway", "Peru", "Poland", "Portugal", "South Korea", "Spain", "Sweden", "Thailand",
    "Turkey", "Vietnam",
]  # fmt: skip

_PROFESSIONS = (
    "accountant actor architect artist baker carpenter chef dentist doctor driver editor electrician engineer farmer "
    "gardener historian journalist lawyer librarian mechanic musician nurse painter pharmacist photographer pilot "
    "plumber professor programmer reporter scientist singer tailor teacher translator writer"
).split()
PROFESSIONS = [{"one": word, "many": f"{word}s"} for word in _PROFESSIONS]

_ANIMALS = (
    "bear bird camel cat chicken cow dog donkey duck elephant frog goat hamster horse kitten lion monkey parrot penguin "
    "pig puppy rabbit snake spider squirrel tiger turtle zebra"
).split()
ANIMALS = [{"one": word, "many": "puppies" if word == "puppy" else f"{word}s"} for word in _ANIMALS]

# Foods that are not counted ("some rice"), and dishes that are ("a pizza").
FOODS = ("bread butter cake cheese chicken chocolate fish fruit honey jam meat pasta rice salad soup sugar").split()
DISHES = [
    {"one": word, "many": f"{word}es" if word.endswith("ch") else f"{word}s"}
    for word in "burger burrito cookie omelette pancake pizza salad sandwich soup stew taco waffle".split()
]

# From two to twelve; {number.digits} gives "2" to "12".
NUMBERS = [
    {"word": word, "digits": str(number)}
    for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
]
