"""Layout: what Discord shows, as messages and modals; pure."""
