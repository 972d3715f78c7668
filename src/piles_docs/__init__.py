"""Make, bind and follow the formal documents that seed a PILES."""
