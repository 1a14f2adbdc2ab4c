"""People, jobs and cities: their names, what they do to each other, what they do in a day, how they compare."""

from __future__ import annotations

from sample_texts.common import Tiered

WOMEN = Tiered(
    "Anna, Maria, Laura, Emma, Julia, Sarah", "Nadia, Chloe, Ingrid, Leila, Paula, Rosa", "Saskia, Bronwyn, Amina"
)
MEN = Tiered("Tom, David, Peter, Paul, Mark, John", "Oscar, Hugo, Samir, Victor, Felix, Andre", "Tobias, Kenji, Lorcan")
CITIES = Tiered(
    "London, Paris, Madrid, Rome, Berlin, Lisbon",
    "Vienna, Oslo, Athens, Dublin, Prague, Warsaw, Toronto, Chicago",
    "Tallinn, Zagreb, Montevideo, Osaka",
)
JOBS = Tiered(
    "nurse, teacher, lawyer, cook, driver, actor",
    "plumber, dentist, pilot, journalist, gardener, translator",
    "surveyor, beekeeper, locksmith",
)

# Who did what to whom: past / participle / a synonym's past.
DEEDS = Tiered(
    (
        "called/called/phoned", "helped/helped/assisted", "hired/hired/employed",
        "taught/taught/trained", "thanked/thanked/thanked", "hit/hit/struck",
        "invited/invited/invited", "sued/sued/sued",
    ),
    (
        "blamed/blamed/accused", "warned/warned/cautioned",
        "followed/followed/followed", "rescued/rescued/saved", "paid/paid/paid",
        "photographed/photographed/photographed",
    ),
    ("mocked/mocked/ridiculed", "outbid/outbid/outbid"),
)  # fmt: skip
# When or where something happened.
OCCASIONS = Tiered(
    ("after the meeting", "last night", "on Monday", "in the morning", "last year", "before lunch"),
    ("at the wedding", "during the holidays", "on the first day", "after the concert", "in the car park"),
    ("shortly before midnight", "at the harbour"),
)

# By what they are said of: a comparative / its opposite.
COMPARATIVES = {
    "city": Tiered(
        (
            "cheaper/more expensive",
            "bigger/smaller",
            "warmer/colder",
            "older/younger",
            "richer/poorer",
            "prettier/uglier",
        ),
        ("safer/more dangerous", "quieter/noisier", "greener/less green", "cleaner/dirtier"),
        ("wetter/drier",),
    ),
    "person": Tiered(
        ("taller/shorter", "older/younger", "faster/slower", "richer/poorer", "happier/sadder", "heavier/lighter"),
        ("stronger/weaker", "braver/less brave", "calmer/more nervous", "luckier/less lucky"),
        ("tidier/messier",),
    ),
}

# Things one person does on one day, in the past: used two at a time, in either order.
EVENTS = Tiered(
    (
        "called the bank", "left the office", "finished the report", "had lunch", "went to the gym", "paid the rent",
        "read the letter", "cleaned the kitchen", "met a friend", "fed the cat",
    ),
    (
        "took a nap", "repaired the bike", "visited the museum", "signed the contract", "watered the plants",
        "moved to the city", "learned to drive", "sold the car", "wrote to the landlord",
    ),
    ("watched the parade", "picked up the parcel", "shaved"),
)  # fmt: skip
