"""The Kubernetes objects of a cluster that GitOps does not deliver, so that every object has one owner."""
