"""The seven steps: documents, who signs, what unlocks what. Data in methodology.toml, pure rules beside it."""
