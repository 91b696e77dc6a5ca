"""The model: what architecture.yaml may say, and what it says at a coordinate."""
