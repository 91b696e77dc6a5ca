"""The command line. Each command is a module with `run(options)`, which returns the exit code; only this package prints."""
