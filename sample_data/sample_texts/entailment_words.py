"""The words of the entailment task: everyday scenes and facts, with what follows from them, may be, or can't be."""

# ruff: noqa: E501  (a sentence a line)

from __future__ import annotations

from sample_texts.common import Tiered

# What somebody is doing | what follows | what may be (two) | what can't be at the same time.
# The first word of each group is its domain; two readings of a column are separated by a slash.
_SCENES = {
    "street": (
        """playing the guitar on a street corner | making music outside / playing an instrument | playing a sad song / earning money for a trip | sleeping in bed / playing the drums in a studio
        waiting at a bus stop | standing or sitting outside / waiting for a bus | going to work / late for a meeting | driving a car / riding on a bus
        walking a small dog in the rain | outdoors with an animal / getting wet | on the way to the park / walking the dog of a friend | walking a cat / lying on a sunny beach
        selling vegetables at a market stall | working at a market / selling food | selling tomatoes from the family farm / almost out of potatoes | selling cars / buying shoes in a mall
        crossing the road with a pram | crossing a street / pushing something with wheels | taking a baby to the doctor / in a hurry to get home | sitting in an office / carrying a surfboard""",
        """cleaning the windows of a shop | making windows clean / working on a shop | being paid by the hour / the owner of the shop | breaking the windows of a shop / baking bread
        taking a photo of a statue | using a camera / looking at a statue | a tourist from Canada / taking photos for a magazine | painting a fence / swimming in a pool
        eating an ice cream on a bench | having something sweet / sitting down | eating chocolate ice cream / waiting for a friend | eating soup in a kitchen / running for the bus""",
        "juggling oranges in front of a crowd | entertaining people / throwing fruit in the air | a student at a circus school / hoping for coins | reading alone in a library / peeling potatoes",
    ),
    "home": (
        """cooking soup in a small kitchen | preparing food / indoors | cooking for a sick friend / trying a new recipe | repairing a car / ordering food by phone
        reading a book on the sofa | reading / sitting or lying on a sofa | reading a crime novel / waiting for a phone call | watching television / riding a horse
        painting the bedroom wall blue | changing the colour of a wall / decorating a room | expecting a baby / painting before the new bed comes | painting the bedroom wall red / tearing down the house
        washing the dishes by hand | cleaning something / using water | washing up after a party / listening to the radio | putting the dishes into a machine / taking a nap
        feeding a baby with a spoon | giving food to a child / holding a spoon | feeding a baby carrots / tired after a long night | feeding a goat / singing on a stage""",
        """ironing a white shirt | making a shirt smooth / holding an iron | getting ready for an interview / ironing for a neighbour | throwing a white shirt away / playing tennis
        repairing a broken chair | fixing furniture / working with the hands | using glue / planning to sell the chair | chopping a chair into firewood / sunbathing
        knitting a scarf by the window | making something to wear / indoors near a window | knitting a present / knitting a green scarf | cutting a scarf to pieces / mowing the lawn""",
        "polishing an old violin | taking care of an instrument / rubbing something old | the grandchild of a musician / getting ready for an auction | smashing an old violin / driving a tractor",
    ),
    "work": (
        """typing on a laptop in an office | using a computer / working indoors | writing a letter of complaint / working overtime | digging a hole / swimming in a lake
        explaining a chart to five colleagues | talking to people / showing a chart | the head of sales / presenting the results of the year | alone in the room / silent
        serving coffee in a busy cafe | working in a cafe / bringing people drinks | a student with two jobs / serving the last guest of the day | serving coffee in an empty cafe / flying a plane
        carrying bricks up a ladder | climbing a ladder / moving bricks | building a chimney / paid by the day | sitting on a chair / carrying feathers down a hill
        teaching children to count | working with children / giving a lesson | a new teacher / teaching for the last time this year | teaching adults to dance / fast asleep""",
        """examining a patient in a hospital | looking at a patient / in a hospital | looking for a broken bone / on night duty | examining a car in a garage / at home alone
        welding a pipe in a factory | working with metal / in a factory | wearing a new mask / an apprentice | picking flowers in a garden / on holiday
        answering calls at the front desk | talking on the phone / working at a desk | speaking French / filling in for a colleague | ignoring every call / skiing down a slope""",
        "grafting apple trees in an orchard | working with trees / in an orchard | growing an old kind of apple / trained by an uncle | felling every tree in the orchard / on a ship",
    ),
    "sport": (
        """running along the beach | moving fast / exercising near the sea | training for a race / running ten kilometres | sitting on a towel / running in a gym
        swimming in a cold lake | in the water / swimming outdoors | swimming for charity / new to the sport | swimming in a heated pool / standing on a mountain top
        kicking a ball into a net | scoring a goal / playing with a ball | winning the cup / the captain of the team | throwing a ball over a fence / watching from the stands
        climbing a steep rock | going up / climbing | tied to a rope / trying to break a record | walking down some stairs / riding a bike
        riding a bike down a hill | on a bike / going downhill | riding to school / riding a borrowed bike | riding a bike up a hill / riding a horse""",
        """lifting weights in a gym | exercising indoors / training muscles | getting in shape for the summer / training with a coach | lying in a hammock / lifting nothing
        surfing on a high wave | on a board in the sea / in the water | taking part in a contest / from Hawaii | surfing the web at home / skating on ice
        skating on a frozen pond | moving on ice / outdoors in the cold | skating for the first time / about to fall | swimming in a warm pond / playing chess""",
        "fencing with a masked opponent | taking part in a fight with swords / facing someone in a mask | leading by three points / left-handed | wrestling with a bear / sitting alone at home",
    ),
    "nature": (
        """picking apples in a garden | gathering fruit / outdoors | picking apples for a cake / helping the neighbours | planting tulips in a pot / buying apples in a shop
        fishing from a wooden boat | on the water / trying to catch fish | fishing since sunrise / hoping for a trout | fishing from a bridge / hiking in the desert
        putting up a tent in a forest | camping / among trees | staying for three nights / camping with the scouts | taking down a tent / checking in to a hotel
        feeding ducks at a pond | near some birds / giving food to animals | feeding ducks old bread / there every Sunday | chasing ducks away / feeding lions at a zoo
        making a fire in the snow | outside in the cold / lighting a fire | making tea for the group / lost in the mountains | putting out a fire / building a castle of sand""",
        """watching birds through binoculars | looking at birds / using binoculars | hoping to see an eagle / a member of a club | watching birds with eyes closed / plucking a chicken
        gathering mushrooms in the woods | in the woods / looking for mushrooms | collecting mushrooms for a risotto / unsure which are safe | selling mushrooms in a town / at the bottom of the sea
        hiking along a muddy path | walking / on a path that is wet | halfway through a long hike / wearing new boots | hiking along a dry path / taking a taxi""",
        "tagging turtles on a beach at dawn | near the sea early in the day / handling animals | counting turtles for a study / a marine biologist | tagging turtles at noon / hunting rabbits",
    ),
    "travel": (
        """packing a suitcase late at night | putting things into a suitcase / still awake | flying to Brazil / packing for a wedding | unpacking a suitcase / asleep
        looking out of the window of a train | on a train / looking outside | travelling to the coast / missing home | on a plane / driving a truck
        reading a map in an old town | looking at a map / in a town | lost / looking for the cathedral | reading a map in the desert / swimming in the sea
        buying a ticket at a station | at a station / paying for a ticket | buying a ticket to Milan / travelling alone | selling tickets at a theatre / at home in bed
        carrying a heavy backpack through an airport | at an airport / carrying something heavy | late for a flight / going on a tour of Asia | carrying nothing / waiting at a harbour""",
        """boarding a ferry with a bicycle | getting on a ship / taking a bike along | on a cycling holiday / going to an island | leaving a ferry on foot / boarding a plane
        checking in to a small hotel | at a hotel / arriving somewhere to stay | staying for a week / asking for a quiet room | checking out of a hotel / sleeping in a tent
        showing a passport at the border | at a border / holding a document | nervous / crossing for the first time | throwing a passport away / shopping in a supermarket""",
        "haggling over a carpet in a bazaar | trying to get a better price / in a market | sure that the price is too high / on a honeymoon | paying the full price at once / skiing in the Alps",
    ),
}

Scene = tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _read(domain: str, table: str) -> list[Scene]:
    scenes = []
    for line in table.splitlines():
        action, *readings = (part.strip() for part in line.split("|"))
        scenes.append((domain, action, *(tuple(part.strip() for part in parts.split("/")) for parts in readings)))
    return scenes


SCENES = Tiered(
    *([scene for domain, tiers in _SCENES.items() for scene in _read(domain, tiers[tier])] for tier in range(3))
)

# Who is seen, and what else the same person may be called; children are seen only where children do such things.
ADULTS = Tiered(
    ("a man/the man", "a woman/the woman", "a young man/the man", "a young woman/the woman"),
    ("an old woman/the woman", "a tall man/the man", "a woman in a red coat/the woman", "a bearded man/the man"),
    ("an elderly gentleman/the man",),
)
CHILDREN = Tiered(("a boy/the boy", "a girl/the girl"), ("a teenager/the teenager",))
FOR_CHILDREN = ("sport", "nature")

# Something that is one of two opposites: who or what | one | the other | neither here nor there.
STATES = Tiered(
    (
        "the museum|open|closed|crowded", "the shop|open|closed|busy", "the window|open|shut|clean",
        "the soup|hot|cold|salty", "the glass|full|empty|expensive", "the street|wet|dry|narrow",
        "the exam|easy|difficult|long", "the door|locked|unlocked|green", "the baby|awake|asleep|hungry",
        "the room|dark|bright|small", "the train|late|on time|full", "the bill|paid|unpaid|high",
    ),
    (
        "the harbour|quiet|noisy|beautiful", "the road|safe|dangerous|steep", "the kitchen|tidy|messy|modern",
        "the suitcase|heavy|light|new", "the lamp|on|off|new", "the witness|alive|dead|famous",
        "the ticket|valid|invalid|cheap", "the bridge|strong|weak|old", "the pool|deep|shallow|heated",
    ),
    ("the orchard|flourishing|withered|fenced", "the vault|sealed|unsealed|made of steel"),
)  # fmt: skip
DAYS = Tiered(
    ("on Monday", "on Sunday", "yesterday", "last night", "in the morning"),
    ("during the holidays", "at noon", "on the first of May", "when we arrived"),
    ("at dusk",),
)

# What someone did: past | base form, then an object.
ACTS = Tiered(
    (
        "bought/buy the car", "fixed/fix the roof", "opened/open the letter", "won/win the race", "sold/sell the house",
        "found/find the key", "paid/pay the bill", "finished/finish the report", "passed/pass the exam", "cooked/cook dinner",
    ),
    (
        "repaired/repair the radio", "signed/sign the contract", "caught/catch the last train", "locked/lock the office",
        "translated/translate the poem", "watered/water the plants", "returned/return the books", "booked/book the flight",
    ),
    ("deciphered/decipher the note", "tuned/tune the piano"),
)  # fmt: skip

# Verbs before "to": whether the act took place.
HAPPENED = Tiered(("managed to", "remembered to"), ("was able to", "took the time to"), ("had the good sense to",))
MAY_HAVE = Tiered(
    ("wanted to", "promised to", "tried to"), ("hoped to", "offered to", "planned to"), ("was itching to",)
)
DID_NOT = Tiered(("failed to", "forgot to"), ("refused to", "only pretended to", "was unable to"), ("neglected to",))

# Groups of people or things | what they did | something else about them.
GROUPS = Tiered(
    (
        "students|passed the test|studied all night", "guests|ordered fish|liked the wine",
        "children|can swim|have a bike", "players|were injured|come from abroad", "shops|close at six|sell bread",
        "houses|have a garden|were built last year", "workers|went on strike|live in the city", "trains|were late|were full",
    ),
    (
        "passengers|got off in Vienna|had a window seat", "paintings|were stolen|are by women",
        "employees|work from home|speak French", "tickets|were sold|were printed in red",
        "witnesses|saw the driver|took a photo", "windows|were broken|face the garden",
    ),
    ("hikers|reached the summit|carried a rope", "jurors|voted yes|took notes"),
)  # fmt: skip

# Countable things that someone deals with: verb | thing | another thing.
COUNTS = Tiered(
    (
        "the shop sold|lamps|chairs", "the school bought|books|computers", "the team won|games|medals",
        "the farmer owns|cows|horses", "the hotel has|rooms|parking spaces", "the village has|houses|trees",
    ),
    (
        "the museum shows|paintings|statues", "the airline lost|suitcases|customers", "the bakery makes|cakes|pies",
        "the company hired|engineers|drivers", "the library lends|films|games",
    ),
    ("the brewery fills|barrels|bottles",),
)  # fmt: skip
