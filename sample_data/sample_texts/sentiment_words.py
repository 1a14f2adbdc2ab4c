"""The words of the sentiment task: adjectives of praise and blame, verbs of liking and disliking."""

from __future__ import annotations

from sample_texts.common import Tiered

POSITIVE, NEGATIVE = "positive", "negative"

# Adjectives by what they are said of: core, wide, rare (see Tiered).
ADJECTIVES: dict[str, dict[str, Tiered]] = {
    "staff": {
        POSITIVE: Tiered(
            "friendly, helpful, polite, kind, patient, cheerful, attentive",
            "courteous, welcoming, considerate, thoughtful, gracious, professional, efficient, knowledgeable",
            "affable, personable, accommodating, unflappable, good-natured",
        ),
        NEGATIVE: Tiered(
            "rude, unhelpful, slow, impatient, unfriendly, careless, lazy",
            "dismissive, surly, condescending, indifferent, arrogant, clueless, sloppy, grumpy",
            "brusque, curt, snooty, offhand, inattentive",
        ),
    },
    "food": {
        POSITIVE: Tiered(
            "delicious, tasty, fresh, excellent, lovely, perfect, wonderful",
            "flavourful, mouth-watering, divine, superb, fantastic, scrumptious, outstanding",
            "moreish, exquisite, sublime, heavenly",
        ),
        NEGATIVE: Tiered(
            "bland, cold, stale, awful, terrible, disgusting, tasteless",
            "inedible, overcooked, watery, flavourless, lukewarm, dreadful, revolting",
            "insipid, unpalatable, vile, stodgy",
        ),
    },
    "place": {
        POSITIVE: Tiered(
            "clean, bright, spacious, quiet, beautiful, tidy, lovely",
            "spotless, cosy, airy, charming, immaculate, inviting, elegant",
            "pristine, well-kept, sumptuous, uncluttered",
        ),
        NEGATIVE: Tiered(
            "dirty, noisy, cramped, dark, smelly, ugly, cold",
            "filthy, shabby, stuffy, grubby, musty, dingy, gloomy",
            "squalid, dilapidated, dank, run-down, poky",
        ),
    },
    "comfort": {
        POSITIVE: Tiered(
            "comfortable, soft, clean, lovely, perfect", "cosy, plush, spotless, luxurious", "cushy, heavenly"
        ),
        NEGATIVE: Tiered(
            "uncomfortable, hard, dirty, awful, terrible", "lumpy, saggy, filthy, stained", "threadbare, back-breaking"
        ),
    },
    "device": {
        POSITIVE: Tiered(
            "excellent, impressive, reliable, brilliant, great, perfect, wonderful",
            "superb, outstanding, terrific, flawless, fantastic, amazing, faultless",
            "stellar, top-notch, phenomenal, first-rate",
        ),
        NEGATIVE: Tiered(
            "poor, disappointing, unreliable, useless, terrible, weak, awful",
            "faulty, mediocre, shoddy, dreadful, atrocious, lacklustre, pathetic",
            "abysmal, subpar, dire, woeful",
        ),
    },
    "goods": {
        POSITIVE: Tiered(
            "solid, beautiful, lovely, perfect, great, excellent",
            "sturdy, well made, elegant, superb, durable, gorgeous",
            "handsome, first-rate, rock-solid",
        ),
        NEGATIVE: Tiered(
            "poor, ugly, useless, disappointing, terrible, awful",
            "flimsy, badly made, faulty, shoddy, dreadful",
            "tatty, subpar, gimcrack",
        ),
    },
    "story": {
        POSITIVE: Tiered(
            "gripping, funny, clever, moving, exciting, touching, brilliant",
            "witty, compelling, heartfelt, absorbing, riveting, charming, hilarious",
            "spellbinding, poignant, taut, ingenious",
        ),
        NEGATIVE: Tiered(
            "boring, predictable, dull, silly, confusing, slow, weak",
            "tedious, contrived, clumsy, lifeless, muddled, far-fetched, shallow",
            "turgid, hackneyed, trite, plodding",
        ),
    },
    "acting": {
        POSITIVE: Tiered(
            "brilliant, convincing, excellent, perfect, strong, wonderful",
            "outstanding, superb, magnetic, terrific, mesmerising, flawless",
            "luminous, masterful, first-rate",
        ),
        NEGATIVE: Tiered(
            "weak, unconvincing, terrible, disappointing, awful, dull",
            "wooden, lifeless, stilted, forgettable, cringeworthy, mediocre",
            "hammy, leaden, amateurish",
        ),
    },
    "process": {
        POSITIVE: Tiered(
            "easy, quick, smooth, simple, fast, excellent",
            "effortless, painless, seamless, straightforward, speedy",
            "hassle-free, slick, frictionless",
        ),
        NEGATIVE: Tiered(
            "slow, confusing, difficult, messy, terrible, awful",
            "chaotic, frustrating, painful, disorganised, tedious",
            "shambolic, interminable, maddening",
        ),
    },
    "value": {
        POSITIVE: Tiered("fair, reasonable, excellent", "affordable, sensible, attractive", "unbeatable"),
        NEGATIVE: Tiered(
            "ridiculous, unfair, unreasonable", "steep, outrageous, extortionate", "exorbitant, eye-watering"
        ),
    },
}

# Adjectives that nobody puts after "more", "a bit" or "hardly", or that do not compare well.
ABSOLUTE = frozenset(
    Tiered(
        """
        excellent, wonderful, perfect, awful, terrible, disgusting, superb, fantastic, outstanding, divine,
        exquisite, sublime, heavenly, inedible, dreadful, revolting, vile, spotless, immaculate, pristine,
        filthy, squalid, brilliant, great, flawless, terrific, amazing, faultless, stellar, first-rate,
        phenomenal, top-notch, useless, atrocious, pathetic, abysmal, dire, woeful, subpar, mediocre,
        hilarious, riveting, spellbinding, mesmerising, masterful, luminous, effortless, seamless,
        unbeatable, ridiculous, outrageous, extortionate, exorbitant, eye-watering, tasteless, flavourless,
        gorgeous, rock-solid, lifeless, shambolic, interminable, maddening, scrumptious, delicious,
        mouth-watering, lukewarm, overcooked, back-breaking, well-kept, uncluttered, magnetic, painless,
        frictionless, hassle-free, threadbare, faulty, gripping, poor, lovely, well made, badly made
        """
    ).tiers[0]
)

# Verbs of liking and disliking: past and base form.
VERBS = {
    POSITIVE: Tiered(
        "loved/love, liked/like, enjoyed/enjoy", "adored/adore, appreciated/appreciate", "relished/relish"
    ),
    NEGATIVE: Tiered("hated/hate, disliked/dislike", "loathed/loathe, detested/detest", "despised/despise"),
}

OTHERS = Tiered(
    "my wife, my husband, my brother, my sister, my friend, my mother",
    "my neighbour, my colleague, my flatmate, my cousin, my boss",
    "my godfather, my niece",
)
