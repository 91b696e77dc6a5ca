"""Scripts that record facts about other people's software. They run on demand, never as part of archgen."""
