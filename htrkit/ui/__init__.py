"""What people see: listens to records, never does work."""
