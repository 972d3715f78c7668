"""Mail: build a message as bytes, and hand it to a server."""
