"""One module per provider or format, and the transport they share. What is asked and kept is the assets' work."""
