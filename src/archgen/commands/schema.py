"""`archgen schema`: the JSON Schema of models, or of one project."""

from __future__ import annotations

import argparse

from archgen.artifacts.schema_file import written
from archgen.commands.shared import print_or_write, read_model, unusable
from archgen.model.json_schema import part_schema, schema
from archgen.model.project_schema import project_schema


def run(options: argparse.Namespace) -> int:
    """Print or write the schema; returns the exit code."""
    data = schema()
    if options.project:
        loaded = read_model(options)
        if loaded.project is None:
            return unusable(loaded)
        data = project_schema(loaded.project.resolved)
    return print_or_write(written(part_schema(data) if options.part else data), options.output)
