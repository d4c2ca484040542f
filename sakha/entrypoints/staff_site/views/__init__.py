"""The pages: each view reads its form, calls one use case of a room, and fills a screen."""
