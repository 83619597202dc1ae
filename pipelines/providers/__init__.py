"""How open services are asked, politely, and how kept answers stand in for them. What an answer means: `decoding`."""
