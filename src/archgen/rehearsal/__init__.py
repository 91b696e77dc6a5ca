"""Rehearsals: runs the commands of runbooks against an emulator, and records what they answered."""
