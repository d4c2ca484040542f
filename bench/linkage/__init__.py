"""What linkage finds and costs, beside the tools that one would otherwise take, in the same run."""
