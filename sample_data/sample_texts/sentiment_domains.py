"""What the reviews of the sentiment task are about, and what people say about it besides praise and blame."""

# ruff: noqa: E501  (a sentence a line)

from __future__ import annotations

from dataclasses import dataclass

from sample_texts.common import Tiered
from sample_texts.sentiment_words import NEGATIVE, POSITIVE


@dataclass(frozen=True)
class Aspect:
    """Something in a review that is good or bad: ``noun`` with its article, kind of adjectives, number."""

    noun: str
    kind: str
    plural: bool = False
    mass: bool = False

    @property
    def bare(self) -> str:
        """The noun without its article."""
        return self.noun.split(" ", 1)[1]

    @property
    def it(self) -> str:
        """The pronoun for it."""
        return "they" if self.plural else "it"

    def be(self, tense: str) -> str:
        """Return the verb "to be" in the past or the present."""
        return {"past": "were" if self.plural else "was", "present": "are" if self.plural else "is"}[tense]


def _aspects(**kinds: str) -> tuple[Aspect, ...]:
    """Read ``staff="the waiters/p, the service/m"``: p plural, m not countable."""
    return tuple(
        Aspect(noun, kind, plural=number == "p", mass=number == "m")
        for kind, nouns in kinds.items()
        for noun, _, number in (entry.strip().partition("/") for entry in nouns.split(","))
    )


@dataclass(frozen=True)
class Domain:
    """A kind of review.

    Attributes
    ----------
    name, tense : str
        Its name, and the tense in which people write about it.
    at, whole, other : str
        The preposition that goes with it, the thing reviewed, and what it is compared with.
    again, never : str
        What a happy and an unhappy customer ends with.
    names : Tiered
        Invented brands or titles.
    named : str
        An opening that mentions ``{name}`` and perhaps ``{city}`` and ``{city2}``.
    aspects : tuple of Aspect
        What is good or bad about it.
    openings : tuple of str
        Sentences that say nothing either way.
    facts : dict of str to tuple of str
        By sentiment, facts with numbers that speak for themselves.
    irony : tuple of str
        Complaints in words of praise.
    """

    name: str
    tense: str
    at: str
    whole: str
    other: str
    again: str
    never: str
    names: Tiered
    named: tuple[str, ...]
    aspects: tuple[Aspect, ...]
    openings: tuple[str, ...]
    facts: dict[str, tuple[str, ...]]
    irony: tuple[str, ...]


DOMAINS = (
    Domain(
        "airline",
        "past",
        "on",
        "this airline",
        "[any other airline|the airline we usually take|most budget airlines|my last airline]",
        "[I will fly with them again|I would book with them again tomorrow|I have already booked my next trip with them]",
        "[I will never fly with them again|I am taking the train next time|next time I will pay for another airline]",
        Tiered(
            "Skylark Air, BlueWing, Northway", "AeroVista, Kestrel Air, Sunline, Polar Jet", "Zephyrus, Altair Express"
        ),
        (
            "[Flew|We flew|I flew] with {name} from {city} to {city2}.",
            "[Took|I took] the {name} flight to {city} [in the morning|on Friday|last week].",
            "{name} from {city} to {city2}, [economy|window seat|one stop].",
        ),
        _aspects(
            staff="the cabin crew/p, the flight attendants/p, the ground staff/p, the gate agents/p",
            comfort="my seat, the seats/p",
            food="the in-flight meal, the breakfast on board, the food on board/m, the coffee/m",
            process="the boarding/m, the check-in, the rebooking/m, the baggage claim",
            place="the cabin, the lounge",
        ),
        (
            "[We|I] flew [to|back from] [Lisbon|Athens|Dublin|Oslo|Rome] [in May|last week|for a wedding|on business].",
            "It was [a night flight|a short hop|an eight-hour flight|our first trip with the baby].",
            "I booked [through the app|at the last minute|two months ahead].",
            "We were [seated near the back|travelling with two small children|in the exit row].",
            "My connection was [in Vienna|through Madrid|late in the evening].",
        ),
        {
            POSITIVE: (
                "We landed {small} minutes early.",
                "My suitcase was on the belt {small} minutes after landing.",
                "They found our lost bag within {small} hours and brought it to the hotel.",
                "They upgraded {few} of us for free.",
                "It took {small} minutes from the door to the gate.",
                "When the flight was cancelled they paid us {money} euros the same week.",
            ),
            NEGATIVE: (
                "We sat on the runway for {big} minutes.",
                "The flight left {few} hours late.",
                "They lost our bags and it took {small} days to get them back.",
                "I waited {big} minutes on the phone to change one name.",
                "They charged me {money} euros for a small bag.",
                "{few} months later I am still waiting for my refund.",
            ),
        },
        (
            "Oh [great|wonderful|perfect|brilliant], another [three-hour|two-hour|four-hour] delay.",
            "[Lovely|What a treat], a [free|complimentary] night on the airport floor.",
            "[Thanks|Many thanks] for sending my suitcase on [such a nice|its own] holiday to [Lisbon|Oslo|Chicago].",
            "If you enjoy [standing in line|sleeping at the gate|being ignored], this is the [perfect|ideal|best] airline for you.",
        ),
    ),
    Domain(
        "hotel",
        "past",
        "at",
        "this hotel",
        "[any other hotel in town|the place we stayed at last year|the hotel next door|the chain hotels]",
        "[we will be back next year|I would stay here again|we have already booked again|I have told all my friends to stay here]",
        "[we left a day early|I would not stay here if it were free|we will stay somewhere else next time|I asked for my money back]",
        Tiered(
            "the Harbour Inn, the Grand Linden, Hotel Aurora",
            "the Old Mill, Casa Verde, the Seagull, Villa Rosa",
            "the Capstan, Hotel Belvoir",
        ),
        (
            "[Stayed|We stayed|I stayed] at {name} in {city} for [two|three|four] nights.",
            "{name}, {city}, [one night|a long weekend|five nights in June].",
            "My company put me up at {name} near {city}.",
        ),
        _aspects(
            staff="the receptionists/p, the housekeepers/p, the staff/p, the porters/p, the people at the front desk/p",
            comfort="the bed, the mattress, the sofa",
            food="the breakfast, the dinner, the buffet, the room service food/m",
            process="the check-in, the checkout, the online booking/m, the airport transfer",
            place="the room, the bathroom, the lobby, the pool area, the dining room",
            value="the price, the room rate",
        ),
        (
            "[We|I] stayed [two nights|a week|one night] [in March|for a conference|over Easter|for our anniversary].",
            "Our room was [on the third floor|at the end of the corridor|facing the street].",
            "We arrived [late in the evening|by train|around noon] [with two children|with a dog|after a long drive].",
            "It is [five minutes from the station|near the old town|a short walk from the beach].",
            "I booked [a double room|half board|directly on their website].",
        ),
        {
            POSITIVE: (
                "They let us check in {small} hours early at no charge.",
                "Fresh towels came within {small} minutes of my call.",
                "They gave us a room {few} categories above the one we had paid for.",
                "They took {money} euros off the bill because the lift was out of order.",
                "We have been coming here for {small} years.",
                "I slept {nine} hours straight, every night.",
            ),
            NEGATIVE: (
                "We waited {big} minutes for the key to our room.",
                "The lift was out of order for {few} days and we were on the ninth floor.",
                "I found {few} cockroaches in the bathroom.",
                "They charged us {money} euros for a towel that we never had.",
                "The builders next door started drilling at {dawn} in the morning.",
                "I called the front desk {few} times and nobody came.",
            ),
        },
        (
            "[Lovely|Wonderful|Charming], if you like [sharing your room with ants|listening to other people's televisions|cold showers].",
            "The [free alarm clock|complimentary wake-up call] was a [lorry|building site|nightclub] under the window. [Delightful|Great].",
            "[Congratulations|Well done] to the manager for finding a way to charge for [tap water|the light switch|breathing].",
        ),
    ),
    Domain(
        "restaurant",
        "past",
        "at",
        "this restaurant",
        "[the place across the street|any other restaurant here|the old place on the corner|most places in this part of town]",
        "[we are coming back on Friday|I would eat here every week|we will be back soon|I have already booked a table for my birthday]",
        "[we left before dessert|we will not be back|I will cook at home next time|we got a pizza on the way home]",
        Tiered(
            "Bella Luna, the Green Fork, Chez Martin",
            "Saffron House, the Salty Goat, Casa Pepe, Noodle Corner",
            "Umbra, the Tin Ladle",
        ),
        (
            "[Had|We had|I had] [lunch|dinner] at {name} in {city}.",
            "[Birthday dinner|Team lunch|Sunday brunch] at {name}, {city}.",
            "We booked {name} for [six|four|eight] people [on Saturday|on a Tuesday|in {city}].",
        ),
        _aspects(
            staff="the waiters/p, the waitresses/p, the staff/p, the bar staff/p",
            food="the soup, the steak, the pasta, the fish, the dessert, the curry, the bread/m, the salad, the risotto",
            place="the dining room, the terrace, the bar",
            process="the booking, the ordering/m",
            value="the price, the wine prices/p, the set menu price",
        ),
        (
            "[We|I] went [for lunch|for dinner|on a Sunday] [with friends|with my parents|after the theatre].",
            "It was [my birthday|our anniversary|a work dinner|a weekday evening].",
            "We [sat outside|had a table by the window|were a group of six].",
            "I ordered [three courses|the set menu|several dishes to share].",
            "The place is [near the station|behind the market|on the main square].",
        ),
        {
            POSITIVE: (
                "Our starters were on the table in {small} minutes.",
                "We ordered {few} extra portions to take home.",
                "I have eaten here {small} times this year.",
                "They took {small} euros off because one dish was late.",
                "All {six} of us cleared our plates.",
                "We stayed for {few} desserts each.",
            ),
            NEGATIVE: (
                "We waited {big} minutes for a glass of water.",
                "They forgot {few} of our dishes and still put them on the bill.",
                "{few} of us were ill the next morning.",
                "It took {big} minutes to get the bill.",
                "I counted {few} hairs in my soup.",
                "They charged {small} euros for a bottle of tap water.",
            ),
        },
        (
            "[Great|Perfect|Excellent] place [to lose weight|to watch other people eat|if you have no sense of taste].",
            "The [chef|kitchen] has a [real gift|rare talent] for [burning water|hiding the meat|turning fish into rubber].",
            "[Five stars|Full marks] to the [fly|hair] in my [soup|salad], the only [lively|interesting] thing on the plate.",
        ),
    ),
    Domain(
        "phone",
        "present",
        "on",
        "this phone",
        "[my old phone|last year's model|the cheaper version|the one my brother has]",
        "[I have just ordered a second one|I would buy it again|I have stopped looking at other phones|I think it is worth every penny]",
        "[I am sending it back|I want my money back|mine is back in its box|I went back to my old one]",
        Tiered(
            "Nova 5, Pixelon, the Orbit X",
            "the Lumo 3, Vertex Mini, the Quasar Pro, Tessa One",
            "the Ibex Fold, Corvid S",
        ),
        (
            "[Bought|I bought] {name} [in {city}|in March|two months ago].",
            "{name}, [black|blue|second hand], bought in {city}.",
            "My office in {city} gave all of us {name}.",
        ),
        _aspects(
            device="the battery, the screen, the camera, the speaker, the microphone, the fingerprint reader, the sound/m, the signal, the keyboard",
            process="the set-up, the software update, the data transfer, the repair service/m",
            value="the price",
        ),
        (
            "I [bought it|got it|ordered it] [in January|as a present|online|to replace my old one].",
            "I use it [for work|mostly for photos|every day|for maps and music].",
            "This is [my third phone from them|my first phone from this brand|the 128 GB version].",
            "I have had it [for two weeks|for six months|since the summer].",
        ),
        {
            POSITIVE: (
                "The battery still lasts {few} days after a year.",
                "It goes from empty to full in {big} minutes.",
                "I have dropped it {small} times and there isn't a scratch on it.",
                "It started in {small} seconds out of the box.",
                "They repaired the screen in {few} days and charged nothing.",
                "In {small} months it has crashed zero times.",
            ),
            NEGATIVE: (
                "The battery is empty after {few} hours.",
                "It restarts itself {small} times a day.",
                "The screen cracked after {few} days in my pocket.",
                "It takes {big} seconds to open the camera.",
                "I have sent it in for repair {few} times this year.",
                "After {small} months the charger stopped working.",
            ),
        },
        (
            "[Great|Excellent|Wonderful] hand warmer, shame about the [calls|phone part|battery].",
            "[Perfect|Ideal] for anyone who [loves charging|misses the nineties|never needs to make a call].",
            "It [makes a|is a] [beautiful|lovely|very stylish] paperweight.",
        ),
    ),
    Domain(
        "film",
        "present",
        "in",
        "this film",
        "[the first one|the book|the original|most films this year]",
        "[I would watch it again tonight|I am going again on Sunday|I did not want it to end|I have told everyone to see it]",
        "[I left before the end|I want those two hours back|I fell asleep half-way|we switched it off]",
        Tiered(
            "The Last Harbour, Winter Road, Paper Moons",
            "Seven Bridges, The Quiet Hour, Glass Rivers, Nightfall",
            "Ember and Ash, The Cartographer",
        ),
        (
            "[Saw|We saw|I saw] {name} at a [festival|cinema|preview] in {city}.",
            "{name} [opened|came out] in {city} [last week|on Friday].",
            "{name} is set in {city} [in the sixties|after the war|in the near future].",
        ),
        _aspects(
            story="the plot, the story, the script, the ending, the dialogue/m, the second half",
            acting="the cast, the lead actress, the lead actor, the performances/p, the acting/m",
            device="the soundtrack, the camera work/m, the editing/m",
        ),
        (
            "[We|I] [saw it|watched it] [on Saturday|with my daughter|on a plane|at home|at a festival].",
            "It runs for [ninety minutes|over two hours|almost three hours].",
            "It is [a remake|the director's second film|based on a novel|set in a small town].",
            "I knew [nothing about it|the book|only the trailer] before.",
            "The cinema was [half empty|full|nearly full].",
        ),
        {
            POSITIVE: (
                "I have seen it {few} times already.",
                "I cried {few} times and laughed all the way home.",
                "{nine} out of ten from me.",
                "The audience clapped for {small} minutes.",
                "All {two_hours} minutes flew by.",
                "I bought tickets for {six} friends the next day.",
            ),
            NEGATIVE: (
                "I looked at my watch {small} times.",
                "{few} people in our row walked out.",
                "{few} out of ten from me, and that is for the posters.",
                "I fell asleep after {big} minutes.",
                "It felt like {six} hours.",
                "I would not pay {few} euros to see it.",
            ),
        },
        (
            "[Great|Perfect|Wonderful] film [to fall asleep to|for cleaning the kitchen|if you need a nap].",
            "The [best|most exciting] part [was|is] the [exit sign|popcorn|closing credits].",
            "[Bravo|Congratulations], two hours of [rain on windows|people staring at the sea|a man looking for his keys].",
        ),
    ),
    Domain(
        "shop",
        "past",
        "at",
        "this shop",
        "[the big online stores|the shop I used before|any other store|the market on our street]",
        "[I will order from them again|this is my new favourite shop|I have ordered twice since|I recommend them to everyone]",
        "[I will never order from them again|I had to call my bank to get the money back|I buy in town now|I have closed my account]",
        Tiered(
            "Homely, Boxwell, Maple and Co", "Parcelo, The Lamp Shop, Kindred, Urban Nest", "Quillby, Fenwick Goods"
        ),
        (
            "[Ordered|I ordered] [a few things|some presents|two parcels] from {name}, delivered to {city}.",
            "{name} has [a shop|a branch|its main store] in {city} and I [ordered online|went there on Monday].",
            "My order from {name} came from {city}.",
        ),
        _aspects(
            staff="the support staff/p, the sales people/p, the couriers/p, the people on the phone/p",
            process="the delivery, the checkout, the return, the refund, the packaging/m, the tracking/m",
            goods="the jacket, the lamp, the kettle, the chair, the coat, the backpack",
            value="the price, the delivery fee",
        ),
        (
            "[I|We] ordered [a few things|two parcels|some presents] [in November|for the new flat|on Monday].",
            "It was my [first|second] order [|from them|this year].",
            "I paid [by card|on delivery|through the app].",
            "I needed everything [by Friday|for the new flat|before the holidays].",
        ),
        {
            POSITIVE: (
                "It arrived {few} days earlier than promised.",
                "The refund was in my account after {few} days.",
                "They answered my email in {small} minutes.",
                "They sent {few} spare parts without being asked.",
                "After {small} years it still looks new.",
                "They gave me {small} percent back because the box had a dent.",
            ),
            NEGATIVE: (
                "It arrived {few} weeks late.",
                "I wrote {few} emails and got no answer.",
                "{few} of the {six} cups were broken.",
                "It fell apart after {small} days.",
                "I spent {big} minutes on hold before they cut me off.",
                "They want {money} euros to take back their own mistake.",
            ),
        },
        (
            "[Great|Fantastic|Brilliant] service: I ordered [a lamp|a blue coat|four chairs] and got [an empty box|one red sock|a receipt].",
            "[Wonderful|Super], my parcel has now seen more of the [country|world] than I have.",
            "If you [love|enjoy] talking to answering machines, you will [adore|love] this shop.",
        ),
    ),
)
