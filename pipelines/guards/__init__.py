"""What must not come in: hostile containers, personal data. Imports nothing of ours."""
