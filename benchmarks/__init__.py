"""What `make bench` runs, and the generator of its data."""
