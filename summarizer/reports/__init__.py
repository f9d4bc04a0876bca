"""Reports: what somebody wrote about a repository, read and held against itself and against what is known. Pure.

report      the nouns: window, statistics, lists, statements, links
reading     text -> Report; with plain (Markdown), words (headings and labels) and rows
known       the items that a report's lists tell of, and those of a mirror, as facts
itself      statistics, lists, links and rows against each other
tallies     tables and totals against lists and prose
outward     links to elsewhere, and mentions
sentences   each sentence against the items
against     lists and counts against a mirror's
findings    what was found, and what could not be looked at
telling     all that in the reader's language, or as JSON
"""

from summarizer.reports.checking import Holding, check
from summarizer.reports.findings import Check, Finding
from summarizer.reports.reading import read_report
from summarizer.reports.report import Report

__all__ = ["Check", "Finding", "Holding", "Report", "check", "read_report"]
