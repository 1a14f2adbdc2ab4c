"""The word lists of the paraphrase suite."""

from __future__ import annotations

from typing import Any

from flipscope.behaviors.builtin.lexicons import DEEDS, SHARED, forms, listed

LEXICONS: dict[str, list[Any]] = {
    **SHARED,
    "former": listed("former, retired, aspiring, future"),
    "grade": listed("trainee, part-time, self-employed, senior, freelance"),
    "famous": listed("famous, part-time, self-employed, prize-winning"),
    "guests": listed("pet-friendly, budget, adults-only, airport"),
    "car_kind": listed("electric, used, self-driving, armored, vintage"),
    "really": listed("really, actually"),
    "same": forms(
        "a b",
        """brave/courageous
        wealthy/rich
        smart/intelligent
        polite/courteous
        hardworking/diligent
        stubborn/obstinate
        careful/cautious
        humble/modest
        talkative/chatty
        curious/inquisitive
        truthful/honest
        frugal/thrifty""",
    ),
    "opposite": forms(
        "a b",
        """polite/rude
        patient/impatient
        generous/stingy
        brave/cowardly
        honest/dishonest
        humble/arrogant
        hardworking/lazy
        friendly/unfriendly
        responsible/irresponsible
        talkative/quiet
        tidy/messy
        careful/careless
        strong/weak
        rich/poor
        calm/nervous""",
    ),
    "degree": forms(
        "a b",
        """optimistic/pessimistic
        patient/impatient
        organized/disorganized
        generous/stingy
        responsible/irresponsible
        confident/insecure
        motivated/unmotivated
        honest/dishonest
        careful/careless
        active/passive
        tolerant/intolerant
        polite/impolite""",
    ),
    "step": forms(
        "ing past",
        """buying a house/bought a house
        selling a car/sold a car
        signing a contract/signed a contract
        taking an exam/took an exam
        starting a business/started a business
        renting an apartment/rented an apartment
        adopting a dog/adopted a dog
        running a marathon/ran a marathon
        painting the house/painted the house
        baking a cake/baked a cake
        changing jobs/changed jobs
        giving a speech/gave a speech""",
    ),
    "deed": DEEDS,
    "symmetric": listed(
        """married to, engaged to, related to, the same age as, the same height as, a cousin of, a colleague of,
        a classmate of, friends with, sitting next to"""
    ),
    "asymmetric": forms(
        "one other",
        """taller than/shorter than
        older than/younger than
        richer than/poorer than
        stronger than/weaker than
        faster than/slower than
        the host of/a guest of
        a parent of/a child of
        a teacher of/a student of
        the manager of/managed by
        in front of/behind""",
    ),
    "feeling": listed(
        "in love with, afraid of, proud of, jealous of, angry with, disappointed in, a fan of, worried about"
    ),
    "feature": listed("tall, smart, patient, honest, strong, ambitious, funny, generous, shy, well-read"),
    "thing": listed(
        "umbrella, notebook, jacket, bicycle, phone, laptop, guitar, camera, suitcase, wallet, hat, ticket"
    ),
    "quality": listed("cheap, quiet, clean, safe, popular, modern, comfortable, small, central, friendly"),
    "nervous": listed("nervous, excited, tired, late, alone, surprised, happy, sick, hungry, angry"),
}
