"""Components: Discord's components as HTML."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, Any, Final

from benchmarks.pictures.discord_markdown import markdown
from benchmarks.pictures.unknown import UnknownPartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from benchmarks.pictures.tokens import Reader

    Component = Mapping[str, Any]
    Files = Mapping[str, bytes]

_STYLES: Final = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}
_LINK: Final = 5
_CHOOSE: Final = {"en": "Make a selection", "zh": "请选择"}
_ATTACHED: Final = "attachment://"


def drawn(components: Iterable[Component], reader: Reader, files: Files) -> str:
    """The components, one below the other. files: what is attached, by its name.

    Raises UnknownPartError for what this module cannot draw, so that no picture lacks something. Types are those of
    docs.discord.com/developers/components/reference.
    """
    return "".join(_component(each, reader, files) for each in components)


def _component(component: Component, reader: Reader, files: Files) -> str:
    kind = component["type"]
    if kind not in _DRAWN:
        raise UnknownPartError(str(kind))
    return _DRAWN[kind](component, reader, files)


def _container(component: Component, reader: Reader, files: Files) -> str:
    colour = component.get("accent_color")
    bar = "" if colour is None else f' style="border-left:4px solid #{int(colour):06x}"'
    return f'<div class="container"{bar}>{drawn(component["components"], reader, files)}</div>'


def _text(component: Component, reader: Reader, _files: Files) -> str:
    return f'<div class="text">{markdown(component["content"], reader)}</div>'


def _separator(_component: Component, _reader: Reader, _files: Files) -> str:
    return "<hr>"


def _gallery(component: Component, _reader: Reader, files: Files) -> str:
    return "".join(_picture(each, files) for each in component["items"])


def _picture(item: Component, files: Files) -> str:
    data = b64encode(files[_name(item["media"])]).decode()
    return f'<img alt="{escape(item.get("description") or "")}" src="data:image/png;base64,{data}">'


def _file(component: Component, _reader: Reader, files: Files) -> str:
    name = _name(component["file"])
    size = f"{len(files[name]) / 1000:.1f} KB"
    told = f'<span class="link">{escape(name)}</span><div>{size}</div>'
    return f'<div class="file"><span>📄</span><div>{told}</div></div>'


def _name(media: Component) -> str:
    return str(media["url"]).removeprefix(_ATTACHED)


def _row(component: Component, reader: Reader, files: Files) -> str:
    return f'<div class="row">{drawn(component["components"], reader, files)}</div>'


def _button(component: Component, _reader: Reader, _files: Files) -> str:
    emoji = (component.get("emoji") or {}).get("name")
    shown = [f"<span>{escape(emoji)}</span>"] if emoji else []
    shown += [escape(component["label"])] if component.get("label") else []
    shown += ["<span>↗</span>"] if component["style"] == _LINK else []
    disabled = " disabled" if component.get("disabled") else ""
    return f'<span class="button {_STYLES[component["style"]]}{disabled}">{" ".join(shown)}</span>'


def _select(component: Component, reader: Reader, _files: Files) -> str:
    chosen = [escape(each["label"]) for each in component["options"] if each.get("default")]
    if chosen:
        shown = ", ".join(chosen)
    else:
        shown = f'<span class="empty">{escape(component.get("placeholder") or _CHOOSE[reader.lang])}</span>'
    return f'<div class="field select"><span>{shown}</span><span>⌄</span></div>'


def _input(component: Component, _reader: Reader, _files: Files) -> str:
    tall = " tall" if component["style"] == 2 else ""
    if value := component.get("value"):
        return f'<div class="field{tall}">{escape(value)}</div>'
    return f'<div class="field{tall}"><span class="empty">{escape(component.get("placeholder") or "")}</span></div>'


def _label(component: Component, reader: Reader, files: Files) -> str:
    about = component.get("description")
    hint = f'<div class="about">{escape(about)}</div>' if about else ""
    asked = drawn([component["component"]], reader, files)
    return f'<div class="label"><b>{escape(component["label"])}</b>{hint}{asked}</div>'


_DRAWN: Final[Mapping[int, Callable[[Component, Reader, Files], str]]] = {
    1: _row,
    2: _button,
    3: _select,
    4: _input,
    10: _text,
    12: _gallery,
    13: _file,
    14: _separator,
    17: _container,
    18: _label,
}
