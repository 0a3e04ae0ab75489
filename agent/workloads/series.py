"""By which labels metrics name workloads: pods by name, all else in brackets. Pure."""

LABELS = ("pod_namespace", "pod_name")
#: Pods with series of their own; all others share one name.
MOST_PODS = 64

#: Namespace and name of the pod, or what stands for all that have no series.
Series = tuple[str, str]
#: No pod can be called so: names have no brackets.
HOST: Series = ("", "(host)")
OTHERS: Series = ("", "(others)")
UNKNOWN: Series = ("", "(unknown)")
