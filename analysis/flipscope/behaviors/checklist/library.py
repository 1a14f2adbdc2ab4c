"""The CheckList library itself: what has to stand in for the packages it names but seldom needs.

`checklist` 0.0.11 imports a notebook interface, a grammar package and a table of languages as soon as it is imported.
None of them is needed to write, run, save or read suites, and some no longer install. flipscope evaluates suites
without the library; it is here for authoring, and to check flipscope against it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn

from flipscope.errors import FlipscopeError

_WIDGETS = {
    "checklist.viewer.test_summarizer": "TestSummarizer",
    "checklist.viewer.suite_summarizer": "SuiteSummarizer",
    "checklist.viewer.template_editor": "TemplateEditor",
}
_GRAMMAR = ("tenses", "conjugate", "pluralize", "wordnet")

# Those whose names the library's own word lists have, by ISO 639-1 code.
_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def prepare() -> None:
    """Make ``import checklist.editor`` and the like work. Call it first; calling it again changes nothing.

    What is really installed is used; only what is missing, or can't be imported, gets a stand-in, which says so when
    it is used.

    Raises
    ------
    FlipscopeError
        When the CheckList library is not installed.
    """
    if find_spec("checklist") is None:
        raise FlipscopeError(
            "the CheckList library is not installed",
            do="pip install 'flipscope[checklist]', then python -m flipscope.behaviors.checklist.install_library "
            "(in the repository: make checklist). Suites and prediction files are read and evaluated without it",
        )
    if find_spec("pattern") is None:
        _stand_in_for_grammar()
    if find_spec("iso639") is None:
        _stand_in("iso639", languages=_languages())
    for module, widget in _WIDGETS.items():
        if not _imports(module):
            _stand_in(module, **{widget: _missing(widget, "IPython, ipywidgets and spaCy, in versions of 2021")})


def _imports(module: str) -> bool:
    """Whether it can be imported; the library raises plain exceptions outside of old notebooks."""
    try:
        import_module(module)
    except Exception:
        return False
    return True


def _stand_in_for_grammar() -> None:
    names: dict[str, Callable[..., NoReturn]] = {
        name: _missing(f"pattern.en.{name}", "the package pattern") for name in _GRAMMAR
    }

    def word(name: str) -> NoReturn:
        if name.startswith("__"):  # whoever looks at all modules asks for such names
            raise AttributeError(name)
        names["wordnet"]()

    wordnet = _stand_in("pattern.en.wordnet", __getattr__=word)
    english = _stand_in("pattern.en", **names | {"wordnet": wordnet})
    _stand_in("pattern", en=english)


def _stand_in(name: str, **content: Any) -> ModuleType:
    module = ModuleType(name, "Stands in for a package that is not installed.")
    module.__spec__ = ModuleSpec(name, None, is_package=True)  # without one, find_spec raises for everybody
    module.__dict__.update(content)
    sys.modules[name] = module
    return module


def _missing(name: str, needs: str) -> Callable[..., NoReturn]:
    def missing(*_args: object, **_options: object) -> NoReturn:
        raise FlipscopeError(f"{name} of the CheckList library needs {needs}", do="Use what does without it")

    return missing


def _languages() -> SimpleNamespace:
    codes = {code: SimpleNamespace(part1=code) for code in _LANGUAGES}
    names = {name: codes[code] for code, name in _LANGUAGES.items()}
    return SimpleNamespace(name=names, inverted=names, part1=codes)
