"""What Discord refuses in a body."""
