// What somebody has changed, and the same as an address.

export class State {
  constructor(search = "") {
    this.values = new Map();
    this.off = new Set();
    this.horizon = null;
    this.about = null;
    for (const [key, text] of new URLSearchParams(search)) {
      if (key === "off") this.off.add(text);
      else if (key === "horizon") this.horizon = text;
      else if (key === "about") this.about = text;
      else this.values.set(key, text);
    }
  }

  get address() {
    const pairs = [...this.values].sort(([a], [b]) => (a < b ? -1 : 1));
    pairs.push(...[...this.off].sort().map((name) => ["off", name]));
    if (this.horizon !== null) pairs.push(["horizon", this.horizon]);
    if (this.about !== null) pairs.push(["about", this.about]);
    return new URLSearchParams(pairs).toString();
  }

  get changed() {
    return this.values.size > 0 || this.off.size > 0 || this.horizon !== null;
  }
}
