"""Delivery: what is due is planned, built and posted, each once, and the ledger says how far it is."""
