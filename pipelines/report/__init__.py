"""What people read: terminal pages, charts, and the committed pages of docs/. No figure is computed here."""
