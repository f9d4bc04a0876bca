"""Outline: what a digest tells on a chat platform, as pieces of text before any platform's markup."""
