"""The rules about queues."""
