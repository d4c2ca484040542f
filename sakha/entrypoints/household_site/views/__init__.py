"""The pages, by what the household comes for: the door, the sheet, its file."""
