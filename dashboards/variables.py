"""What a reader can choose from; each choice narrows the next."""

from dashboards.model import Variable

CLUSTER = Variable("cluster", "Cluster", "pool:sctp_nodes:count")
POOL = Variable("pool", "Pool", "pool:sctp_nodes:count{CLUSTERS}")


_TARGETS = 'up{job="sctp-node-agent",POOLS}'  # also of agents that are down
NODES = Variable("node", "Node (tables, timeline)", _TARGETS)
NODE = Variable("node", "Node", _TARGETS, single=True)
