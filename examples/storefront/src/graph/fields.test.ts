import { readdirSync, readFileSync } from "node:fs";
import { Kind, parse, type SelectionSetNode } from "graphql";
import { expect, test } from "vitest";

const SOURCES = new URL("..", import.meta.url);

/** Fields that no component names: the cache, the client package and DigitalRiver.js read them. */
const READ_ELSEWHERE = ["message", "retry", "retryAfter", "startCursor", "signedOut", "subscriptionContract", "additionalAddressInfo"];

function filesOf(ending: RegExp): string[] {
  const names = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  return names.filter((name) => ending.test(name) && !/^texts|\.generated\.ts$|\.test\.ts$/.test(name));
}

const contentOf = (name: string) => readFileSync(new URL(name, SOURCES), "utf8");

function namesIn(set: SelectionSetNode | undefined): string[] {
  return (set?.selections ?? []).flatMap((each) => {
    if (each.kind === Kind.FRAGMENT_SPREAD) return [];
    const own = each.kind === Kind.FIELD ? [(each.alias ?? each.name).value] : [];
    return [...own, ...namesIn(each.selectionSet)];
  });
}

test("every field that an operation reads is used", () => {
  const used = new Set(filesOf(/\.tsx?$/).flatMap((name) => contentOf(name).match(/\w+/g) ?? []));
  const read = new Set<string>();
  for (const name of filesOf(/\.graphql$/)) {
    for (const definition of parse(contentOf(name)).definitions) {
      if ("selectionSet" in definition) namesIn(definition.selectionSet).forEach((field) => read.add(field));
    }
  }
  expect([...read].filter((name) => !used.has(name) && !READ_ELSEWHERE.includes(name))).toEqual([]);
});
