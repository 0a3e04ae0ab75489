"""MachineConfigs: written for a role, and judged by what a node would become."""
