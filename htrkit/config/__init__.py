"""The one settings model that every command shares, and how its layers come together."""
