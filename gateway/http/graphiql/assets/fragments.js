// Adds the fragments that an operation spreads. GraphiQL would add those of the operation that it has read last, which
// is the one of the tab before if play is pressed soon after a change of tabs.

export function fragmentsIn(source) {
  const matches = source.matchAll(/^fragment (\w+) on [^]*?^}/gm);
  return Object.fromEntries([...matches].map(([text, name]) => [name, text]));
}

export function withFragments(query, fragments) {
  const added = new Set();
  const add = (text) => {
    for (const [, name] of text.matchAll(/\.\.\.\s*(\w+)/g)) {
      if (name in fragments && !added.has(name) && !query.includes(`fragment ${name} on`)) {
        added.add(name);
        add(fragments[name]);
      }
    }
  };
  add(query);
  return [query, ...[...added].map((name) => fragments[name])].join("\n\n");
}
