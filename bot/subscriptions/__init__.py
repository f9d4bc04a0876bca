"""Subscriptions: who gets which digests of which repository, where and when."""
