"""Questions: what was asked, what was found, what is answered."""

from summarizer.questions.answer import Answer, Choice, Row
from summarizer.questions.found import Found, Match
from summarizer.questions.query import ME, Part, Query

__all__ = ["ME", "Answer", "Choice", "Found", "Match", "Part", "Query", "Row"]
