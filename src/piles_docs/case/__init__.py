"""The case file: what staff write about one PILES, read with places, checked, and known by dotted paths."""
