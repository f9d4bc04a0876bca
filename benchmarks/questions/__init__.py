"""Questions with the queries they mean, and the items that answer them."""
