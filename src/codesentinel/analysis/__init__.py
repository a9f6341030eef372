"""Records to findings. Pure: no disk, network, process or clock."""
