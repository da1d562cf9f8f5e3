"""Opens, builds, answers: wires the rooms together and nothing else."""
