/** A remark for each `KEYWRIGHT_` variable that is set and that nothing reads, with the one that was probably meant. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): string[] {
  const unknown = Object.keys(env).filter((name) => /^KEYWRIGHT_/i.test(name) && env[name] && !known.includes(name));
  return unknown.map((name) => {
    const [meant] = known
      .map((candidate) => ({ candidate, distance: editDistance(name.toUpperCase(), candidate) }))
      .filter(({ distance }) => distance <= 3)
      .sort((a, b) => a.distance - b.distance);
    return `${name}: is not known to this server${meant ? `; did you mean ${meant.candidate}?` : ''}`;
  });
}

/** How many letters have to be put in, taken out or changed. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const changed = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
