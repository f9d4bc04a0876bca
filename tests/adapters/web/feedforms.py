"""What feeds have to be: Atom by the text of RFC 4287 as RELAX NG, JSON Feed by jsonfeed.org/version/1.1 as
JSON Schema.

Each is stricter where a choice is ours: ids are URNs, text is plain or HTML, dates are in UTC.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator
from lxml import etree  # type: ignore[import-untyped]

ATOM_NS: Final = "http://www.w3.org/2005/Atom"

_ATOM: Final = """\
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><ref name="feed"/></start>

  <!-- 4.1.1, in any order; an author stands here, so that no entry needs one -->
  <define name="feed"><element name="feed"><ref name="common"/><interleave>
    <oneOrMore><ref name="author"/></oneOrMore>
    <zeroOrMore><ref name="category"/></zeroOrMore>
    <optional><element name="generator"><ref name="common"/><text/></element></optional>
    <optional><element name="icon"><ref name="common"/><ref name="uri"/></element></optional>
    <ref name="id"/>
    <zeroOrMore><ref name="link"/></zeroOrMore>
    <optional><element name="logo"><ref name="common"/><ref name="uri"/></element></optional>
    <optional><element name="rights"><ref name="text"/></element></optional>
    <optional><element name="subtitle"><ref name="text"/></element></optional>
    <element name="title"><ref name="text"/></element>
    <element name="updated"><ref name="date"/></element>
    <zeroOrMore><ref name="entry"/></zeroOrMore>
  </interleave></element></define>

  <!-- 4.1.2 -->
  <define name="entry"><element name="entry"><ref name="common"/><interleave>
    <zeroOrMore><ref name="author"/></zeroOrMore>
    <zeroOrMore><ref name="category"/></zeroOrMore>
    <optional><element name="content"><ref name="text"/></element></optional>
    <ref name="id"/>
    <oneOrMore><ref name="link"/></oneOrMore>
    <optional><element name="published"><ref name="date"/></element></optional>
    <optional><element name="rights"><ref name="text"/></element></optional>
    <optional><element name="summary"><ref name="text"/></element></optional>
    <element name="title"><ref name="text"/></element>
    <element name="updated"><ref name="date"/></element>
  </interleave></element></define>

  <!-- 3.2 -->
  <define name="author"><element name="author"><ref name="common"/><interleave>
    <element name="name"><data type="string"><param name="minLength">1</param></data></element>
    <optional><element name="uri"><ref name="uri"/></element></optional>
  </interleave></element></define>

  <!-- 4.2.2 -->
  <define name="category"><element name="category"><ref name="common"/>
    <attribute name="term"><data type="string"><param name="minLength">1</param></data></attribute>
    <optional><attribute name="scheme"><ref name="uri"/></attribute></optional>
    <optional><attribute name="label"/></optional>
    <empty/>
  </element></define>

  <!-- 4.2.6: absolute -->
  <define name="id"><element name="id"><ref name="common"/>
    <data type="string"><param name="pattern">urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}</param></data>
  </element></define>

  <!-- 4.2.7 -->
  <define name="link"><element name="link"><ref name="common"/>
    <attribute name="href"><ref name="uri"/></attribute>
    <optional><attribute name="rel"><choice><value>self</value><value>alternate</value></choice></attribute></optional>
    <optional><attribute name="type">
      <data type="string"><param name="pattern">.+/.+</param></data>
    </attribute></optional>
    <optional><attribute name="hreflang"><ref name="language"/></attribute></optional>
    <optional><attribute name="title"/></optional>
    <empty/>
  </element></define>

  <!-- 3.1: no child elements in plain text and in HTML -->
  <define name="text"><ref name="common"/>
    <optional><attribute name="type"><choice><value>text</value><value>html</value></choice></attribute></optional>
    <data type="string"><param name="minLength">1</param></data>
  </define>

  <!-- 3.3: RFC 3339 -->
  <define name="date"><ref name="common"/>
    <data type="dateTime"><param name="pattern">\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z</param></data>
  </define>

  <!-- 2: every element; an IRI reference is one or leads to one from the feed's own address -->
  <define name="common">
    <optional><attribute name="xml:base"><ref name="uri"/></attribute></optional>
    <optional><attribute name="xml:lang"><ref name="language"/></attribute></optional>
  </define>
  <define name="uri">
    <data type="anyURI"><param name="pattern">(https?://[^\\s&lt;&gt;"/]+)?/[^\\s&lt;&gt;"]*</param></data>
  </define>
  <define name="language">
    <data type="string"><param name="pattern">[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*</param></data>
  </define>
</grammar>
"""

_URL: Final = {"type": "string", "pattern": "^https?://[^/\\s]+/\\S*$"}
_DATE: Final = {
    "type": "string",
    "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d)$",
}
_TEXT: Final = {"type": "string", "minLength": 1}
_AUTHORS: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "minProperties": 1,
        "properties": {"name": _TEXT, "url": _URL, "avatar": _URL},
        "additionalProperties": False,
    },
}

_JSON_FEED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _TEXT,
        "home_page_url": _URL,
        "feed_url": _URL,
        "description": _TEXT,
        "user_comment": _TEXT,
        "next_url": _URL,
        "icon": _URL,
        "favicon": _URL,
        "authors": _AUTHORS,
        "language": _TEXT,
        "expired": {"type": "boolean"},
        "hubs": {"type": "array"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "properties": {
                    "id": _TEXT,
                    "url": _URL,
                    "external_url": _URL,
                    "title": _TEXT,
                    "content_html": _TEXT,
                    "content_text": _TEXT,
                    "summary": _TEXT,
                    "image": _URL,
                    "banner_image": _URL,
                    "date_published": _DATE,
                    "date_modified": _DATE,
                    "authors": _AUTHORS,
                    "tags": {"type": "array", "items": _TEXT},
                    "language": _TEXT,
                    "attachments": {"type": "array"},
                },
                "patternProperties": {"^_[A-Za-z]": {"type": "object"}},
                "additionalProperties": False,
            },
        },
    },
    "patternProperties": {"^_[A-Za-z]": {"type": "object"}},
    "additionalProperties": False,
}


@cache
def _relaxng() -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring(_ATOM.encode()))


def check_atom(feed: bytes) -> None:
    """Fails with what is wrong."""
    parsed = etree.fromstring(feed)
    relaxng = _relaxng()
    assert relaxng.validate(parsed), relaxng.error_log
    ids = [each.text for each in parsed.iter(f"{{{ATOM_NS}}}id")]
    assert len(ids) == len(set(ids))
    for parent in (parsed, *parsed.iter(f"{{{ATOM_NS}}}entry")):  # 4.1.1 and 4.1.2
        alternates = Counter(
            (link.get("type"), link.get("hreflang"))
            for link in parent.findall(f"{{{ATOM_NS}}}link")
            if link.get("rel", "alternate") == "alternate"
        )
        assert max(alternates.values()) == 1
    assert sum(link.get("rel") == "self" for link in parsed.findall(f"{{{ATOM_NS}}}link")) == 1


def check_json_feed(feed: Any) -> None:  # noqa: ANN401 - JSON
    """Fails with what is wrong."""
    Draft202012Validator(_JSON_FEED).validate(feed)
    ids = [each["id"] for each in feed["items"]]
    assert len(ids) == len(set(ids))
