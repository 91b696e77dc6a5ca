"""What each command does: options in, stages run, an exit code out. One group of commands a file; only these and `cli` print."""
