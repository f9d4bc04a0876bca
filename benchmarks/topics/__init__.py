"""How well the bundled topic rules do against verdicts that were made by reading."""
