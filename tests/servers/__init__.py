"""Servers the tests talk to over loopback sockets, each failing as the real one fails."""
