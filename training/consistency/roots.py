"""Who stood for whom at past moments, by the merges that were made and undone."""

from sqlalchemy import Connection, select

from serving.record.schema import merge


class Roots:
    """Which lead stood for which, at any moment."""

    def __init__(self, connection: Connection) -> None:
        """Read all merges."""
        self._moves: dict[int, list[tuple[int, int]]] = {}
        self._parts: dict[int, set[int]] = {}
        for made in connection.execute(select(merge).order_by(merge.c.number)):
            for number in made.joined:
                moves = self._moves.setdefault(number, [])
                moves.append((made.at, made.kept))
                self._parts.setdefault(made.kept, set()).add(number)
                if made.undone is not None:
                    moves.append((made.undone, made.root_before))
                    self._parts.setdefault(made.root_before, set()).add(number)
        for moves in self._moves.values():
            moves.sort(key=lambda move: move[0])

    def root(self, number: int, at: int) -> int:
        """Return who stood for a lead at a moment, microseconds since 1970."""
        found = number
        for moment, root in self._moves.get(number, ()):
            if moment <= at:
                found = root
        return found

    def parts(self, root: int, at: int) -> list[int]:
        """Return for whom a lead stood at a moment, itself among them."""
        return sorted(number for number in self.ever(root) if self.root(number, at) == root)

    def ever(self, root: int) -> set[int]:
        """Return for whom a lead stood at any moment."""
        return {root} | self._parts.get(root, set())

    def stand_ins(self, number: int) -> set[int]:
        """Return who stood for a lead at any moment, itself among them."""
        return {number} | {root for _, root in self._moves.get(number, ())}

    def moments(self, number: int) -> list[int]:
        """Return when it changed who stands for a lead."""
        return [moment for moment, _ in self._moves.get(number, ())]
