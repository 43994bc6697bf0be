"""Finding scans, opening images safely, writing atomically."""
