"""What the search of the site finds a page by, in addition to its title and text, and which pages it does not find.

Both site builders rank words of a page's title before all others. So the words are next to the title, where readers see them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from archgen.catalog.cloud_facts import CloudFacts
from archgen.model.document import Document
from archgen.templating.escape import markdown

# Words that people search for, by the page that answers them. They name what any model's page is about, and repeat no word of its title:
# one of the builders counts only words before the first that is repeated.
WORDS: Mapping[str, tuple[str, ...]] = {
    "assumptions": ("what is still undecided", "open questions"),
    "clouds": ("what is the same and what differs",),
    "context": ("architecture diagram", "overview"),
    "connections": ("firewall rules", "which ports are open", "who can reach what"),
    "costs": ("budgets per month",),
    "decisions": ("why", "alternatives"),
    "environments": ("regions", "CIDR ranges"),
    "glossary": ("abbreviations", "terms"),
    "health": ("findings", "what is not known"),
    "identity": ("permissions", "sign-in", "MFA"),
    "network": ("subnets", "routes", "zones", "NAT gateways"),
    "observability": ("logs", "how long we keep them", "metrics", "traces", "alerts", "objectives", "who is on call"),
    "parity": ("equivalents",),
    "road": ("phases", "what is planned", "what changes when"),
    "security": ("compliance", "controls", "encryption", "audit"),
    "side-by-side": ("difference between environments", "sizes", "backup retention"),
    "single-points": ("what breaks if we lose an availability zone",),
    "start/site": ("preview a change", "edit the model"),
    "start/index": ("where to begin", "new here", "what this system is"),
    "start/teams": ("who is on call", "whom to call at night", "contacts"),
    "terraform/index": ("stacks", "variables", "modules"),
}
# What archgen checks, its reference, the copy of a design document and the record of rehearsals repeat words of many pages. They would
# come before the page that a search is for.
EXCLUDED = ("diagnostics", "reference/", "runbooks/rehearsals", "sources/")
BOOST = 1.4  # of main pages; one of the builders reads it
# Words that say nothing about a page. The separator of the search consists of them too, so that questions are understood: one builder
# finds only sections with all words of a search, and both find every word that begins with one of the search.
_STOP_WORDS = re.findall(
    r"\w+",
    "a am an and anyone are as at be between by can could do does for from get had has have how i if in into is it its long many me mean "
    "means much my need of on or our per should so someone than that the their then there these they this to us versus vs was we were "
    "what when where which while whom whose will with would you your",
)
_ANY_STOP_WORD = "|".join(f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in _STOP_WORDS)
# A regular expression of JavaScript. Its first part is the default of one of the builders.
SEPARATOR = rf"""[\s\-_,:!=\[\]()\\"`/]+|\.(?!\d)|\b(?:{_ANY_STOP_WORD})\b"""


def with_search_words(page: str, text: str, words: Iterable[str]) -> str:
    """The text of a page with words next to its title, and what its front matter says to the search."""
    search = "exclude: true" if page.startswith(EXCLUDED) else f"boost: {BOOST}" if _is_main(page) else ""
    if search and text.startswith("---\n"):
        text = text.replace("---\n", f"---\nsearch: {{{search}}}\n", 1)
    title = next((line for line in text.split("\n") if line.startswith("# ")), "")
    also = ", ".join(map(markdown, dict.fromkeys(words)))
    return text.replace(title, f'{title} <small class="ag-also">({also})</small>', 1) if title and also else text


def _is_main(page: str) -> bool:
    """Whether a page is the main one about its subject, before runbooks, comparisons and Terraform values that mention the subject."""
    return page in WORDS or (page.startswith("components/") and page != "components/index")


def words_of(page: str, document: Document, clouds: Iterable[CloudFacts]) -> Iterator[str]:
    """The words for a page that does not describe one component or runbook, with names from the model."""
    yield from WORDS.get(page, ())
    if page in ("environments", "side-by-side"):
        yield from (environment.name for environment in document.environments.values())
    for facts in clouds:
        if page == "environments":
            yield f"{facts.name} {facts.home}s"
        elif page == "decisions":
            yield facts.name  # why this cloud
        elif page == "parity":
            yield f"can it run on {facts.full_name}"


def is_next_to_a_title(word: str) -> bool:
    """Whether a word is next to the title of a page, so that the search should find that page instead of its definition."""
    return any(word in text.split() for words in WORDS.values() for text in words)
