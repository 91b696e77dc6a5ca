"""The model: what architecture.yaml may contain, and resolving it at each coordinate."""
