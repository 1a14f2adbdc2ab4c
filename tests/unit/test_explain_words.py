"""Tokens of very different tokenizers, summed over the same words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipscope import FlipscopeError
from flipscope.explain.subject import Word, words_of
from flipscope.explain.words_of_tokens import PlacedTokens, align, place_tokens

CORPUS = [
    "the film is charming and well acted",
    "an unconvincing plot with unbelievable dialogue",
    "naïve café culture, isn't it?",
    "the acting is convincing; the plotting is not",
] * 20


def wordpiece():
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=90, special_tokens=specials))
    return wrapped(tokenizer)


def byte_level():
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.BpeTrainer(vocab_size=330, special_tokens=specials, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return wrapped(tokenizer)


def sentencepiece():
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.UnigramTrainer(vocab_size=80, special_tokens=specials, unk_token="[UNK]", show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return wrapped(tokenizer)


def wrapped(tokenizer):
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast

    specials = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=specials
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )


@pytest.fixture(scope="module", params=[wordpiece, byte_level, sentencepiece])
def tokenizer(request):
    return request.param()


def merged(tokenizer, text_a, text_b=None, max_length=64):
    """Give every token the score 1, special ones 100: then a word has as many as it has tokens."""
    words = words_of(text_a, text_b)
    tokens = place_tokens(tokenizer, text_a, text_b, max_length)
    alignment = align(tokens, words)
    scores = np.where(tokens.field < 0, 100.0, 1.0)
    found, rest = alignment.merge(scores)
    return words, found, rest, alignment


def test_a_word_has_the_tokens_that_it_has_alone(tokenizer):
    text = "The film  is unconvincing charming"
    words, found, rest, alignment = merged(tokenizer, text)
    assert [word.text for word in words] == text.split()
    assert found.tolist() == [len(tokenizer.tokenize(word)) for word in text.split()]
    assert max(found) > 1  # else it would be one token a word, and tell nothing
    assert rest >= 200  # [CLS] and [SEP]
    assert alignment.read.all()


def test_both_texts_of_a_pair_keep_their_words(tokenizer):
    words, found, _, _ = merged(tokenizer, "the plot", "unconvincing plot")
    assert [(word.text, word.field) for word in words] == [
        ("the", "a"), ("plot", "a"), ("unconvincing", "b"), ("plot", "b"),
    ]  # fmt: skip
    alone = [len(tokenizer.tokenize(word)) for word in ("the", "plot", "unconvincing", "plot")]
    assert found.tolist() == alone


def test_words_after_the_cut_are_not_read(tokenizer):
    _, found, _, alignment = merged(tokenizer, "the film is charming and well acted and convincing", max_length=8)
    assert alignment.read[0]
    assert not alignment.read[-1]
    assert found[-1] == 0
    assert found.sum() <= 6  # eight tokens, two of them special


@given(st.text(st.sampled_from("aäé xn,.!'?Ω漢🙂½\t\n\u200dİﬁ-"), min_size=1, max_size=40), st.integers(0, 2**32 - 1))
def test_words_and_rest_add_up_to_the_tokens(text, seed):
    for tokenizer in TOKENIZERS or TOKENIZERS.extend([wordpiece(), byte_level(), sentencepiece()]) or TOKENIZERS:
        words = words_of(text, text[::-1])
        tokens = place_tokens(tokenizer, text, text[::-1], 64)
        scores = np.random.default_rng(seed).normal(size=len(tokens.ids))
        alignment = align(tokens, words)
        found, rest = alignment.merge(scores)
        assert found.sum() + rest == pytest.approx(scores.sum(), abs=1e-9)
        assert found.shape == alignment.read.shape == (len(words),)
        assert not found[~alignment.read].any()


TOKENIZERS: list = []


def placed(*places, field=0):
    count = len(places)
    return PlacedTokens(np.zeros(count, np.int32), None, np.full(count, field), np.array(places).reshape(-1, 2))


def test_a_token_over_several_words_is_shared_by_its_characters():
    words = words_of("new york, ny", None)
    assert [word.text for word in words] == ["new", "york", ",", "ny"]
    tokens = placed((0, 8), (8, 12))  # "new york" and ", ny"
    found, rest = align(tokens, words).merge(np.array([7.0, 3.0]))
    assert found.tolist() == pytest.approx([3, 4, 1, 2])
    assert rest == 0


def test_spaces_that_a_tokenizer_counts_in_do_not_matter():
    words = words_of("a  b c", None)  # a, two spaces of which the second goes with b, and a piece for the one before c
    found, rest = align(placed((0, 1), (1, 2), (2, 4), (4, 5), (5, 6)), words).merge(10.0 ** np.arange(5))
    assert found.tolist() == [1, 100, 11000]
    assert rest == 10


def test_spaces_at_the_end_belong_to_no_word():
    found, rest = align(placed((0, 1), (1, 2)), words_of("a ", None)).merge(np.array([1.0, 10.0]))
    assert found.tolist() == [1]
    assert rest == 10


def test_tokens_without_characters_are_rest():
    found, rest = align(placed((1, 1), (3, 3), (0, 3)), words_of("abc", None)).merge(np.array([1.0, 2.0, 4.0]))
    assert found.tolist() == [4]
    assert rest == 3


def test_without_words_all_is_rest():
    found, rest = align(placed((0, 1)), ()).merge(np.array([2.0]))
    assert len(found) == 0
    assert rest == 2


def test_words_know_their_places():
    words = words_of("It isn't  bad.", "Ça va")
    assert words[1] == Word("isn't", "a", 3, 8)
    assert [word.text for word in words] == ["It", "isn't", "bad", ".", "Ça", "va"]
    assert all(("It isn't  bad." if w.field == "a" else "Ça va")[w.start : w.end] == w.text for w in words)


def test_a_tokenizer_without_places_is_told():
    class Slow:
        is_fast = False
        name_or_path = "models/v1"

    with pytest.raises(FlipscopeError, match=r"models/v1: Slow can't tell where its tokens stand .*--method none"):
        place_tokens(Slow(), "a", None, 8)
