"""The seven steps: documents, who signs, what unlocks what. Data in TOML, pure rules beside it."""
