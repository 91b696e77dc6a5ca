"""Something that a cluster needs beside its workloads."""

from archgen.kinds.base import Component


class ClusterAddOn(Component):
    """An add-on of a cluster: networking, names, certificates, metrics, logs."""

    label = "Cluster add-on"
    usual_placement = "app"
