"""The sentences the tests' model can say, in two languages; what they mean can be read back out of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

FORMS: Final[dict[str, dict[str, str]]] = {
    "opened": {"en": "`{login}` opened #{number}.", "zh": "`{login}` 提交了 #{number}。"},
    "closed": {"en": "`{login}` closed #{number}.", "zh": "`{login}` 关闭了 #{number}。"},
    "merged": {"en": "`{login}` merged #{number}.", "zh": "`{login}` 合并了 #{number}。"},
    "commented": {"en": "`{login}` commented on #{number}.", "zh": "`{login}` 评论了 #{number}。"},
    "is_merged": {"en": "#{number} was merged.", "zh": "#{number} 已合并。"},
    "is_closed": {"en": "#{number} was closed.", "zh": "#{number} 已关闭。"},
    "is_open": {"en": "#{number} is still open.", "zh": "#{number} 仍未关闭。"},
    "adds": {"en": "#{number} adds {figure} lines.", "zh": "#{number} 新增 {figure} 行。"},
    "removes": {"en": "#{number} removes {figure} lines.", "zh": "#{number} 删除 {figure} 行。"},
    "files": {"en": "#{number} changes {figure} files.", "zh": "#{number} 修改了 {figure} 个文件。"},
    "says": {"en": "#{number} says “{words}”.", "zh": "#{number} 提到“{words}”。"},
    "own_merged": {"en": "This was merged.", "zh": "此项已合并。"},
    "own_open": {"en": "This is still open.", "zh": "此项仍未关闭。"},
    "own_opened": {"en": "`{login}` opened this.", "zh": "`{login}` 提交了此项。"},
    "own_says": {"en": "It says “{words}”.", "zh": "它提到“{words}”。"},
    "own_adds": {"en": "This adds {figure} lines.", "zh": "此项新增 {figure} 行。"},
}
"""`own_*` name no item: below an item's title they are about that item."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says. number None: of the item it stands below."""

    form: str
    number: int | None = None
    login: str = ""
    figure: int | None = None
    words: str = ""

    def said(self, lang: str) -> str:
        return FORMS[self.form][lang].format(
            number=self.number, login=self.login, figure=self.figure, words=self.words
        )


def understood(text: str) -> Statement | None:
    """The statement a sentence of `FORMS` makes, None for any other text."""
    for form, by_language in FORMS.items():
        for template in by_language.values():
            if match := _pattern(template).fullmatch(text):
                groups = match.groupdict()
                return Statement(
                    form,
                    int(groups["number"]) if "number" in groups else None,
                    groups.get("login", ""),
                    int(groups["figure"]) if "figure" in groups else None,
                    groups.get("words", ""),
                )
    return None


def _pattern(template: str) -> re.Pattern[str]:
    kinds = {"number": r"\d+", "login": r"[^`]+", "figure": r"\d+", "words": r".+"}
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(
            f"(?P<{part}>{kinds[part]})" if place % 2 else re.escape(part) for place, part in enumerate(parts)
        )
    )
