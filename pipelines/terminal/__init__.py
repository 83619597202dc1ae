"""What is read in a terminal: scorecard, explain, areas, deliver, doctor."""
