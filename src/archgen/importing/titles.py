"""The titles of what an import finds: the words of an ID, spelled as people write them."""

from __future__ import annotations

from itertools import groupby

_CAPITALS = frozenset({
    "acl", "acm", "ai", "alb", "api", "cd", "cdn", "ci", "cli", "cpu", "crm", "csv", "db", "dlq", "dns", "ebs", "ec2",
    "ecr", "ecs", "efs", "eks", "elb", "erp", "etl", "fsx", "ftp", "gcs", "gke", "gpu", "http", "https", "iam", "id",
    "iot", "ip", "json", "jwt", "kms", "llm", "ml", "mq", "msk", "nat", "nfs", "nlb", "oidc", "pdf", "pki", "rds",
    "rest", "s3", "saml", "sdk", "sftp", "sms", "smtp", "sns", "spa", "sql", "sqs", "ssh", "ssl", "ssm", "sso", "tls",
    "ui", "url", "vm", "vpc", "vpn", "waf", "xml",
})  # fmt: skip
_SPELLED = {
    "alloydb": "AlloyDB",
    "bigquery": "BigQuery",
    "bigtable": "Bigtable",
    "cloudfront": "CloudFront",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "documentdb": "DocumentDB",
    "dynamodb": "DynamoDB",
    "elasticache": "ElastiCache",
    "eventbridge": "EventBridge",
    "github": "GitHub",
    "gitlab": "GitLab",
    "graphql": "GraphQL",
    "mongodb": "MongoDB",
    "mysql": "MySQL",
    "opensearch": "OpenSearch",
    "postgresql": "PostgreSQL",
    "pubsub": "Pub/Sub",
    "rabbitmq": "RabbitMQ",
    "route53": "Route 53",
    "tfstate": "Terraform state",
}


def title_of(id_: str) -> str:
    """An ID as words, beginning with a capital. A word that follows itself is written once, as in `waf-waf`."""
    words = [word for word, _same in groupby(id_.split("-"))]
    text = " ".join(word.upper() if word in _CAPITALS else _SPELLED.get(word, word) for word in words)
    return text[:1].upper() + text[1:]
