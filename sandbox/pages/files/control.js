// The buttons and forms of /_sandbox/. A form or button with `data-send` sends the control that it names; a part with
// `data-live` shows the answer of a control, and is read again after each change.

const SHOWN_ORDERS = 20;
const SHOWN_CALLS = 30;

async function call(control, body) {
  const [method, path] = control.split(" ");
  const answer = await fetch(path, {
    method,
    headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  const content = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(content?.error ?? content?.errors?.[0]?.message ?? `Status ${answer.status}`);
  return content;
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function code(text) {
  return element("code", {}, String(text));
}

function copyButton(text, label) {
  return element("button", { type: "button", class: "copy", "data-copy": text, "aria-label": `Copy ${label}` }, "Copy");
}

function table(headings, rows) {
  const head = element("tr", {}, ...headings.map((heading) => element("th", { scope: "col" }, heading)));
  const body = rows.map((cells) =>
    element("tr", {}, ...cells.map((cell, index) => element("td", { "data-label": headings[index] }, ...[cell].flat()))),
  );
  return element("table", { class: "stacked" }, element("thead", {}, head), element("tbody", {}, ...body));
}

// What the page sends.

function bodyOf(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.closest("[hidden]")) continue;
    if (field.value === "") {
      if (field.dataset.empty === "null") body[field.name] = null;
    } else {
      body[field.name] = field.dataset.type === "number" ? Number(field.value) : field.value;
    }
  }
  return body;
}

async function send(sender, body) {
  const output = outputFor(sender);
  const { confirm: question, send: control } = sender.dataset;
  if (question && !window.confirm(question)) return;
  output.className = "";
  try {
    const content = await call(control, body);
    output.replaceChildren(...said(control, content));
    output.className = "good";
  } catch (problem) {
    output.replaceChildren(problem.message);
    output.className = "bad";
  }
  await refresh();
}

function outputFor(sender) {
  const own = sender.closest("form, .row, section");
  return own.querySelector("output") ?? sender.closest("section").querySelector("output");
}

function said(control, content) {
  if (control === "POST /_sandbox/sources") return describedSource(content);
  if (control === "POST /_sandbox/clock") return [`It is ${moment(content.now)} now.`];
  if (control === "POST /_sandbox/orders") return [`Added: ${content.ids.join(", ")}`];
  return ["Done."];
}

function describedSource({ sourceId, state, redirectUrl }) {
  const parts = ["Source ", code(sourceId), " ", copyButton(sourceId, "the source id"), ` is ${state}. `];
  if (redirectUrl) {
    parts.push(element("a", { href: redirectUrl, target: "_blank", rel: "noopener" }, "Open the page of the approval"));
  }
  return parts;
}

// What the page shows.

function moment(text) {
  return new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

function price(total) {
  return new Intl.NumberFormat(undefined, { style: "currency", currency: total.currency }).format(total.value);
}

const EVENTS = {
  "funds-arrive": "Money arrives",
  "funds-lapse": "No money comes",
  "charge-settles": "Charge settles",
  "charge-fails": "Charge fails",
  "review-passes": "Review passes",
  "review-blocks": "Review blocks",
};

function orderRow({ id, state, email, password, total, events }) {
  const buttons = events.map((event) =>
    element(
      "button",
      {
        type: "button",
        class: "small",
        "data-send": "POST /_sandbox/order-events",
        "data-body": JSON.stringify({ orderId: id, event }),
      },
      EVENTS[event] ?? event,
    ),
  );
  const number = element("span", { class: "number" }, String(id));
  const secret = element("span", { class: "number" }, password, copyButton(password, `the password of order ${id}`));
  return [number, state, price(total), email ?? "", secret, element("div", { class: "row" }, ...buttons)];
}

const LIVE = {
  async now(parts) {
    const { now } = await call("GET /_sandbox/clock");
    for (const part of parts) part.textContent = moment(now);
  },
  async sessions([select]) {
    const chosen = select.value;
    const carts = await call("GET /_sandbox/carts");
    const options = carts.map(({ sessionId, total, quantity, state }) => {
      const text = `${quantity} item${quantity === 1 ? "" : "s"}, ${price(total)}, ${state} (${sessionId.slice(0, 8)}…)`;
      return element("option", { value: sessionId }, text);
    });
    select.replaceChildren(select.options[0], ...options);
    select.value = carts.some(({ sessionId }) => sessionId === chosen) ? chosen : "";
  },
  async orders([part]) {
    const orders = await call("GET /_sandbox/orders");
    const headings = ["Order", "State", "Total", "Email", "Password", "Events"];
    part.replaceChildren(
      orders.length
        ? table(headings, orders.slice(0, SHOWN_ORDERS).map(orderRow))
        : element("p", { class: "soft" }, "There are no orders yet."),
    );
  },
  async faults([part]) {
    const faults = await call("GET /_sandbox/faults");
    const items = faults.map((fault) => element("li", {}, code(JSON.stringify(fault))));
    part.replaceChildren(
      items.length ? element("ul", {}, ...items) : element("p", { class: "soft" }, "No fault is active."),
    );
  },
  async stock() {
    for (const { productId, quantity, isSoldAhead } of await call("GET /_sandbox/stock")) {
      const text = `${quantity ?? "unlimited"}${isSoldAhead ? ", sold ahead" : ""}`;
      document.querySelector(`[data-stock="${productId}"]`).textContent = text;
    }
  },
  async switches([part]) {
    const values = await call("GET /_sandbox/switches");
    for (const select of part.querySelectorAll("select")) select.value = String(values[select.name]);
  },
  async calls([part]) {
    const { total, calls } = await call("GET /_sandbox/calls");
    const rows = calls.sort((one, other) => other.count - one.count).slice(0, SHOWN_CALLS);
    part.replaceChildren(
      element("p", {}, `${total} call${total === 1 ? "" : "s"}`),
      ...(rows.length
        ? [table(["Count", "Call"], rows.map(({ count, method, path }) => [String(count), code(`${method} ${path}`)]))]
        : []),
    );
  },
};

async function refresh() {
  const shown = Object.entries(LIVE).map(([name, show]) => show([...document.querySelectorAll(`[data-live=${name}]`)]));
  const results = await Promise.allSettled(shown);
  const failed = results.find(({ status }) => status === "rejected");
  document.body.classList.toggle("offline", Boolean(failed));
}

function explain(select) {
  document.querySelector(`#${select.id}-happens`).textContent = select.selectedOptions[0].dataset.happens;
}

const scenario = document.querySelector("#scenario");
const kind = document.querySelector("#kind");

function showFieldsOfFault() {
  const { value } = kind;
  explain(kind);
  for (const part of document.querySelectorAll("[data-kinds]")) {
    part.hidden = !part.dataset.kinds.split(" ").includes(value);
  }
}

async function copy(button) {
  const { copy: text } = button.dataset;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https, a page on another computer has no clipboard.
    const area = element("textarea", {}, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-send]");
  if (!form) return;
  event.preventDefault();
  send(form, bodyOf(form));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.copy) copy(button);
  else if (button.dataset.send) send(button, button.dataset.body && JSON.parse(button.dataset.body));
  else if ("refresh" in button.dataset) refresh();
});

document.addEventListener("change", async (event) => {
  const select = event.target;
  if (select === scenario) explain(scenario);
  else if (select === kind) showFieldsOfFault();
  else if (select.dataset.switch) {
    const value = select.dataset.type === "number" ? Number(select.value) : select.value;
    await send(select, { [select.name]: value });
  }
});

window.addEventListener("focus", refresh);
explain(scenario);
showFieldsOfFault();
refresh();
