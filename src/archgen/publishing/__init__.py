"""Everything that writes: the files of a build, the site, its editions, a new project, and the local server."""
