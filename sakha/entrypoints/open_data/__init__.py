"""What anybody may read in published formats: the directory of bodies (HSDS 3) and gifts without names (360Giving)."""
