"""archgen: one typed architecture.yaml in; diagrams, tables, runbooks, Terraform variable files and a site out."""

__version__ = "0.1.0"
