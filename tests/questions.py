"""Questions of a newcomer, written down before the pages were, each with the page of the answer and a part of its text."""

# The question, the page that answers it, a text on that page, and a search for it.
QUESTIONS = (
    ("Who owns the database?", "architecture/components/database/", "Platform", "PostgreSQL"),
    ("How do I reach that team?", "architecture/start/teams/", "platform@innovate.example", "who owns what"),
    ("What happens when a zone fails?", "architecture/health/", "loses at most one of its 2 copies", "zone fails"),
    ("What do I do when a zone fails?", "architecture/runbooks/zone-failure/", "innovate-prod", "zone failure"),
    ("How does dev differ from production?", "architecture/side-by-side/", "retention", "environments side by side"),
    ("What does Phase 1 add?", "architecture/road/", "Phase 1: Growth", "roadmap growth"),
    ("How do I get access?", "architecture/start/weeks/", "aws configure sso", "access"),
    ("How long are backups kept in production?", "architecture/components/database/", "30", "postgres"),
    ("Which account is production in?", "architecture/environments/", "444455556666", "environments"),
    (
        "What does a request pass on its way?",
        "architecture/flow-request/",
        "The firewall turns away floods",
        "life of a request",
    ),
    ("How does a merge become a running pod?", "architecture/flow-deploy/", "wave by wave", "life of a deployment"),
    ("Where do logs go?", "architecture/flow-log/", "The collector on the node", "life of a log line"),
    ("Where do secrets come from?", "architecture/flow-secret/", "External Secrets", "life of a secret"),
    ("Who reaches the cluster's API server?", "architecture/components/cluster/", "private", "kubernetes cluster"),
    ("Why EKS and AWS first?", "architecture/decisions/", "AWS first, Google Cloud ready", "google cloud ready"),
    ("What is GKE's equivalent of an ALB?", "architecture/parity/ingress-and-waf/", "Cloud Armor", "ingress waf"),
    ("What proves that data is encrypted?", "architecture/health/", "components.keys.protects", "evidence encryption"),
    ("Who is paged when errors go up?", "architecture/observability/", "Error budget burns", "error budget alert"),
    ("What may it cost a month?", "architecture/costs/", "$2,500", "cost budget"),
    ("What is not decided yet?", "architecture/assumptions/", "components.database.engine_version", "assumptions"),
    ("What does PITR mean?", "architecture/glossary/", "Point-in-time recovery", "PITR"),
    (
        "Which variable file sets the size of the database?",
        "architecture/terraform/05-data/",
        "db.t4g.small",
        "05-data",
    ),
    ("What stops the system if it fails alone?", "architecture/single-points/", "one copy", "single point of failure"),
)
