"""Message queues for archgen."""
