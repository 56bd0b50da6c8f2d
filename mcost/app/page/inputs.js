// Every input that the scenario states: its interval as text, its sketch, and two handles on it.

import { interval, place, valueAt, written } from "./scales.js";

const STEP = 1 / 200;
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
const WIDE = 400;
const HIGH = 26;

const make = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
};

export class Inputs {
  constructor(place, act) {
    Object.assign(this, { place, act, rows: new Map() });
  }

  build(scene, state) {
    const groups = new Map();
    for (const input of scene.inputs) {
      if (!groups.has(input.group)) groups.set(input.group, []);
      groups.get(input.group).push(input);
    }
    const tuned = scene.strategies.filter((strategy) => strategy.tuned).map((strategy) => strategy.said);
    for (const [name, members] of groups) {
      const group = make("details", "group");
      group.open = groups.size < 4 || name === "Workload" || tuned.includes(name);
      group.open ||= members.some((input) => state.values.has(input.name));
      const summary = make("summary", "", name);
      summary.append(make("span", "", `${members.length} ${members.length === 1 ? "input" : "inputs"}`));
      const list = make("ul");
      group.append(summary, list);
      const certain = (input) => Number(scene.rows[input.name].certain);
      for (const input of [...members].sort((a, b) => certain(a) - certain(b))) {
        const row = new Row(input, scene.rows[input.name], this.act, this.rows.size);
        this.rows.set(input.name, row);
        list.append(row.node);
      }
      this.place.append(group);
    }
  }

  show(changed, off) {
    for (const [name, row] of this.rows) {
      row.show(changed[name] ?? row.base, name in changed);
      row.node.hidden = off.has(row.input.strategy);
    }
  }

  complaint(name) {
    const row = this.rows.get(name);
    if (!row) return null;
    row.node.closest("details").open = true;
    row.text.setAttribute("aria-invalid", "true");
    return row.error;
  }

  clearComplaints() {
    for (const row of this.rows.values()) {
      if (!row.error.textContent) continue;
      row.error.textContent = "";
      row.text.removeAttribute("aria-invalid");
    }
  }

  focus(name) {
    const row = this.rows.get(name);
    if (!row) return;
    row.node.closest("details").open = true;
    row.node.scrollIntoView({ block: "center" });
    row.handles[1].focus();
  }
}

class Row {
  constructor(input, base, act, number) {
    Object.assign(this, { input, base, act, now: base, held: false, repeated: false });
    const id = `input-${number}`;
    this.node = make("li", "input");
    this.node.dataset.name = input.name;
    const label = make("label", "", input.said);
    label.htmlFor = id;
    this.weak = make("span", "weak", "weak");
    this.text = Object.assign(make("input"), { id, type: "text", spellcheck: false, autocomplete: "off" });
    this.text.setAttribute("aria-describedby", `${id}-error ${id}-need`);
    this.text.addEventListener("change", () => this.set(this.text.value.trim() || null));
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.text.value = this.now.text;
    });
    const head = make("div", "line");
    const called = make("span", "called");
    this.weak.append(make("span", "unseen", " prior"));
    called.append(label, this.weak);
    if (input.unit) called.append(make("span", "unit", input.unit));
    head.append(called, this.text);

    this.track = make("div", "track");
    this.sketch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.sketch.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
    this.sketch.setAttribute("preserveAspectRatio", "none");
    this.sketch.setAttribute("aria-hidden", "true");
    this.area = this.sketch.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    this.span = make("div", "span");
    this.handles = ["low", "high"].map((end, i) => this.handle(end, i));
    this.track.append(this.sketch, make("div", "rail"), this.span, ...this.handles);
    this.drag(this.span, [0, 1]);

    const tools = make("div", "tools");
    if (input.scale === "positive" && !input.share) {
      tools.append(this.button("÷ 2", () => this.times(0.5), `half ${input.said}`));
      tools.append(this.button("× 2", () => this.times(2), `double ${input.said}`));
    }
    this.ask = this.button("What would it need?", () => this.need(), `What would it need? ${input.said}`);
    this.undo = this.button("Undo", () => this.set(null), `Undo the change of ${input.said}`);
    tools.append(this.ask, this.undo);
    this.error = Object.assign(make("p", "error"), { id: `${id}-error` });
    this.error.setAttribute("role", "alert");
    this.needed = Object.assign(make("p", "need"), { id: `${id}-need` });
    this.node.append(head, this.track, tools, this.error, this.needed);
    this.show(base, false);
  }

  button(text, act, said) {
    const button = make("button", "", text);
    button.type = "button";
    button.setAttribute("aria-label", said);
    button.addEventListener("click", act);
    return button;
  }

  handle(end, i) {
    const handle = make("span", `handle ${end}`);
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-label", `${this.input.said}${this.input.unit ? `, ${this.input.unit}` : ""}: ${end} end`);
    handle.addEventListener("keydown", (event) => this.key(event, i));
    handle.addEventListener("keyup", () => {
      if (this.repeated) this.move(this.ends, false);
      this.repeated = false;
    });
    this.drag(handle, [i]);
    return handle;
  }

  key(event, i) {
    const step = KEYS[event.key];
    if (step === undefined && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    const ends = [...this.ends];
    const both = event.shiftKey ? [0, 1] : [i];
    for (const end of both) {
      if (step === undefined) {
        const least = i && !event.shiftKey ? ends[0] : this.now.ends[0];
        const most = i || event.shiftKey ? this.now.ends[1] : ends[1];
        ends[end] = event.key === "Home" ? least : most;
      } else ends[end] = this.stepped(ends[end], step);
    }
    if (ends[0] > ends[1]) ends[i] = ends[1 - i];
    this.repeated = event.repeat;
    this.move(ends, event.repeat);
  }

  /** A value some steps on; where three digits do not show the step, the next one that they do. */
  stepped(value, steps) {
    const { ends } = this.now;
    const at = place(value, ends, this.input.scale);
    const before = written(value, this.input.share);
    for (let more = 0; more < 20; more += 1) {
      const next = valueAt(at + (steps + Math.sign(steps) * more) * STEP, ends, this.input.scale);
      if (written(next, this.input.share) !== before) return next;
    }
    return value;
  }

  drag(node, which) {
    node.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      node.setPointerCapture(event.pointerId);
      if (which.length === 1) node.focus({ preventScroll: true });
      this.held = true;
      const box = this.track.getBoundingClientRect();
      const from = this.ends.map((end) => place(end, this.now.ends, this.input.scale));
      const reach = this.now.ends;
      let moved = false;
      const follow = (to) => {
        const by = (to.clientX - event.clientX) / box.width;
        moved ||= Math.abs(by) > 0;
        if (!moved) return;
        const ends = [...this.ends];
        for (const i of which) ends[i] = valueAt(from[i] + by, reach, this.input.scale);
        if (ends[0] > ends[1]) ends[which[0]] = ends[1 - which[0]];
        this.move(ends, true);
      };
      const release = () => {
        node.removeEventListener("pointermove", follow);
        this.held = false;
        if (moved) this.move(this.ends, false);
      };
      node.addEventListener("pointermove", follow);
      node.addEventListener("lostpointercapture", release, { once: true });
    });
  }

  times(factor) {
    const ends = this.ends.map((end) => Number((end * factor).toPrecision(3)));
    if (ends[1] > 0) this.move(ends, false);
  }

  move(ends, moving) {
    this.ends = ends;
    this.place(ends);
    const text = interval(...ends, this.input.share);
    this.text.value = text;
    this.needed.textContent = "";
    this.act.set(this.input.name, text, moving);
  }

  set(text) {
    this.needed.textContent = "";
    this.act.set(this.input.name, text === this.base.text ? null : text, false);
  }

  async need() {
    this.ask.disabled = true;
    this.needed.textContent = "Looking …";
    try {
      const found = await this.act.need(this.input.name);
      const { said, text, complaints } = found;
      if (text) this.set(text);
      this.needed.textContent = said ?? complaints.map((complaint) => complaint.message).join(" ");
    } catch {
      this.needed.textContent = "There was no answer.";
    }
    this.ask.disabled = false;
    this.ask.focus();
  }

  /** The input as the newest answer has it; what a hand holds stays where the hand is. */
  show(row, changed) {
    if (row !== this.now || !this.ends) this.draw(row);
    this.node.classList.toggle("changed", changed);
    this.undo.hidden = !changed;
    this.weak.hidden = !row.weak;
    this.weak.title = `a weak prior: ${row.source}`;
    this.now = row;
    if (this.held || this.repeated) return;
    this.ends = [row.low, row.high];
    this.place(this.ends);
    if (document.activeElement !== this.text || !this.error.textContent) this.text.value = row.text;
  }

  draw(row) {
    const n = row.sketch.length;
    const top = row.sketch.map((height, i) => `L${((i + 0.5) / n) * WIDE} ${(HIGH * (1 - 0.94 * height)).toFixed(1)}`);
    this.area.setAttribute("d", n ? `M0 ${HIGH}${top.join("")}L${WIDE} ${HIGH}Z` : "");
  }

  place(ends) {
    const at = ends.map((end) => 100 * place(end, this.now.ends, this.input.scale));
    this.handles.forEach((handle, i) => {
      handle.style.left = `${at[i]}%`;
      handle.setAttribute("aria-valuemin", this.now.ends[0]);
      handle.setAttribute("aria-valuemax", this.now.ends[1]);
      handle.setAttribute("aria-valuenow", ends[i]);
      handle.setAttribute("aria-valuetext", written(ends[i], this.input.share).replaceAll("_", ","));
    });
    this.span.style.left = `${at[0]}%`;
    this.span.style.width = `${at[1] - at[0]}%`;
  }
}
