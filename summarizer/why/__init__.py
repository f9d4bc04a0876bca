"""Why: which rules, scores and window tests put an item where it is in a digest, or keep it out.

digest, item, rules --explain--> Why --as_markdown, as_json--> what people and programs read
"""

from summarizer.why.explaining import explain, explain_missing
from summarizer.why.findings import Missing, Why
from summarizer.why.jsonform import as_json
from summarizer.why.telling import as_markdown, first_line

__all__ = ["Missing", "Why", "as_json", "as_markdown", "explain", "explain_missing", "first_line"]
