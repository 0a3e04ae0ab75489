"""What a reader can choose from; each choice narrows the next."""

from dashboards.model import Variable

CLUSTERS = Variable("cluster", "Cluster", "pool:sctp_nodes:count")
CLUSTER = Variable("cluster", "Cluster", "pool:sctp_nodes:count", narrow=True)
POOL = Variable("pool", "Pool", "pool:sctp_nodes:count{CLUSTERS}")
#: Also nodes whose agent is down.
NODE = Variable("node", "Node", 'up{job="sctp-node-agent",POOLS}', single=True)
