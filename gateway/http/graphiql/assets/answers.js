// Fills in variables from earlier answers. The rules stand beside the example operations, in variables.json and
// sets.json: {"$from": "cart.revision"} is the value at this path, which may begin at any depth of the newest answer
// that has it; a number in it is an index of a list, "last" the last index. {"$new": "UUID"} is a new UUID for each
// request.

const MARK = "← ";

// The value at the path, which may begin at any depth of the answer; undefined if there is none.
export function valueAt(answer, path) {
  const value = path.split(".").reduce(childOf, answer) ?? undefined;
  if (value !== undefined || answer === null || typeof answer !== "object") {
    return value;
  }
  for (const child of Object.values(answer)) {
    const below = valueAt(child, path);
    if (below !== undefined) {
      return below;
    }
  }
  return undefined;
}

function childOf(value, name) {
  return Array.isArray(value) && name === "last" ? value.at(-1) : value?.[name];
}

// All paths in a rule.
export function pathsIn(rule) {
  if (rule === null || typeof rule !== "object") {
    return [];
  }
  return "$from" in rule ? [rule.$from] : Object.values(rule).flatMap(pathsIn);
}

// What the editor shows in place of a value that no answer has filled in yet.
export function placeholder(rule) {
  return replaced(
    rule,
    (path) => MARK + path,
    () => `${MARK}a new UUID`,
  );
}

// The rule with its values. A path without a value keeps its placeholder and is added to `missing`.
export function filled(rule, values, missing = []) {
  const fromAnswer = (path) => {
    if (path in values) {
      return values[path];
    }
    missing.push(path);
    return MARK + path;
  };
  return replaced(rule, fromAnswer, () => crypto.randomUUID());
}

function replaced(rule, fromAnswer, newKey) {
  if (Array.isArray(rule)) {
    return rule.map((child) => replaced(child, fromAnswer, newKey));
  }
  if (rule === null || typeof rule !== "object") {
    return rule;
  }
  if ("$from" in rule) {
    return fromAnswer(rule.$from);
  }
  if ("$new" in rule) {
    return newKey();
  }
  return Object.fromEntries(Object.entries(rule).map(([name, child]) => [name, replaced(child, fromAnswer, newKey)]));
}

// Whether a developer has left the value alone: it is the placeholder, or what was filled in last.
export function isUntouched(value, rule, lastFilled) {
  const shown = JSON.stringify(value);
  return shown === JSON.stringify(placeholder(rule)) || shown === JSON.stringify(lastFilled);
}

export function makesKey(rule) {
  return JSON.stringify(rule).includes('"$new"');
}
