"""Facts about the edge on AWS: the origins and behaviors of a CDN, its records, and who may read its bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds.cdn import Cdn
from archgen.kinds.dns import Dns
from archgen.kinds.load_balancer import LoadBalancer
from archgen.kinds.static_site import StaticSite
from archgen.model.architecture import Architecture

# The name of the load balancer behind the CDN, below the domain of the site; its certificate has it.
ORIGIN = "origin"
# The policies that AWS maintains have the same IDs in all accounts: CachingOptimized, CachingDisabled and AllViewerExceptHostHeader.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHED, NOT_CACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
SITE, API = "site", "api"


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about the edge that expressions can use."""
    return {
        "has_cdn": any(True for _cdn in a.of_kind(Cdn)),
        "cdn_origins": lambda cdn: cdn_origins(a, cdn),
        "cdn_default": lambda cdn: cdn_default(a, cdn),
        "cdn_behaviors": lambda cdn: cdn_behaviors(a, cdn),
        "read_by_cdn": lambda site: any(site in a.called_by(name) for name, _cdn in a.of_kind(Cdn)),
        "origin_domain": origin_domain(a),
        "balanced_domains": balanced_domains(a),
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "has_cdn": "Whether there is a CDN.",
    "read_by_cdn": "Whether a CDN calls the component with this ID.",
}

# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "cdn_origins": (str,),
    "cdn_default": (str,),
    "cdn_behaviors": (str,),
    "read_by_cdn": (str,),
}


def _domain(a: Architecture) -> str | None:
    """The domain of the site: the first one that a DNS service answers for."""
    return next((c.domains[0] for _name, c in sorted(a.of_kind(Dns), key=lambda pair: pair[0]) if c.domains), None)


def origin_domain(a: Architecture) -> str | None:
    """The name of the load balancer behind a CDN, such as `origin.shop.example`; None without a domain."""
    domain = _domain(a)
    return f"{ORIGIN}.{domain}" if domain else None


def balanced_domains(a: Architecture) -> list[str]:
    """The names that the certificate of a load balancer has: that of the origin behind a CDN, or that of the site; none without one."""
    domain, origin = _domain(a), origin_domain(a)
    if not domain or not origin or not any(c.tls for _name, c in a.of_kind(LoadBalancer)):
        return []
    return [origin] if any(_calls_api(a, name) for name, _cdn in a.of_kind(Cdn)) else [domain, f"*.{domain}"]


def _site(a: Architecture, cdn: str) -> bool:
    return any(isinstance(a.components[name], StaticSite) for name in a.called_by(cdn))


def _calls_api(a: Architecture, cdn: str) -> bool:
    """Whether a CDN passes requests on to a load balancer, possibly through a firewall or other proxies."""
    waiting, seen = [cdn], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for target in a.called_by(name):
            if isinstance(a.components[target], LoadBalancer):
                return True
            if target not in seen and a.traits(target).proxy:
                waiting.append(target)
    return False


def cdn_origins(a: Architecture, cdn: str) -> dict[str, dict[str, Any]]:
    """The origins of a CDN by name: the bucket of the site, whose address Terraform fills in, and the load balancer."""
    origins: dict[str, dict[str, Any]] = {}
    if _site(a, cdn):
        origins[SITE] = {"origin_access_control_key": SITE}
    if _calls_api(a, cdn) and (domain := origin_domain(a)):
        origins[API] = {
            "domain_name": domain,
            "custom_origin_config": {
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": ["TLSv1.2"],
            },
        }
    return origins


def cdn_default(a: Architecture, cdn: str) -> dict[str, Any]:
    """The behavior for all other paths: the site from the cache; the load balancer if there is no site."""
    if _site(a, cdn):
        return {"target_origin_id": SITE, "cache_policy_id": CACHED, "compress": True}
    return {"target_origin_id": API, **_API_BEHAVIOR}


def cdn_behaviors(a: Architecture, cdn: str) -> list[dict[str, Any]]:
    """The behavior for requests to the API, which are not cached, if the CDN also serves a site."""
    if not (_site(a, cdn) and API in cdn_origins(a, cdn)):
        return []
    return [
        {"path_pattern": "/api/*", "target_origin_id": API, "viewer_protocol_policy": "https-only", **_API_BEHAVIOR}
    ]


_API_BEHAVIOR: Mapping[str, Any] = {
    "allowed_methods": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
    "cache_policy_id": NOT_CACHED,
    "origin_request_policy_id": ALL_BUT_HOST,
    "compress": True,
}
