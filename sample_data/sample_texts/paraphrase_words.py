"""The words of the paraphrase task: what people want to do, and how they ask about it."""

# ruff: noqa: E501  (a sentence a line)

from __future__ import annotations

from sample_texts.common import Tiered

# What people want to do: an action | the same in other words | something else about the same thing.
_ACTIONS = {
    "travel": (
        """book a cheap flight | find a low-cost flight | cancel a cheap flight
        renew my passport | get a new passport | photograph my passport
        plan a weekend in the mountains | organise a mountain weekend | survive a weekend in the mountains
        sleep well on a night train | get good sleep on a night train | book a bed on a night train
        avoid jet lag | prevent jet lag | explain jet lag to a child
        hire a car abroad | rent a car in another country | sell a car abroad""",
        """find a quiet hotel near the airport | get a peaceful hotel close to the airport | open a quiet hotel near the airport
        travel with a baby | take a trip with a baby | choose a name for a baby
        pack a small suitcase | fit everything into a small suitcase | repair a small suitcase
        get a refund for a train ticket | get my money back for a train ticket | buy a train ticket online""",
        "cross the border by bike | ride a bicycle over the border | draw the border on a map",
    ),
    "cooking": (
        """cook rice without sticking | make rice that does not stick | store cooked rice
        bake bread at home | make homemade bread | slice bread evenly
        cut an onion without crying | chop an onion without tears | grow an onion on the balcony
        boil an egg | cook an egg in hot water | paint an egg
        keep herbs fresh | stop herbs from wilting | dry fresh herbs
        make coffee without a machine | brew coffee by hand | clean a coffee machine""",
        """thicken a sauce | make a sauce thicker | freeze a sauce
        peel garlic quickly | remove garlic skin fast | plant garlic in autumn
        tell if a melon is ripe | know whether a melon is ready to eat | carve a melon
        reheat pizza | warm up leftover pizza | order a pizza late at night""",
        "sharpen a kitchen knife | make a dull kitchen knife sharp again | throw a kitchen knife away safely",
    ),
    "health": (
        """lose weight | shed some pounds | gain weight
        fall asleep faster | get to sleep more quickly | stay awake longer
        get rid of a headache | make a headache go away | describe a headache to a doctor
        lower my blood pressure | bring my blood pressure down | measure my blood pressure
        stop smoking | give up cigarettes | ask someone to smoke outside
        treat a cold | cure a cold | catch a cold""",
        """strengthen my back | build a stronger back | scratch my back
        drink more water | increase my water intake | filter tap water
        recover from the flu | get over the flu | get vaccinated against the flu
        start running | take up jogging | stop running too early""",
        "relieve a sore throat | soothe a throat that hurts | examine a sore throat",
    ),
    "money": (
        """save money every month | put money aside each month | lose money every month
        open a bank account | set up a bank account | close a bank account
        get a loan | borrow money from a bank | pay back a loan
        pay less tax | reduce my taxes | calculate my taxes
        earn money online | make money on the internet | send money online
        buy a used car | purchase a second-hand car | sell a used car""",
        """find a cheap apartment | get an affordable flat | furnish a cheap apartment
        invest a small sum | put a little money to work | inherit a small sum
        negotiate a higher salary | ask for better pay | hide a high salary
        insure a bicycle | get insurance for a bike | steal-proof a bicycle""",
        "contest a parking fine | appeal against a parking ticket | print a parking ticket",
    ),
    "computers": (
        """delete my account | remove my profile | create my account
        recover deleted photos | get lost pictures back | delete photos for good
        speed up my laptop | make my laptop faster | lock my laptop
        learn to code | start programming | stop coding at night
        change my password | set a new password | remember my password
        connect a printer | hook up a printer | throw away a printer""",
        """block spam calls | stop unwanted calls | record phone calls
        take a screenshot | capture my screen | clean my screen
        back up my phone | make a copy of my phone data | find my phone
        update the drivers | install newer drivers | remove the drivers""",
        "mute a group chat | silence a group conversation | start a group chat",
    ),
    "home": (
        """remove a wine stain | get rid of a wine stain | cover a wine stain with a rug
        paint a wall | put colour on a wall | knock down a wall
        fix a leaking tap | repair a dripping tap | choose a kitchen tap
        clean the oven | get dirt out of the oven | preheat the oven
        keep mice out of the kitchen | stop mice from getting into the kitchen | keep mice as pets
        grow tomatoes on a balcony | raise tomatoes on a balcony | cook tomatoes from the balcony""",
        """hang a heavy mirror | put up a heavy mirror | clean a heavy mirror
        unblock a drain | clear a clogged drain | install a drain
        save electricity | use less power | produce electricity
        insulate an attic | keep the heat in an attic | rent out an attic""",
        "get candle wax off a tablecloth | remove wax from a tablecloth | sew a tablecloth",
    ),
    "study": (
        """learn English quickly | pick up English fast | teach English at home
        prepare for an exam | get ready for an exam | cheat in an exam
        improve my handwriting | write more neatly | analyse handwriting
        remember new words | keep new words in mind | invent new words
        write a good essay | produce a strong essay | buy an essay
        become a teacher | start a career as a teacher | complain about a teacher""",
        """read faster | increase my reading speed | read aloud
        get a scholarship | win a grant for my studies | return a scholarship
        stay focused in class | concentrate during lessons | skip a class
        choose a university | decide on a university | leave university early""",
        "cite a web page | quote an online source | build a web page",
    ),
    "pets": (
        """train a puppy | teach a young dog | adopt a puppy
        feed a kitten | give food to a kitten | name a kitten
        bathe a dog | wash a dog | walk a dog
        stop my cat from scratching the sofa | keep my cat from clawing the sofa | move the sofa away from my cat
        keep a goldfish alive | look after a goldfish | paint a goldfish
        brush a cat | groom a cat | scare a cat""",
        """calm a nervous dog | settle an anxious dog | annoy a sleeping dog
        clean a fish tank | wash an aquarium | build a fish tank
        teach a parrot to speak | get a parrot to talk | stop a parrot from talking
        take a cat to the vet | bring a cat to the animal doctor | keep a cat indoors""",
        "trim a rabbit's claws | cut the nails of a rabbit | breed rabbits",
    ),
}

Action = tuple[str, str, str, str]


def _read(domain: str, table: str) -> list[Action]:
    return [(domain, *(part.strip() for part in line.split("|"))) for line in table.splitlines() if line.strip()]


ACTIONS = Tiered(
    *([action for domain, tiers in _ACTIONS.items() for action in _read(domain, tiers[tier])] for tier in range(3))
)

# Two lists of ways to ask how something is done; all mean the same.
HOW_TO = Tiered(
    (
        "How do I {x}?",
        "How can I {x}?",
        "What is the best way to {x}?",
        "What should I do to {x}?",
        "What do I need to do to {x}?",
    ),
    (
        "What is the easiest way to {x}?",
        "Can someone tell me how to {x}?",
        "Any tips on how to {x}?",
        "I want to {x}. Where do I start?",
        "I would like to {x}. How do I do that?",
    ),
    ("Where do I start if I want to {x}?", "Is there a trick to {x}?"),
)

MODIFIERS = Tiered(
    "trained, famous, retired, young, experienced",
    "licensed, freelance, unemployed, self-taught, award-winning",
    "part-time, accredited, aspiring",
)
