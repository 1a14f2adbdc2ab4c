"""Word lists that several built-in suites share.

A word with forms is a table, whose first form is what a bare slot gives.
"""

from __future__ import annotations

from typing import Any


def listed(text: str) -> list[str]:
    """Take apart words or phrases written in one string, with commas between them."""
    return [" ".join(phrase.split()) for phrase in text.split(",")]


def forms(names: str, block: str) -> list[dict[str, str]]:
    """Make a word list: a word a line, its forms with slashes between them, called by these names."""
    return [dict(zip(names.split(), line.split("/"), strict=True)) for line in lines(block)]


def lines(block: str) -> list[str]:
    """Split a block of text into its lines."""
    return [line.strip() for line in block.strip().splitlines()]


# People by first name, with what stands for them: {person} "Alice", {person.he} "she", {person.himself} "herself".
WOMEN = [
    {"name": name, "he": "she", "him": "her", "his": "her", "himself": "herself"}
    for name in listed(
        """Alice, Amina, Anna, Beatriz, Chloe, Clara, Elena, Emma, Fatima, Grace, Hannah, Ingrid, Julia, Karen, Keiko,
        Laura, Leila, Lucy, Maria, Mei, Nadia, Nicole, Olivia, Priya, Rachel, Rosa, Sarah, Sofia, Valeria, Zoe"""
    )
]
MEN = [
    {"name": name, "he": "he", "him": "him", "his": "his", "himself": "himself"}
    for name in listed(
        """Adam, Ahmed, Anton, Benjamin, Carlos, Daniel, David, Diego, Ethan, Felix, George, Hassan, Henry, Ivan, Jack,
        James, Kenji, Kevin, Marco, Mark, Martin, Miguel, Nathan, Oliver, Omar, Paul, Peter, Rahul, Samuel, Thomas"""
    )
]
PEOPLE = [person for pair in zip(WOMEN, MEN, strict=True) for person in pair]

SURNAMES = listed(
    """Adams, Bauer, Becker, Campbell, Castillo, Chen, Cooper, Costa, Dalton, Evans, Fischer, Fuller, Haddad, Hansen,
    Harper, Hughes, Ito, Jansen, Khan, Kowalski, Larsen, Lopez, Marino, Mehta, Moreno, Murphy, Nakamura, Nowak, Okafor,
    Palmer, Patel, Pereira, Reed, Rossi, Sato, Schmidt, Silva, Singh, Torres, Walsh"""
)

CITIES = listed(
    """Amsterdam, Athens, Barcelona, Berlin, Boston, Brussels, Cairo, Chicago, Copenhagen, Dallas, Delhi, Denver,
    Dublin, Geneva, Helsinki, Istanbul, Lagos, Lima, Lisbon, London, Madrid, Melbourne, Miami, Montreal, Mumbai, Munich,
    Nairobi, Oslo, Paris, Prague, Rome, Seattle, Seoul, Sydney, Tokyo, Toronto, Vienna, Warsaw, Zurich"""
)
COUNTRIES = listed(
    """Argentina, Australia, Austria, Belgium, Brazil, Canada, Chile, China, Denmark, Egypt, Finland, France, Germany,
    Ghana, Greece, Iceland, India, Ireland, Italy, Japan, Kenya, Mexico, Morocco, New Zealand, Norway, Peru, Poland,
    Portugal, South Korea, Spain, Sweden, Thailand, Turkey, Vietnam"""
)

PROFESSIONS = [
    {"one": one, "many": f"{one}s"}
    for one in listed(
        """accountant, actor, architect, artist, baker, carpenter, chef, dentist, doctor, driver, editor, electrician,
        engineer, farmer, gardener, historian, journalist, lawyer, librarian, mechanic, musician, nurse, painter,
        pharmacist, photographer, pilot, plumber, professor, programmer, reporter, scientist, singer, tailor, teacher,
        translator, writer"""
    )
]
ANIMALS = [
    {"one": one, "many": "puppies" if one == "puppy" else f"{one}s"}
    for one in listed(
        """bear, bird, camel, cat, chicken, cow, dog, donkey, duck, elephant, frog, goat, hamster, horse, kitten, lion,
        monkey, parrot, penguin, pig, puppy, rabbit, snake, spider, squirrel, tiger, turtle, zebra"""
    )
]

# Foods that are not counted ("some rice"), and dishes that are ("a pizza").
FOODS = listed("bread, butter, cheese, chocolate, fish, fruit, honey, jam, meat, pasta, rice, salad, soup, sugar")
DISHES = [
    {"one": one, "many": f"{one}es" if one.endswith("ch") else f"{one}s"}
    for one in listed("burger, burrito, omelette, pancake, pizza, salad, sandwich, soup, stew, taco, waffle")
]

# From two to twelve; {number} gives "two", {number.digits} "2".
NUMBERS = [
    {"word": word, "digits": str(digits)}
    for digits, word in enumerate(
        listed("two, three, four, five, six, seven, eight, nine, ten, eleven, twelve"), start=2
    )
]

# What one person does to another.
DEEDS = forms(
    "base past done",
    """help/helped/helped
    call/called/called
    thank/thanked/thanked
    invite/invited/invited
    hire/hired/hired
    blame/blamed/blamed
    warn/warned/warned
    follow/followed/followed
    recognize/recognized/recognized
    interview/interviewed/interviewed
    criticize/criticized/criticized
    forgive/forgave/forgiven
    choose/chose/chosen
    rescue/rescued/rescued""",
)

# What the suites of pairs all speak of.
SHARED: dict[str, list[Any]] = {
    "person": PEOPLE,
    "woman": WOMEN,
    "man": MEN,
    "surname": SURNAMES,
    "city": CITIES,
    "country": COUNTRIES,
    "profession": PROFESSIONS,
    "number": NUMBERS,
}
