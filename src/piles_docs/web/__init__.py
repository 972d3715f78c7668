"""Pages for a browser: a face like the command line; no logic."""
