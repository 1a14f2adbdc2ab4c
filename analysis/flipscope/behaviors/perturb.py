"""Perturbations: changed copies of inputs that a model should answer as it did before. No model, no download."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from flipscope.behaviors.contractions import change_contractions
from flipscope.behaviors.kinds import Invariant
from flipscope.behaviors.perturb_form import add_noise, add_sentence, add_typo, change_case, change_punctuation
from flipscope.behaviors.perturb_swaps import swap_names, swap_numbers, swap_places
from flipscope.behaviors.suite import Suite, Test, starts_of
from flipscope.behaviors.suite_file import ExampleFile, file_of, suite_text
from flipscope.data import Examples
from flipscope.errors import FlipscopeError

Texts = tuple[str, str | None]
_Change = Callable[[str, str | None, random.Random], list[Texts]]

_CHUNK = 1_000  # rows drawn at a time


@dataclass(frozen=True)
class Perturbation:
    """A way to change inputs.

    Attributes
    ----------
    name : str
        What people call it.
    capability : str
        The capability an invariance test of it is about.
    description : str
        The rule, for people.
    change : callable
        ``(text_a, text_b, rng)`` to changed inputs, none when it does not apply; see `variants`.
    """

    name: str
    capability: str
    description: str
    change: _Change


def _either_side(change: Callable[[str, random.Random], list[str]]) -> _Change:
    """Change one text at a time: the first, then the second."""

    def changed(text_a: str, text_b: str | None, rng: random.Random) -> list[Texts]:
        first: list[Texts] = [(new, text_b) for new in change(text_a, rng)]
        return first if text_b is None else [*first, *((text_a, new) for new in change(text_b, rng))]

    return changed


def _both_sides(change: Callable[[tuple[str, ...], random.Random], list[tuple[str, ...]]]) -> _Change:
    """Change both texts alike."""

    def changed(text_a: str, text_b: str | None, rng: random.Random) -> list[Texts]:
        if text_b is None:
            return [(new, None) for (new,) in change((text_a,), rng)]
        return [(one, two) for one, two in change((text_a, text_b), rng)]

    return changed


def _irrelevant(text_a: str, text_b: str | None, rng: random.Random) -> list[Texts]:
    """Add noise to either text; a whole sentence to single texts only, as it can change how two texts relate."""
    noise = _either_side(add_noise)(text_a, text_b, rng)
    return noise if text_b is not None else [*noise, *((new, None) for new in add_sentence(text_a, rng))]


PERTURBATIONS: dict[str, Perturbation] = {
    each.name: each
    for each in (
        Perturbation(
            "typos",
            "Robustness",
            "Two different neighbouring letters of one word of at least four letters change places, behind the first.",
            _either_side(add_typo),
        ),
        Perturbation(
            "contractions",
            "Robustness",
            '"do not" is drawn together to "don\'t" and "it is" to "it\'s", or written out, where English allows it.',
            _either_side(change_contractions),
        ),
        Perturbation(
            "casing",
            "Robustness",
            "Everything in lower case; the first letter in upper case; one word in capitals.",
            _either_side(change_case),
        ),
        Perturbation(
            "punctuation",
            "Robustness",
            "The final mark (. ! ?) is dropped or doubled, or a full stop is added.",
            _either_side(change_punctuation),
        ),
        Perturbation(
            "numbers",
            "NER",
            "A count in digits changes by 1, or up to a tenth, everywhere; years, times and scores stay.",
            _both_sides(swap_numbers),
        ),
        Perturbation(
            "names",
            "NER",
            "A first name becomes another one of the same gender, everywhere; full names of people stay.",
            _both_sides(swap_names),
        ),
        Perturbation(
            "places",
            "NER",
            "A city becomes another city, or a country another country, everywhere.",
            _both_sides(swap_places),
        ),
        Perturbation(
            "irrelevant",
            "Robustness",
            "A web address, a handle or (single texts only) an unrelated neutral sentence is added.",
            _irrelevant,
        ),
    )
}


def variants(name: str, text_a: str, text_b: str | None, rng: random.Random) -> list[Texts]:
    """Change an input by one perturbation.

    Parameters
    ----------
    name : str
        One of `PERTURBATIONS`.
    text_a, text_b : str, str or None
        The input. Of a pair, typos, contractions, casing, punctuation and noise change one text at a time;
        numbers, names and places change the same thing in both, and nothing that stands in one text only.
    rng : random.Random
        Makes the choices. The same state gives the same variants.

    Returns
    -------
    list of (str, str or None)
        Different from the input and from each other; none when the perturbation does not apply.

    Raises
    ------
    FlipscopeError
        When there is no perturbation of this name.
    """
    changed = _known(name).change(text_a, text_b, rng)
    return [texts for texts in dict.fromkeys(changed) if texts != (text_a, text_b)]


def _known(name: str) -> Perturbation:
    if name not in PERTURBATIONS:
        raise FlipscopeError(
            f"there is no perturbation {name!r}", do=f"The perturbations are {', '.join(PERTURBATIONS)}"
        )
    return PERTURBATIONS[name]


def with_variants(examples: list[ExampleFile], names: Sequence[str], rng: random.Random) -> list[ExampleFile]:
    """Return the first example of a case followed by its variants; nothing when there are none.

    Raises
    ------
    FlipscopeError
        When there is no perturbation of a name.
    """
    first = examples[0]
    if first.texts is None:
        return examples  # refused where suites are checked, which can say where it stands
    changed = [texts for name in dict.fromkeys(names) for texts in variants(name, *first.texts, rng)]
    copies = [first.model_copy(update=_fields(first, texts)) for texts in dict.fromkeys(changed)]
    return [first, *copies] if copies else []


def _fields(example: ExampleFile, texts: Texts) -> dict[str, str | None]:
    return {"text": texts[0]} if example.text is not None else {"text_a": texts[0], "text_b": texts[1]}


def perturbation_suite(examples: Examples, names: Sequence[str], *, n: int = 500, seed: int = 1) -> Suite:
    """Make invariance tests of an evaluation set, one a perturbation.

    A case is an example followed by its variants, and its id and cluster are the example's id. An example's
    variants depend on the seed and its id alone, so they stay the same when other rows come and go. That the
    answer must not change is an assumption: that no label hangs on a name, a place, a number or the form.

    Parameters
    ----------
    examples : flipscope.data.Examples
        The evaluation set.
    names : sequence of str
        Which of `PERTURBATIONS`.
    n : int
        How many examples a test takes at most, of those its perturbation applies to.
    seed : int
        Chooses them.

    Returns
    -------
    flipscope.behaviors.suite.Suite
        Perturbations that apply to no example have a note instead of a test.

    Raises
    ------
    FlipscopeError
        When a name is unknown, or no perturbation applies to any example.
    """
    if n < 1:
        raise FlipscopeError(f"a test needs at least one case, not {n}")
    tests, notes = [], []
    for perturbation in [_known(name) for name in dict.fromkeys(names)]:
        cases = _cases(examples, perturbation.name, n, seed)
        if cases:
            tests.append(_test(perturbation, cases))
        else:
            notes.append(f"{perturbation.name}: applies to no example, so there is no such test")
    if not tests:
        raise FlipscopeError(
            f"none of these perturbations applies to any example: {', '.join(names) or 'none is named'}",
            where=examples.source,
            do=f"The perturbations are {', '.join(PERTURBATIONS)}",
        )
    suite = Suite(
        name=f"perturbed-{examples.task}",
        tasks=(examples.task,),
        labels=examples.label_names,
        tests=tuple(tests),
        source=examples.source,
        description=f"Examples of {examples.task}, changed in ways that should not matter.",
        notes=tuple(notes),
    )
    return replace(suite, digest=hashlib.sha256(suite_text(file_of(suite)).encode()).hexdigest())


def _cases(examples: Examples, name: str, n: int, seed: int) -> list[tuple[str, list[Texts]]]:
    """Draw examples without replacement until `n` of them could be changed; ids, and inputs with their variants."""
    cases = []
    for example_id, text_a, text_b in _drawn(examples, f"{seed}:{name}"):
        rng = random.Random(f"{seed}:{name}:{example_id}")
        if changed := variants(name, text_a, text_b, rng):
            cases.append((example_id, [(text_a, text_b), *changed]))
            if len(cases) == n:
                break
    return cases


def _drawn(examples: Examples, seed: str) -> Iterator[tuple[str, str, str | None]]:
    """Rows that have a text, in random order."""
    table = examples.table.select(["example_id", "text_a", "text_b"])
    order = np.random.default_rng(list(seed.encode())).permutation(len(table))
    for start in range(0, len(order), _CHUNK):
        rows = table.take(order[start : start + _CHUNK]).to_pydict()
        for example_id, text_a, text_b in zip(*rows.values(), strict=True):
            if text_a is not None:
                yield example_id, text_a, text_b


def _test(perturbation: Perturbation, cases: list[tuple[str, list[Texts]]]) -> Test:
    ids = tuple(example_id for example_id, _ in cases)
    texts = [pair for _, inputs in cases for pair in inputs]
    return Test(
        name=perturbation.name,
        capability=perturbation.capability,
        type="INV",
        description=perturbation.description,
        expect=Invariant(tolerance=0.1),
        slice=None,
        aggregate="all_except_first",
        starts=starts_of(len(inputs) for _, inputs in cases),
        case_ids=ids,
        clusters=ids,
        text_a=tuple(text_a for text_a, _ in texts),
        text_b=tuple(text_b for _, text_b in texts),
        labels=(None,) * len(texts),
    )
