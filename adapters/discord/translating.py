"""Translating: the command's words in the languages of Discord's clients, from our language files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from discord import Locale, app_commands

from summarizer import languages

if TYPE_CHECKING:
    from summarizer.languages import Language

DEFAULT: Final = "en"
"""The language of names and descriptions where a client's has none of its own."""


def worded(key: str) -> app_commands.locale_str:
    """The words at a dotted key, to be told in each language."""
    return app_commands.locale_str(languages.load(DEFAULT).text(key), key=key)


def language_of(locale: Locale) -> Language:
    """The language of ours that a client's belongs to: both kinds of Chinese are "zh"."""
    code = locale.value.partition("-")[0]
    return languages.load(code if code in languages.codes() else DEFAULT)


class LanguageFiles(app_commands.Translator):
    """Tells Discord what the words of `worded` are in other languages."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        language, key = language_of(locale), string.extras.get("key")
        return language.text(key) if key and language.code != DEFAULT else None
