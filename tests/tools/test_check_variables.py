"""The comparison of archgen's reading of modules with Terraform's."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import missing
from tools import check_variables

CODE = """\
resource "aws_s3_bucket" "x" { bucket = "variable \\"no\\" {" }
variable "name" {
  description = <<-EOT
    default = "x"
  EOT
  type = string
  validation {
    condition     = length(var.name) < 9
    error_message = "Too long: ${var.name} {"
  }
}
variable "sizes" {
  type      = map(object({ n = number, of = optional(list(string), ["a"]) }))
  default   = { a = { n = 1 } } # one
  sensitive = true
}
"""

pytestmark = [pytest.mark.slow, pytest.mark.terraform]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    if not shutil.which("terraform"):
        missing("terraform")
    folder = tmp_path / "repository"
    (folder / "modules/other").mkdir(parents=True)
    (folder / "main.tf").write_text(CODE)
    (folder / "modules/other/main.tf").write_text('variable "a" { default = 1 }\n')
    (folder / "README.md").write_text("variable\n")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x")):
        subprocess.run([*git, *arguments], cwd=folder, check=True)
    return folder


def test_modules_that_are_read_alike(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_variables.main([str(repository)]) == 0
    printed = capsys.readouterr().out
    assert "     2 modules\n     3 variables\n     2 good files\n     1 bad files\n" in printed
    assert "     0 modules that differ" in printed


def test_a_wrong_reading_is_found(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = check_variables._block
    monkeypatch.setattr(check_variables, "_block", lambda n, v: right(n, v).replace("sensitive = true", ""))
    assert check_variables.main([str(repository)]) == 1
    assert "sizes: Terraform {'default'" in capsys.readouterr().out
