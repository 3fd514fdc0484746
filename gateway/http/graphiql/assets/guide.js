// Leads through a set of examples: fills in the variables of each step, does what must happen outside the graph
// before it, and remembers what the answers gave.
import { filled, isUntouched, makesKey, pathsIn, placeholder, valueAt } from "./answers.js";
import { outcomeOf } from "./outcome.js";
import { askGateway } from "./servers.js";
import { OWNER, progressOf, remember, remembered, rememberProgress } from "./storage.js";

const SESSION_ID = "paymentSession.sessionId";

// What a step can need before it is played. The page does the first two kinds by itself; the shopper does the others.
const BY_ITSELF = ["source", "control"];

const NOTHING_YET = { values: {}, lastFilled: {}, outcomes: {}, done: {} };

export class Guide {
  constructor(set, sandbox) {
    this.set = set;
    this.sandbox = sandbox;
    this.progress = { ...NOTHING_YET, ...progressOf(set) };
    this.paths = new Set([SESSION_ID, "source", "nextAction", "redirectUrl"]);
    pathsIn(set.steps.map((step) => [step.variables, step.before])).forEach((path) => this.paths.add(path));
    set.steps.flatMap((step) => step.before).forEach(({ open }) => open && this.paths.add(open));
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
    try {
      await this.beginWith(step, headers);
      await this.prepare(step);
      const { variables, missing } = this.variablesOf(step, request.variables ?? {}, { areSent: true });
      if (missing.length > 0) {
        throw new Error(this.adviceFor(step, missing[0]));
      }
      show(variables);
      const answer = await askGateway({ ...request, variables }, headers);
      remember(OWNER, this.set.name);
      this.learn(answer.data ?? {}, step);
      this.finish(step, outcomeOf(answer));
      return answer;
    } catch (problem) {
      this.finish(step, { isGood: false, message: problem.message });
      return { errors: [{ message: problem.message }] };
    }
  }

  // The first step of a set begins with a new shopper if another set was played before.
  async beginWith(step, headers) {
    const owner = remembered(OWNER);
    if (step === this.set.steps[0] && owner !== null && owner !== this.set.name) {
      await this.endSession(headers);
    }
  }

  async endSession(headers) {
    await askGateway({ query: "mutation { signOut { signedOut } }" }, headers);
    this.update(structuredClone(NOTHING_YET));
  }

  // Does what the step needs and the page can do by itself.
  async prepare(step) {
    for (const [index, need] of step.before.entries()) {
      if (this.isDone(step, index)) {
        continue;
      }
      if (!BY_ITSELF.some((kind) => kind in need)) {
        throw new Error(`The shopper comes first: choose “${need.title}” in the panel.`);
      }
      await this.provide(step, index);
    }
  }

  // Does one thing that the step needs. `tab` is an empty tab of the browser for pages that the shopper must see.
  async provide(step, index, tab) {
    const need = step.before[index];
    if ("source" in need) {
      await this.createSource(need.source, step);
    } else if ("control" in need) {
      const body = need.body && filled(need.body, this.progress.values);
      this.learn({ [need.answer]: await this.sandbox.ask(need.control, body) }, step);
    } else {
      tab.location = await this.pageFor(step, need);
      return;
    }
    this.markDone(step, index);
  }

  async createSource(form, step) {
    const session = this.progress.values[SESSION_ID];
    if (!session) {
      throw new Error("A source belongs to a payment session. Play the step with the address first.");
    }
    const source = await this.sandbox.createSource(form, session.value);
    this.learn({ source }, step);
    return source;
  }

  // The address of the page of the provider or the bank.
  async pageFor(step, need) {
    const value = this.progress.values[need.open ?? need.authenticate]?.value;
    if (!value) {
      throw new Error(this.adviceFor(step, need.open ?? need.authenticate));
    }
    const page = "open" in need ? value : await this.sandbox.challengeOf(value);
    if (!page) {
      throw new Error("Nothing is left to confirm. Play the step.");
    }
    return page;
  }

  // The shopper has come back from the page of the provider or the bank.
  returned(step) {
    const index = step.before.findIndex((need) => !BY_ITSELF.some((kind) => kind in need));
    if (index >= 0) {
      this.markDone(step, index);
    }
  }

  // A developer has made a source of another kind for the step.
  replaceSource(step) {
    const index = step.before.findIndex((need) => "source" in need);
    if (index >= 0) {
      this.markDone(step, index);
    }
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

  learn(answer, step) {
    const values = { ...this.progress.values };
    for (const path of this.paths) {
      const value = valueAt(answer, path);
      if (value !== undefined) {
        values[path] = { value, step: step?.id };
      }
    }
    this.update({ values });
  }

  adviceFor(step, path) {
    const earlier = this.set.steps.slice(0, this.set.steps.indexOf(step));
    const open = earlier.find((other) => !this.progress.outcomes[other.id]?.isGood);
    return open
      ? `Play step ${open.number}, “${open.title}”, first. This step needs its answer.`
      : `No answer has ${path} yet. Start over in the panel, and play the steps in order.`;
  }
}

// The variables of an untouched tab, as the editor shows them.
export function untouchedVariables(step) {
  return JSON.stringify(placeholder(step.variables), null, 2);
}
