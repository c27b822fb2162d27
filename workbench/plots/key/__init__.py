"""The keys to pictures, and how what they name is drawn."""
