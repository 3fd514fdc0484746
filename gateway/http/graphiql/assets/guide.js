// Leads through a set of examples: fills in the variables of each step, does what must happen outside the graph
// before it, and remembers what the answers gave.
import { filled, isUntouched, makesKey, pathsIn, placeholder, valueAt } from "./answers.js";
import { outcomeOf } from "./outcome.js";
import { askGateway } from "./servers.js";
import { forgetEntry, OWNER, progressOf, remember, remembered, rememberProgress, RETURNED } from "./storage.js";

const SESSION_ID = "paymentSession.sessionId";

const NOTHING_YET = { values: {}, lastFilled: {}, outcomes: {}, done: {} };

export class Guide {
  constructor(set, sandbox) {
    this.set = set;
    this.sandbox = sandbox;
    this.progress = { ...NOTHING_YET, ...progressOf(set) };
    this.paths = pathsOf(set);
    this.listeners = new Set();
    this.subscribe = (listener) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    };
    this.snapshot = () => this.progress;
  }

  update(changes) {
    this.progress = { ...this.progress, ...changes };
    rememberProgress(this.set, this.progress);
    this.listeners.forEach((listener) => listener());
  }

  // The variables of a tab, with all values that are known and that the developer has not typed. Only variables that
  // are about to be sent get new keys.
  variablesOf(step, shown, { areSent } = {}) {
    const lastFilled = { ...this.progress.lastFilled[step.id] };
    const variables = { ...shown };
    const missing = [];
    for (const [name, rule] of Object.entries(step.variables)) {
      const isFilled = name in shown && isUntouched(shown[name], rule, lastFilled[name]);
      if (isFilled && (areSent || !makesKey(rule))) {
        variables[name] = lastFilled[name] = filled(rule, this.progress.values, missing);
      }
    }
    this.update({ lastFilled: { ...this.progress.lastFilled, [step.id]: lastFilled } });
    return { variables, missing };
  }

  // Sends the operation of a step. `show` puts the variables that are sent into the editor.
  async play(step, request, headers, show) {
    let variables;
    try {
      variables = await this.variablesToSend(step, request);
    } catch (problem) {
      this.finish(step, { isGood: false, message: problem.message, goTo: problem.goTo });
      return { errors: [{ message: `Not sent. ${problem.message}` }] };
    }
    show(variables);
    const answer = await askGateway({ ...request, variables }, headers).catch(failed);
    this.learn(answer.data ?? {});
    this.finish(step, this.withAdvice(outcomeOf(answer)));
    return answer;
  }

  async variablesToSend(step, request) {
    await this.beginWith(step);
    await this.prepare(step);
    const { variables, missing } = this.variablesOf(step, request.variables ?? {}, { areSent: true });
    if (missing.length > 0) {
      throw this.tooEarly(step, missing[0]);
    }
    return variables;
  }

  // The first step begins with a new shopper if this set is over, or if another set has been played since.
  async beginWith(step) {
    const [first] = this.set.steps;
    const isOver = this.set.steps.at(-1).id in this.progress.outcomes;
    if (step === first && (isOver || this.isOfAnotherSet)) {
      await this.endSession();
    }
    if (step === first || remembered(OWNER) === null) {
      remember(OWNER, this.set.name);
    }
  }

  // Whether the session of the browser began in another set.
  get isOfAnotherSet() {
    return ![null, this.set.name].includes(remembered(OWNER));
  }

  withAdvice(outcome) {
    if (outcome.isGood || !this.isOfAnotherSet) {
      return outcome;
    }
    const message = `${outcome.message} Another example has been played since: step 1 begins with a new shopper.`;
    return { ...outcome, message, goTo: this.set.steps[0].id };
  }

  // Ends the session of the cookie. A bearer token that a developer has typed is not ours to end.
  async endSession() {
    await askGateway({ query: "mutation { signOut { signedOut } }" });
    // By what was filled in last, the tabs know which values a developer has typed.
    this.update({ ...NOTHING_YET, lastFilled: this.progress.lastFilled });
  }

  // What the step needs outside the graph. In front of Digital River, only DigitalRiver.js and the shopper can do it.
  needsOf(step) {
    return this.sandbox.origin && step ? step.before : [];
  }

  // Does what the step needs and the page can do by itself.
  async prepare(step) {
    for (const [index, need] of this.needsOf(step).entries()) {
      if (this.isDone(step, index)) {
        continue;
      }
      if (isOfShopper(need)) {
        throw new Error(`The shopper comes first: choose “${need.title}” in the panel.`);
      }
      await this.provide(step, index);
    }
  }

  // Does one thing that the step needs. `tab` is an empty tab of the browser for pages that the shopper must see.
  async provide(step, index, tab) {
    const need = step.before[index];
    if ("source" in need) {
      await this.createSource(need.source);
    } else if ("control" in need) {
      const body = need.body && filled(need.body, this.progress.values);
      this.learn({ [need.answer]: await this.sandbox.ask(need.control, body) });
    } else {
      forgetEntry(RETURNED);
      tab.location = await this.pageFor(step, need);
      return;
    }
    this.markDone(step, index);
  }

  async createSource(form) {
    const session = this.progress.values[SESSION_ID];
    if (!session) {
      throw new Error("A source belongs to a payment session. Play the step with the address first.");
    }
    const source = await this.sandbox.createSource(form, session);
    this.learn({ source });
    return source;
  }

  // The address of the page of the provider or the bank.
  async pageFor(step, need) {
    const value = this.progress.values[need.open ?? need.authenticate];
    if (!value) {
      throw this.tooEarly(step, need.open ?? need.authenticate);
    }
    const page = "open" in need ? value : await this.sandbox.challengeOf(value);
    if (!page) {
      throw new Error("Nothing is left to confirm. Play the step.");
    }
    return page;
  }

  // Whether the shopper must open a page of the provider or the bank before the step.
  waitsForShopper(step) {
    return this.needsOf(step).some((need, index) => isOfShopper(need) && !this.isDone(step, index));
  }

  // The shopper has come back from the page of the provider or the bank.
  returned(step) {
    this.markDone(step, step.before.findIndex(isOfShopper));
  }

  // A developer has made another source. The next step that needs a source sends it, and a source without a
  // page needs no approval. Returns this step.
  useSource(source, step) {
    const steps = this.set.steps.slice(Math.max(this.set.steps.indexOf(step), 0));
    const next = steps.find(({ before }) => before.some((need) => "source" in need));
    if (next) {
      const done = next.before.map((need) => "source" in need || ("open" in need && !source.redirectUrl));
      this.update({ done: { ...this.progress.done, [next.id]: done } });
    }
    return next;
  }

  isDone(step, index) {
    return this.progress.done[step.id]?.[index] ?? false;
  }

  markDone(step, index) {
    // What followed belongs to the earlier source.
    const done = step.before.map((_need, other) => other === index || (other < index && this.isDone(step, other)));
    this.update({ done: { ...this.progress.done, [step.id]: done } });
  }

  // The step is played. Another play of it needs new sources, and no second approval.
  finish(step, outcome) {
    const hasUsed = (need) => outcome.isGood && "source" in need;
    const done = step.before.map((need, index) => this.isDone(step, index) && !hasUsed(need));
    this.update({
      done: { ...this.progress.done, [step.id]: done },
      outcomes: { ...this.progress.outcomes, [step.id]: outcome },
    });
  }

  // Remembers the values of an answer that a step of the set needs.
  learn(answer) {
    const learned = [...this.paths].map((path) => [path, valueAt(answer, path)]);
    const present = learned.filter(([, value]) => value !== undefined);
    this.update({ values: { ...this.progress.values, ...Object.fromEntries(present) } });
  }

  // The error that an earlier step has not been played.
  tooEarly(step, path) {
    if (!this.sandbox.origin && step.before.length > 0) {
      return new Error(`In front of Digital River, type the value of \`${path}\` into the variables.`);
    }
    const earlier = this.set.steps.slice(0, this.set.steps.indexOf(step));
    const open = earlier.find((other) => !this.progress.outcomes[other.id]?.isGood);
    const message = open
      ? `Play step ${open.number}, “${open.title}”, first. This step needs its answer.`
      : `No answer has \`${path}\` yet. Start over, and play the steps in order.`;
    return Object.assign(new Error(message), { goTo: open?.id });
  }
}

// The paths of all values that the steps of a set need.
function pathsOf({ steps }) {
  const needs = steps.flatMap((step) => step.before);
  const opened = needs.flatMap(({ open, authenticate }) => open ?? authenticate ?? []);
  return new Set([SESSION_ID, ...opened, ...pathsIn(steps.map((step) => step.variables)), ...pathsIn(needs)]);
}

// What a step needs is done by this page, or by the shopper on a page of the provider or the bank.
export function isOfShopper(need) {
  return "open" in need || "authenticate" in need;
}

function failed({ message }) {
  return { errors: [{ message }] };
}

// The variables of an untouched tab, as the editor shows them.
export function untouchedVariables(step) {
  return JSON.stringify(placeholder(step.variables), null, 2);
}
