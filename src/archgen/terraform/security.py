"""The rules of web application firewalls, in the format of each cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds.waf import Waf
from archgen.model.architecture import Architecture

# The maximum number of requests from one address in five minutes, on both clouds.
LIMIT, WINDOW = 2000, 300
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
MANAGED = {
    "owasp": ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet"),
    "managed": ("AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAmazonIpReputationList"),
}
# https://docs.cloud.google.com/armor/docs/waf-rules
RULE_SETS = {
    "owasp": ("sqli-v33-stable", "xss-v33-stable", "lfi-v33-stable", "rce-v33-stable"),
    "managed": ("scannerdetection-v33-stable", "protocolattack-v33-stable"),
}


def facts(_a: Architecture) -> dict[str, Any]:
    """The facts about firewalls that expressions can use."""
    return {
        "waf_rate_rules": waf_rate_rules,
        "waf_managed_rules": waf_managed_rules,
        "armor_rule_sets": armor_rule_sets,
        "armor_rate_rules": armor_rate_rules,
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "waf_rate_rules": (Waf,),
    "waf_managed_rules": (Waf,),
    "armor_rule_sets": (Waf,),
    "armor_rate_rules": (Waf,),
}


def waf_rate_rules(waf: Waf) -> list[dict[str, Any]]:
    """One rule for addresses that ask too often."""
    if "rate-limit" not in waf.rules:
        return []
    statement = {"limit": LIMIT, "aggregate_key_type": "IP", "evaluation_window_sec": WINDOW}
    return [{"name": "rate-limit", "action": "block", "priority": 1, "statement": statement, **_seen_as("rate-limit")}]


def waf_managed_rules(waf: Waf) -> list[dict[str, Any]]:
    """The managed rule groups for the rules of the model."""
    names = [name for rule in waf.rules for name in MANAGED.get(rule, ())]
    return [
        {
            "name": name,
            "priority": 10 * n,
            "override_action": "none",
            "statement": {"name": name, "vendor_name": "AWS"},
            **_seen_as(name),
        }
        for n, name in enumerate(names, 1)
    ]


def _seen_as(metric: str) -> dict[str, dict[str, Any]]:
    """The metric of a rule, which the API requires."""
    visible = {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": True}
    return {"visibility_config": visible}


def armor_rule_sets(waf: Waf) -> dict[str, dict[str, Any]]:
    """The preconfigured rule sets for the rules of the model."""
    names = [name for rule in waf.rules for name in RULE_SETS.get(rule, ())]
    return {
        name: {"action": "deny(403)", "priority": 10 * n, "target_rule_set": name, "sensitivity_level": 1}
        for n, name in enumerate(names, 1)
    }


def armor_rate_rules(waf: Waf) -> dict[str, dict[str, Any]]:
    """One rule for addresses that ask too often."""
    if "rate-limit" not in waf.rules:
        return {}
    options = {
        "enforce_on_key": "IP",
        "exceed_action": "deny(429)",
        "rate_limit_http_request_count": LIMIT,
        "rate_limit_http_request_interval_sec": WINDOW,
    }
    return {
        "rate-limit": {"action": "throttle", "priority": 1000, "src_ip_ranges": ["*"], "rate_limit_options": options}
    }
