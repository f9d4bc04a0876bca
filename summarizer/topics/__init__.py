"""Topics: named watches such as AMD/ROCm, defined by rules in a TOML file, and their ledgers."""

from summarizer.topics.bots import mark_bots
from summarizer.topics.loading import BUNDLED, load_topics
from summarizer.topics.matching import match_topics
from summarizer.topics.mends import Mend, Mending, export, mending
from summarizer.topics.rules import (
    Ledger,
    Reason,
    Rule,
    RuleField,
    Tier,
    Topic,
    TopicRules,
    find_topic,
    no_topic,
)

__all__ = [
    "BUNDLED",
    "Ledger",
    "Mend",
    "Mending",
    "Reason",
    "Rule",
    "RuleField",
    "Tier",
    "Topic",
    "TopicRules",
    "export",
    "find_topic",
    "load_topics",
    "mark_bots",
    "match_topics",
    "mending",
    "no_topic",
]
