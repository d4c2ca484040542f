"""Edit distance by letters, not bytes: a letter lost, added or changed; for intake also two neighbours changed over."""


def edit_distance(left: str, right: str, limit: int) -> int:
    """Count the edits between two words (optimal string alignment), or `limit + 1` when there are more than `limit`."""
    if left == right:
        return 0
    # Cheap and sure: one edit changes at most two letters of the set of letters.
    if abs(len(left) - len(right)) > limit or len(set(left) ^ set(right)) > 2 * limit:
        return limit + 1
    left, right = _differing_middle(left, right)
    if len(left) > len(right):
        left, right = right, left
    if not left:
        return len(right)
    return min(_aligned(left, right, limit), limit + 1)


def changed_letters(left: str, right: str, limit: int) -> int:
    """Count the letters lost, added or changed (Levenshtein, as engines count), or `limit + 1` when there are more."""
    if left == right:
        return 0
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    left, right = _differing_middle(left, right)
    if not left or not right:
        return min(len(left) + len(right), limit + 1)
    above = list(range(len(left) + 1))
    for row, letter in enumerate(right, start=1):
        here = [row]
        for column, other in enumerate(left, start=1):
            here.append(min(above[column] + 1, here[-1] + 1, above[column - 1] + (letter != other)))
        if min(here) > limit:
            return limit + 1
        above = here
    return min(above[-1], limit + 1)


def _differing_middle(left: str, right: str) -> tuple[str, str]:
    start, shorter = 0, min(len(left), len(right))
    while start < shorter and left[start] == right[start]:
        start += 1
    end = 0
    while end < shorter - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[start : len(left) - end], right[start : len(right) - end]


def _aligned(left: str, right: str, limit: int) -> int:
    before: list[int] = []
    above = list(range(len(left) + 1))
    for row, letter in enumerate(right, start=1):
        here = [row]
        for column, other in enumerate(left, start=1):
            edits = min(above[column] + 1, here[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == left[column - 2] and right[row - 2] == other:
                edits = min(edits, before[column - 2] + 1)
            here.append(edits)
        if min(here) > limit and min(above) > limit:
            return limit + 1
        before, above = above, here
    return above[-1]
