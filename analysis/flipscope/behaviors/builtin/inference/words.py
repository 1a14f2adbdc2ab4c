"""The word lists of the inference suite."""

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.lexicons import DEEDS, PROFESSIONS, SHARED, forms, listed

# One who is a singer is a musician, too, and a reporter is a journalist. Here, where "all the journalists" must say
# nothing about "all the reporters", no profession is a kind of another one or the same.
_OVERLAPPING = listed("artist, dentist, editor, professor, programmer, reporter, scientist, singer, writer")

LEXICONS: dict[str, list[Any]] = {
    **SHARED,
    "profession": [profession for profession in PROFESSIONS if profession["one"] not in _OVERLAPPING],
    # A kind of thing, and what it is a kind of.
    "creature": forms(
        "sub super",
        """poodle/dog
        beagle/dog
        kitten/cat
        sparrow/bird
        parrot/bird
        owl/bird
        salmon/fish
        trout/fish
        pony/horse
        cobra/snake
        dog/animal
        cat/animal
        elephant/animal
        horse/animal
        bee/insect
        butterfly/insect""",
    ),
    "instrument": listed("violin, guitar, trumpet, flute, cello, clarinet, trombone, harp, banjo, accordion"),
    "vehicle": listed("bus, truck, car, taxi, van, tractor, minibus, ambulance, fire engine, limousine"),
    "garment": listed("coat, shirt, dress, sweater, jacket, skirt, raincoat, blouse, cardigan, T-shirt"),
    "tool": listed("hammer, screwdriver, saw, drill, wrench, chisel, crowbar, shovel, spade, rake"),
    "furniture": listed("table, chair, sofa, wardrobe, desk, bookcase, bed, stool, armchair, chest of drawers"),
    "tree": listed("oak, maple, birch, willow, palm, chestnut, pine, fir, cedar, elm"),
    "adult": listed("woman, man, old man, young woman, tall man, bearded man"),
    "look": listed("young, tall, tired, elderly, cheerful, famous, slim, barefoot, red-haired, rich"),
    "size": listed("small, large, old, new, colorful, green, expensive, heavy, broken, yellow"),
    "manner": listed("slowly, quietly, quickly, carefully, nervously, happily, silently"),
    "fit": listed("oven, window, roof, stove, engine, fence, heating, elevator"),
    # What can be in one of two states.
    "opening": listed("door, window, gate, museum, library, bakery, bank, suitcase, drawer, swimming pool"),
    "container": listed("bottle, glass, bucket, bathtub, fridge, bus, box, theater, fuel tank, suitcase"),
    "laundry": listed("shirt, towel, blanket, floor, carpet, jacket, tablecloth, dress, bench, scarf"),
    "drink": listed("tea, coffee, soup, milk, water, bath, cocoa, porridge"),
    "device": listed("radio, lamp, heater, computer, television, fan, oven, engine, printer, washing machine"),
    "sleeper": listed("baby, dog, cat, girl, boy, old man, patient, guard, passenger, toddler"),
    # What somebody did; {task.past} {task.base} {task.done} {task.ing}.
    "task": forms(
        "base past done ing",
        """lock the door/locked the door/locked the door/locking the door
        pay the bill/paid the bill/paid the bill/paying the bill
        call the bank/called the bank/called the bank/calling the bank
        feed the cat/fed the cat/fed the cat/feeding the cat
        water the plants/watered the plants/watered the plants/watering the plants
        book a table/booked a table/booked a table/booking a table
        sign the contract/signed the contract/signed the contract/signing the contract
        repair the bike/repaired the bike/repaired the bike/repairing the bike
        clean the kitchen/cleaned the kitchen/cleaned the kitchen/cleaning the kitchen
        write the report/wrote the report/written the report/writing the report
        buy a ticket/bought a ticket/bought a ticket/buying a ticket
        answer the letter/answered the letter/answered the letter/answering the letter
        visit the museum/visited the museum/visited the museum/visiting the museum
        wash the car/washed the car/washed the car/washing the car""",
    ),
    "managed": listed("managed to, remembered to, took the time to, found the time to"),
    "failed": listed("forgot to, failed to, refused to, neglected to, declined to"),
    "hoped": listed("hoped to, wanted to, planned to, was asked to, was told to, promised to, intended to"),
    "unrelated": listed(
        """The pharmacy opens at nine., It rained in the mountains., The library has a new roof.,
        Pears ripen in autumn., A new bridge is being built., The orchestra tuned its instruments.,
        Bananas grow in warm countries., The harbor is old., Snow is expected next week., The bakery sells rye bread."""
    ),
    "feat": forms(
        "base past",
        """pass the exam/passed the exam
        arrive on time/arrived on time
        sign the letter/signed the letter
        vote for the plan/voted for the plan
        join the strike/joined the strike
        come to the party/came to the party
        read the report/read the report
        stay for lunch/stayed for lunch
        answer the question/answered the question
        wear a helmet/wore a helmet
        buy a ticket/bought a ticket
        receive a letter/received a letter""",
    ),
    "amount": forms(
        "low middle high",
        """10/20/30
        15/40/90
        20/50/80
        25/35/60
        30/45/75
        40/70/100
        50/120/300
        60/80/95
        100/200/500
        150/250/400
        200/600/900
        1,000/3,000/5,000""",
    ),
    "year": forms(
        "early middle late",
        """1890/1905/1920
        1895/1910/1935
        1901/1924/1950
        1912/1931/1960
        1920/1938/1947
        1925/1952/1970
        1933/1948/1966
        1940/1957/1975
        1946/1963/1980
        1951/1972/1990
        1960/1981/1999
        1974/1986/2003""",
    ),
    "building": listed("bridge, town hall, theater, stadium, railway station, courthouse, hospital, concert hall"),
    "deed": DEEDS,
    "move": listed("danced, laughed, left, slept, shouted, resigned, smiled, waited, agreed, cried"),
    "near": listed("near, next to, behind, in front of, beside"),
    "skill": listed(
        "the piano, the violin, chess, tennis, the guitar, golf, the flute, badminton, the trumpet, volleyball"
    ),
    "belonging": listed("umbrella, notebook, jacket, bicycle, phone, laptop, guitar, camera, suitcase, wallet"),
}
