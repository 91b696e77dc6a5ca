"""Text that people read is plain American English: wording that has confused readers, and British spelling, do not come back.

CONTRIBUTING.md has the style guide. This test finds the mistakes that a pattern can find; it does not judge style.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import ROOT

# The texts to check, as globs from the root of the repository. Not among them: the design document, which is a customer's; the
# decisions and the changelog, which are records of their time.
TEXTS = (
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "docs/guide/*.md",
    "src/archgen/**/*.md",
    "src/archgen/**/*.py",
    "src/archgen/catalog/**/*.toml",
    "src/archgen/terraform/bindings/*.yaml",
    "templates/**/*.md",
    "templates/runbooks/**/*.yaml",
    "templates/init/*",
    "templates/assets/*.css",
    "templates/assets/*.js",
    "tests/cases/**/*.md",
    "tests/data/**/*.md",
    "tools/*.md",
    "bench/*.py",
    "tools/*.py",
    ".ci/*",
    ".gitattributes",
    ".github/workflows/*.yml",
    "templates/ci/*/*.yml",
    "templates/architecture-*/template.yml",
    ".pre-commit-hooks.yaml",
    "action.yml",
    "Dockerfile",
    "Makefile",
    "architecture.yaml",
    "architecture/*.yaml",
    "examples/*/architecture.yaml",
    "examples/*/templates/**/*.yaml",
    "mkdocs.yml",
    "pyproject.toml",
)

# The beginnings of verbs that American English writes with -ize.
ISE = (
    "author|capital|categor|central|custom|equal|final|formal|general|initial|local|maxim|memor|minim|normal|optim|organ|penal|"
    "priorit|random|real|recogn|sanit|serial|special|stabil|standard|summar|synchron|token|util|visual"
)

# A pattern, where a space matches any white space and case is ignored; what to write instead; an example of the mistake.
MISTAKES = (
    (r"(?<!there) (?:is|are|was|were) no (?!longer|more|less|better|worse|one\b)", "cannot be, is not a", "SQS is no queue"),
    (r"\bthere (?:is|are) no such\b", "does not exist", "there is no such view"),
    (r"\b(?:stands?|stood)\b(?! (?:for|out|by)\b|-)", "is, exists, is listed", "the fact stands in the catalog"),
    (r"\bmend(?:s|ed|ing)?\b", "fix", "mend the model"),
    (r"\b(?:nobody|somebody|anybody|everybody)\b", "no one, someone, or name the actor", "nobody owns it"),
    (r"\bwhoever\b", "anyone who, the person who", "whoever builds it"),
    (r"\b(?:is|are|was|were|be|been) gone\b", "was removed, was lost, no longer exists", "the zone is gone"),
    (r"\bof (?:our|its|their|his|one's) own\b", "separate, custom; for keys: customer-managed", "a key of our own"),
    (r"\bof (?:the |a |an )?\w+'s own(?! (?!that|which|in|at|with|and|or|is|are|has)\w)", "of X", "a kind of the model's own"),
    (r"\b(?:an|the|any|no|every) own\b", "a separate", "an own folder"),
    (r"\bthose whose\b", "the components whose", "those whose port is open"),
    (r"\bwhat (?:is|was) there\b", "name the thing", "what is there is kept"),
    (r"\bthat there (?:is|are|was|were) not\b", "that does not exist", "one that there is not"),
    (r"\bout comes?\b", "say what is returned", "a graph in; out comes a drawing"),
    (r"\bin[;,] [^.;]{1,60}\bout\b[.:;]", "say what is returned", "a model in, its graph out: nodes and edges"),
    (r"\basked (?:of|at|where)\b", "applies to, runs at", "asked of production"),
    (r"\b(?:rules?|Terraform|Git) (?:is|are|was|were) asked\b", "runs, is run", "rules are asked once"),
    (r"\bout of order\b", "before one that it depends on", "stacks that are out of order"),
    (r"\bno home\b", "no account, no project", "it has no home on gcp"),
    (r"\bfolder or below\b", "in the folder or one of its subfolders", "in the model's folder or below"),
    (r"\bbelow (?:the (?:model|project|folder|root|repository)\b|CODE)", "in, inside", "below the model's folder"),
    (r"\bGit left\b", "a merge conflict", "a conflict that Git left"),
    (r"\b(?:lies?|lay|lying) (?:in|beside|below|over|under|at|inside|outside|within)\b", "is in", "it lies in the folder"),
    (r"\bof one (?:name|title|address|size|version)\b", "with the same name", "two pages of one address"),
    (r"\bfor ever\b", "forever", "it works for ever"),
    (r"\bwithout a word\b", "silently", "dropped without a word"),
    (r"\bleans? on\b", "depends on, relies on", "it leans on a later phase"),
    (r"\bspeaks? of\b", "mentions, refers to", "no page speaks of it"),
    (r"\b(?:has|have) to do with\b", "is connected to", "what has to do with it"),
    (r"\b(?:can|could|may|might) (?:not )?be had\b", "is available", "no port could be had"),
    (r"\b(?:gravest|dearer|dearest)\b", "most severe, more expensive", "the gravest first"),
    (r"\bthe other way round\b", "the other way around", "the other way round"),
    (r"\bmisspelt|\bspelt\b|\blearnt\b|\bwhilst\b|\bamongst\b", "misspelled, spelled, learned, while, among", "a misspelt key"),
    (r"\btowards\b", "toward", "towards the internet"),
    (r"(?:behavi|\bcol|\bfav|\bhon|neighb|\blab|harb)our", "-or", "the behaviour"),
    (r"\bcentres?\b", "center", "data centres"),
    (r"\b(?:licen|defen|offen)ce\b", "license, defense, offense", "the last line of defence"),
    (r"\bpractis", "practice", "a drill that was practised"),
    (r"\bartefact|\bcatalogue|\bprogrammes?\b|\bjudgement", "artifact, catalog, program, judgment", "an artefact"),
    (r"(?:model|label|travel|cancel|signal|level|channel)l(?:ed|ing|er)\b", "one l: labeled", "a labelled edge"),
    (r"(?<!blue.)\bgrey", "gray", "a grey line"),
    (r"\b(?:fulfil|enrol)s?\b|\bskilful", "fulfill, enroll, skillful", "to fulfil a need"),
    (r"\b(?:anal|catal|paral)ys(?:ed?|ing)\b", "-yze", "to analyse"),
    (r"\b\w+(?<!improv)isations?\b", "-ization", "the organisation"),
    (rf"\b(?:{ISE})is(?:e[sdr]?|ing)\b", "-ize", "it is synchronised"),
)  # fmt: skip
PATTERNS = [
    (re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE), instead) for pattern, instead, _example in MISTAKES
]

ALLOWED = (
    "There is no default, and there are no exceptions.",
    "It is no longer used; no one is on call.",
    "IAM stands for identity and access management; a stand-in is used.",
    "The project's own templates override those of archgen.",
    "The error rate is below the objective; see below.",
    "They travel; the organization analyzes its behavior.",
)


def mistakes(text: str) -> Iterator[tuple[int, str]]:
    """The mistakes in a text, each as the number of lines before it and a message."""
    for pattern, instead in PATTERNS:
        for match in pattern.finditer(text):
            words = re.match(r"\w*", text[match.end() :]).group()  # type: ignore[union-attr]
            words = " ".join((match.group() + words).split())
            yield text.count("\n", 0, match.start()), f"'{words}': write {instead}"


# -- the prose in files; every reader keeps the number of lines ------------------------------------------------


def blank(match: re.Match[str]) -> str:
    """As many line ends as the match has."""
    return "\n" * match.group().count("\n")


def markdown(text: str) -> str:
    """Without code, template tags, addresses, and the column of bad examples in tables that have one."""
    text = re.sub(r"(?ms)^ *(`{3,})[^\n]*\n.*?^ *\1 *$", blank, text)
    text = re.sub(r"(?s)\{%.*?%\}|\{#.*?\}", blank, text)
    text = re.sub(r"(?s)\{\{.*?\}\}", lambda match: "X" + blank(match), text)
    text = re.sub(r"`[^`\n]+`", "CODE", text)
    text = re.sub(r"\]\([^)\s]*\)|https?://\S+", "]", text)
    lines, avoid = [], False
    for line in text.split("\n"):
        avoid = line.startswith("| Avoid") or (avoid and line.startswith("|"))
        lines.append(re.sub(r"^\|[^|]*\|", "|", line) if avoid else line)
    return "\n".join(lines)


def hash_comments(text: str) -> str:
    """The comments of YAML, TOML, shell and make."""
    comments = (re.search(r"(?:^|\s)#+( .*)$", line) for line in text.split("\n"))
    return "\n".join(comment[1] if comment else "." for comment in comments)


def block_comments(text: str) -> str:
    """The comments of CSS and JavaScript, between `/*` and `*/`."""
    parts = re.split(r"(?s)(/\*.*?\*/)", text)
    return "".join(part if n % 2 else "\n" * part.count("\n") for n, part in enumerate(parts))


def python(text: str) -> str:
    """Docstrings, comments, and string constants that have a space; in f-strings, `X` replaces a value."""
    lines: dict[int, list[str]] = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            lines.setdefault(token.start[0], []).append(token.string.lstrip("#"))
    inside: set[ast.AST] = set()  # the parts of f-strings
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.JoinedStr):
            inside.update(node.values)
            value = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            value = node.value
        else:
            continue
        if " " in value:
            for n, line in enumerate(re.sub(r"`[^`\n]+`", "CODE", value).split("\n")):
                lines.setdefault(node.lineno + n, []).append(line)
    return "\n".join(" . ".join(lines.get(number, ["."])) for number in range(1, max(lines, default=0) + 1))


READERS: dict[str, Callable[[str], str]] = {
    ".md": markdown,
    ".css": block_comments,
    ".js": block_comments,
    ".py": python,
}


def prose(path: Path) -> str:
    """The prose in a file. Catalog, bindings and runbooks are read whole: their values are sentences."""
    text = path.read_text(encoding="utf-8")
    whole = path.is_relative_to(ROOT / "src") or "runbooks" in path.parts
    if whole and path.suffix in (".toml", ".yaml"):
        return markdown(text)
    return READERS.get(path.suffix, hash_comments)(text)


def files(globs: tuple[str, ...]) -> list[Path]:
    return sorted({path for glob in globs for path in ROOT.glob(glob) if path.is_file()})


# -- tests --------------------------------------------------------------------------------------------------


def test_texts_have_no_known_mistakes() -> None:
    found = []
    for path in files(TEXTS):
        found += [f"{path.relative_to(ROOT)}:{line + 1}: {message}" for line, message in mistakes(prose(path))]
    assert not found, "\n".join(["see Writing style in CONTRIBUTING.md", *sorted(found)])


@pytest.mark.parametrize("glob", TEXTS)
def test_every_glob_finds_texts(glob: str) -> None:
    assert files((glob,))


@pytest.mark.parametrize(("pattern", "instead", "example"), MISTAKES, ids=[example for *_, example in MISTAKES])
def test_every_pattern_finds_its_example(pattern: str, instead: str, example: str) -> None:
    assert any(message.endswith(f"write {instead}") for _line, message in mistakes(example)), pattern


def test_good_english_is_not_reported() -> None:
    assert not [message for sentence in ALLOWED for _line, message in mistakes(sentence)]
    assert not [message for _pattern, instead, _example in MISTAKES for _line, message in mistakes(instead)]


def test_the_style_guide_shows_mistakes_that_are_found() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _start, *tables = guide.split("| Avoid | Write |\n| --- | --- |\n")
    rows = [row.strip("| ").split(" | ") for table in tables for row in table.split("\n\n")[0].splitlines()]
    assert len(rows) > 15
    for avoid, write in rows:
        assert list(mistakes(avoid)), avoid
        assert not list(mistakes(write)), write


def test_readers_find_prose_and_leave_code_alone() -> None:
    assert list(mistakes(markdown("# A\n\nIt is\nno queue.\n"))) == [(2, "'is no queue': write cannot be, is not a")]
    assert not list(
        mistakes(markdown("`mend`\n\n```yaml\nmend: x  # nobody\n```\n[a](mend.md) {{ mend }} {% mend %}\n"))
    )
    assert not list(mistakes(hash_comments("mend: nobody\n'# mend'\n")))
    assert list(mistakes(hash_comments("a: 1\nb: 2  # mend it\n"))) == [(1, "'mend': write fix")]
    assert list(mistakes(block_comments("a { mend: 1 }\n/* mend */\n"))) == [(1, "'mend': write fix")]
    code = 'def mend(nobody):\n    """Mend it,\n\n    or mend `mend`."""\n    return f"{nobody} is no {kind}", "mend"  # nobody\n'
    assert [line + 1 for line, _message in sorted(mistakes(python(code)))] == [2, 4, 5, 5]
