// The strategies: which are in the running, what each of them gives, and which one the figures show.

export class Strategies {
  constructor(body, act) {
    Object.assign(this, { body, act, rows: new Map() });
  }

  build(scene) {
    this.baseline = scene.baseline;
    for (const { name, said } of scene.strategies) {
      const row = document.createElement("tr");
      const tick = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
      tick.setAttribute("aria-label", `${said} is in the running`);
      const id = `why-${this.rows.size}`;
      tick.setAttribute("aria-describedby", id);
      tick.addEventListener("change", () => this.act.toggle(name, tick.checked));
      const called = document.createElement(name === this.baseline ? "span" : "button");
      called.textContent = said;
      if (name !== this.baseline) {
        called.type = "button";
        called.addEventListener("click", () => this.act.about(name));
      }
      const why = Object.assign(document.createElement("small"), { id });
      const cells = ["td", "th", "td", "td"].map((tag) => row.appendChild(document.createElement(tag)));
      cells[0].append(tick);
      cells[1].scope = "row";
      cells[1].append(called, why);
      this.body.append(row);
      this.rows.set(name, { row, tick, called, why, pays: cells[2], saves: cells[3] });
    }
  }

  show(verdict, state) {
    for (const [name, parts] of this.rows) {
      const found = verdict.strategies[name];
      const bound = verdict.bound[name];
      parts.row.classList.toggle("off", !found);
      parts.tick.checked = !state.off.has(name);
      parts.tick.disabled = Boolean(bound);
      parts.why.textContent = bound ?? "";
      parts.pays.textContent = found?.pays ?? "";
      parts.saves.textContent = found?.saves ?? "";
      parts.saves.colSpan = 1;
      if (name === this.baseline) continue;
      parts.called.disabled = !found;
      parts.called.setAttribute("aria-pressed", String(name === verdict.about));
    }
  }
}
