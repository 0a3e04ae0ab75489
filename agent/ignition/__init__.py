"""What a MachineConfig or Ignition text says."""
