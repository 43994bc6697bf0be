"""The run's only memory: append, read, forgive a torn tail."""
