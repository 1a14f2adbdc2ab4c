"""Small word lists the perturbations choose from: our own, chosen so that a word means one thing only."""

from __future__ import annotations

#: First names that are no other English word, place or month, and do not end in s (whose possessive differs).
FIRST_NAMES: dict[str, tuple[str, ...]] = {
    "female": (
        "Aisha", "Alice", "Amanda", "Amina", "Anna", "Barbara", "Brenda", "Carmen", "Carol", "Caroline", "Catherine",
        "Claire", "Cynthia", "Deborah", "Diana", "Elena", "Elizabeth", "Emily", "Emma", "Fatima", "Hannah", "Heather",
        "Helen", "Isabel", "Jane", "Janet", "Jennifer", "Jessica", "Julia", "Karen", "Katherine", "Laura", "Linda",
        "Lisa", "Lucy", "Maria", "Mary", "Megan", "Melissa", "Michelle", "Nicole", "Olivia", "Patricia", "Priya",
        "Rachel", "Rebecca", "Sandra", "Sarah", "Sharon", "Sophia", "Stephanie", "Susan", "Theresa", "Ursula",
        "Valerie", "Veronica", "Wendy", "Yolanda", "Yuki", "Zainab",
    ),
    "male": (
        "Adam", "Ahmed", "Alexander", "Andrew", "Anthony", "Arjun", "Arthur", "Benjamin", "Brian", "Carlo",
        "Christopher", "Daniel", "David", "Dmitri", "Edward", "Eric", "Ethan", "Felipe", "Fernando", "Gary", "George",
        "Gregory", "Hassan", "Henry", "Hiroshi", "Ivan", "Jacob", "Jason", "Jeffrey", "John", "Jonathan", "Joseph",
        "Joshua", "Kenneth", "Kevin", "Kofi", "Larry", "Luca", "Matthew", "Michael", "Mohammed", "Nathan", "Noah",
        "Oliver", "Patrick", "Paul", "Peter", "Philip", "Raymond", "Richard", "Robert", "Ryan", "Samuel", "Scott",
        "Stephen", "Steven", "Timothy", "Tyler", "Walter", "William",
    ),
}  # fmt: skip

#: Places whose names are no first name and no other English word.
PLACES: dict[str, tuple[str, ...]] = {
    "city": (
        "Amsterdam", "Athens", "Atlanta", "Baltimore", "Bangkok", "Barcelona", "Beijing", "Berlin", "Boston",
        "Brussels", "Budapest", "Cairo", "Chicago", "Copenhagen", "Denver", "Detroit", "Dublin", "Hamburg",
        "Helsinki", "Houston", "Istanbul", "Jakarta", "Karachi", "Lagos", "Lisbon", "London", "Madrid", "Manila",
        "Melbourne", "Miami", "Montreal", "Moscow", "Mumbai", "Munich", "Nairobi", "Osaka", "Oslo", "Paris",
        "Philadelphia", "Prague", "Rome", "Seattle", "Seoul", "Shanghai", "Stockholm", "Tokyo", "Toronto",
        "Vancouver", "Vienna", "Warsaw",
    ),
    "country": (
        "Argentina", "Australia", "Austria", "Belgium", "Brazil", "Canada", "Colombia", "Denmark", "Egypt", "Finland",
        "France", "Germany", "Ghana", "Greece", "Hungary", "India", "Indonesia", "Ireland", "Italy", "Japan", "Kenya",
        "Malaysia", "Mexico", "Morocco", "Nigeria", "Norway", "Pakistan", "Peru", "Poland", "Portugal", "Spain",
        "Sweden", "Switzerland", "Thailand", "Ukraine", "Vietnam",
    ),
}  # fmt: skip

#: Words that open a sentence; any other capitalised word before a name belongs to it.
OPENING = frozenset((
    "After", "Although", "And", "As", "At", "Because", "Before", "Both", "But", "By", "Can", "Could", "Did", "Do",
    "Does", "Even", "For", "From", "Had", "Has", "Have", "Her", "His", "How", "However", "If", "In", "Is", "It",
    "Later", "Like", "Maybe", "Might", "My", "Neither", "Now", "On", "Once", "Only", "Or", "Our", "Perhaps",
    "Should", "Since", "So", "Still", "That", "Then", "There", "Though", "To", "Today", "Tomorrow", "Unless",
    "Until", "Was", "Were", "What", "When", "Where", "While", "Who", "Why", "Will", "With", "Would", "Yesterday",
    "Yet", "Your",
))  # fmt: skip

#: Titles whose full stop ends no sentence.
TITLES = frozenset((
    "Capt", "Col", "Dr", "Ft", "Gen", "Gov", "Lt", "Mr", "Mrs", "Ms", "Mt", "Prof", "Rep", "Rev", "Sen", "Sgt",
    "St",
))  # fmt: skip

#: Sentences that say nothing about anything.
NEUTRAL = (
    "It is Tuesday.",
    "The bus stops at the corner.",
    "The building has four floors.",
    "There is a table in the room.",
    "The post office opens at nine.",
    "The road leads to the station.",
    "A week has seven days.",
    "The door is next to the window.",
)

#: Words that become another one of these when two neighbouring letters are swapped.
TWINS = frozenset((
    "angel", "angle", "barn", "best", "bets", "blow", "board", "boast", "boats", "bowl", "bran", "broad", "calm",
    "carve", "cast", "casual", "cats", "causal", "clam", "clod", "coast", "coats", "cold", "complaint", "compliant",
    "corps", "cost", "cots", "crave", "crops", "dairy", "diary", "does", "dose", "field", "filed", "fired", "form",
    "fried", "from", "gaol", "gird", "girt", "goal", "grid", "grit", "gust", "guts", "host", "hots", "jest", "jets",
    "lair", "last", "lats", "lest", "lets", "liar", "lion", "loin", "lost", "lots", "marital", "martial", "nest",
    "nets", "part", "past", "pats", "post", "pots", "prat", "quiet", "quite", "sacred", "salt", "scared", "sign",
    "silt", "silver", "sing", "slat", "slept", "slit", "sliver", "spelt", "spilt", "split", "tarp", "tired",
    "trail", "trap", "trial", "tried", "unite", "united", "untie", "untied", "warp", "west", "wets", "wrap",
))  # fmt: skip
