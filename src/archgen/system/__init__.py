"""The operating system as archgen uses it: files, Git and standard streams."""
