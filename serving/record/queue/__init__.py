"""What waits for its moment: messages, promises, leads to score again."""
