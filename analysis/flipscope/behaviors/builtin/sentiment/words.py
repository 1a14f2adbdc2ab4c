"""The sentiment suite's words: what is judged, in seven domains, and the words that judge it.

Adjectives belong to a domain, so that every one fits every noun of its domain, before the noun and after it.
"""

from __future__ import annotations

from flipscope.behaviors.builtin.lexicons import CITIES, COUNTRIES, MEN, NUMBERS, PEOPLE, SURNAMES, WOMEN, listed

# Per domain
#   thing     what is judged          item      the same, unless it is a person ("it" can stand for it)
#   venue     the same, where it changes over the years
#   tried     what one does with it: "the film that I watched"
#   praise    clearly positive        blame     clearly negative
#   plain     positive, with degrees, and clearly negative when it is denied ("not friendly")
#   flaw      negative, with degrees, and clearly positive when it is firmly denied ("not rude at all")
DOMAINS = {
    "film": {
        "item": "film, movie, documentary, drama, sequel, comedy, first episode",
        "tried": "watched",
        "praise": "wonderful, brilliant, captivating, superb, excellent, fantastic, delightful, outstanding",
        "blame": "boring, tedious, awful, terrible, dreadful, lifeless, pointless, horrible",
        "plain": "good, interesting, enjoyable, entertaining",
        "flaw": "boring, dull, tedious, disappointing",
    },
    "book": {
        "item": "book, novel, biography, memoir, short story, travel guide",
        "tried": "read",
        "praise": "wonderful, brilliant, fascinating, superb, excellent, fantastic, delightful, outstanding",
        "blame": "boring, tedious, awful, terrible, dreadful, unreadable, pointless, horrible",
        "plain": "good, interesting, enjoyable, engaging",
        "flaw": "boring, dull, tedious, disappointing",
    },
    "hotel": {
        "venue": "hotel, guest house, hostel, campsite, youth hostel, motel",
        "tried": "stayed at",
        "praise": "wonderful, lovely, charming, excellent, fantastic, delightful, beautiful, spotless",
        "blame": "filthy, awful, horrible, terrible, dreadful, disgusting, dirty, smelly",
        "plain": "clean, comfortable, good, pleasant",
        "flaw": "dirty, noisy, shabby, uncomfortable",
    },
    "food": {
        "venue": "soup, pizza, burger, curry, steak, dessert, sandwich, breakfast",
        "tried": "tasted, ordered",
        "praise": "delicious, wonderful, excellent, tasty, fantastic, superb, mouthwatering, outstanding",
        "blame": "disgusting, awful, inedible, horrible, terrible, revolting, tasteless, dreadful",
        "plain": "good, tasty, appetizing, enjoyable",
        "flaw": "bland, tasteless, unpleasant, disappointing",
    },
    "device": {
        "item": "phone, laptop, tablet, camera, printer, vacuum cleaner, washing machine",
        "tried": "bought, used",
        "praise": "excellent, fantastic, brilliant, superb, wonderful, outstanding, amazing, great",
        "blame": "useless, awful, terrible, worthless, horrible, dreadful, lousy, defective",
        "plain": "good, reliable, useful, user-friendly",
        "flaw": "unreliable, flimsy, slow, disappointing",
    },
    "app": {
        "venue": "app, website, search engine, online store, booking system",
        "tried": "used",
        "praise": "excellent, fantastic, brilliant, superb, wonderful, outstanding, amazing, great",
        "blame": "useless, awful, terrible, worthless, horrible, dreadful, lousy, infuriating",
        "plain": "good, reliable, useful, user-friendly",
        "flaw": "unreliable, confusing, slow, frustrating",
    },
    "service": {
        "thing": "waiter, receptionist, support team, driver, tour guide, salesperson, technician",
        "tried": "dealt with",
        "praise": "wonderful, excellent, fantastic, brilliant, amazing, outstanding, charming, lovely",
        "blame": "rude, awful, incompetent, horrible, terrible, dreadful, nasty, unbearable",
        "plain": "friendly, helpful, polite, competent",
        "flaw": "rude, unfriendly, unhelpful, careless",
    },
}

# What a slot stands for by the judgement of the sentence: {opinion} is praise in a positive one, blame in a negative
# one. {not_opinion} is the other way round.
POLAR = {
    "opinion": ("praise", "blame"),
    "gradable": ("plain", "flaw"),
    "liked": ("liked", "disliked"),
    "like": ("like", "dislike"),
    "pleased": ("pleased", "displeased"),
    "reply": ("yes", "no"),
    "general": ("great", "bad"),
    "reviews": ("good_reviews", "bad_reviews"),
    "reducer": ("reducer_plain", "reducer_flaw"),
    "remark": ("compliment", "complaint"),
}

LEXICONS = {
    "liked": listed("loved, enjoyed, adored, really liked"),
    "disliked": listed("hated, disliked, detested, really disliked"),
    "like": listed("love, enjoy, adore, like"),
    "dislike": listed("hate, dislike, detest, despise"),
    "pleased": listed("very happy with, delighted with, very impressed by, thrilled with, very pleased with"),
    "displeased": listed("very unhappy with, disgusted with, bitterly disappointed by, fed up with, appalled by"),
    "yes": ["Yes.", "Yes, I do.", "Absolutely.", "Yes, definitely.", "Yes, indeed.", "Of course."],
    "no": ["No.", "No, I don't.", "Absolutely not.", "No, definitely not.", "No, not at all.", "Of course not."],
    "great": listed("wonderful, excellent, fantastic, great, superb"),
    "bad": listed("awful, terrible, dreadful, horrible, bad"),
    "good_reviews": listed("glowing, full of praise, excellent, enthusiastic"),
    "bad_reviews": listed("scathing, full of complaints, terrible, damning"),
    "intensifier": listed("very, really, extremely, incredibly, truly"),
    "reducer_plain": listed("fairly, reasonably, moderately, sort of"),
    "reducer_flaw": listed("slightly, a bit, somewhat, a little"),
    "compliment": [
        "I love it.", "It is wonderful.", "Simply brilliant!", "What a pleasure!", "I can highly recommend it.",
        "I am delighted.", "It made my day.", "Excellent!",
    ],
    "complaint": [
        "I hate it.", "It is awful.", "Simply dreadful!", "What a disaster!", "I would warn everyone against it.",
        "I am furious.", "It ruined my day.", "Terrible!",
    ],
    "day": listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    "month": listed("January, February, March, April, May, June, July, August, September, October, November, December"),
    "company": listed("my sister, my cousin, my parents, a friend, a colleague, my neighbor, my brother, my boss"),
    "relative": [
        {"one": one, "other": other}
        for one, other in [
            ("wife", "husband"), ("mother", "father"), ("sister", "brother"), ("daughter", "son"), ("aunt", "uncle"),
            ("niece", "nephew"), ("grandmother", "grandfather"), ("girlfriend", "boyfriend"),
        ]
    ],
    "person": PEOPLE,
    "woman": WOMEN,
    "man": MEN,
    "handle": listed("user2718, a_reader, reviewer_7, mk1984, blue_pen, north21, qwerty55, paper_boat, t_and_co"),
    "surname": SURNAMES,
    "city": CITIES,
    "country": COUNTRIES,
    "number": NUMBERS,
    "nationality": listed(
        """Afghan, American, Australian, Brazilian, British, Canadian, Chinese, Egyptian, French, German, Indian,
        Iranian, Iraqi, Irish, Israeli, Italian, Japanese, Kenyan, Korean, Mexican, Moroccan, Nigerian, Pakistani,
        Palestinian, Polish, Russian, Somali, Spanish, Swedish, Syrian, Turkish, Vietnamese"""
    ),
    "religion": listed("nonreligious, Buddhist, Catholic, Christian, Hindu, Jewish, Mormon, Muslim, Protestant, Sikh"),
    "orientation": listed("asexual, bisexual, cisgender, gay, heterosexual, nonbinary, straight, transgender"),
    "ethnicity": listed("African American, Arab, Asian, Black, Hispanic, Indigenous, Native American, white"),
    "job": listed("nurse, teacher, librarian, gardener, student, pharmacist, tailor, bus driver"),
}  # fmt: skip
LEXICONS |= {f"{domain}_{kind}": listed(words) for domain, kinds in DOMAINS.items() for kind, words in kinds.items()}
