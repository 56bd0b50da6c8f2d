// Four figures: their frames, with the finding as title, what they show in words, and what can be taken along.

import { copy } from "./copying.js";
import { breakEven, dotplot, fan, tornado } from "./drawing.js";

const DRAWN = { dotplot, break_even: breakEven, fan, tornado };

export class Figures {
  constructor(place, act) {
    this.act = act;
    this.frames = Object.entries(DRAWN).map(([name, draw]) => new Frame(name, draw, act));
    place.append(...this.frames.map((frame) => frame.node));
  }

  show(pictures) {
    for (const frame of this.frames) if (pictures[frame.name]) frame.show(pictures[frame.name]);
  }

  relink() {
    for (const frame of this.frames) frame.relink();
  }
}

class Frame {
  constructor(name, draw, act) {
    Object.assign(this, { name, draw, act, picture: null });
    this.node = document.createElement("figure");
    this.node.id = name;
    this.title = document.createElement("h3");
    this.subtitle = document.createElement("p");
    this.canvas = document.createElement("div");
    this.canvas.className = "canvas";
    this.title.textContent = "…";
    const caption = document.createElement("figcaption");
    caption.append(this.title, this.subtitle);
    const tools = document.createElement("p");
    tools.className = "tools";
    const sentence = document.createElement("button");
    sentence.type = "button";
    sentence.textContent = "Copy sentence";
    sentence.addEventListener("click", () => this.picture && copy(this.picture.sentence, sentence));
    tools.append(sentence);
    this.links = ["png", "svg"].map((form) => {
      const link = document.createElement("a");
      link.textContent = form.toUpperCase();
      link.className = "button";
      link.download = "";
      link.setAttribute("aria-label", `Download this figure as ${form.toUpperCase()}`);
      tools.append(link);
      return [form, link];
    });
    this.node.append(caption, this.canvas, tools);
    new ResizeObserver(() => this.redraw()).observe(this.canvas);
  }

  show(picture) {
    this.picture = picture;
    this.node.classList.toggle("nothing", !picture.there);
    this.title.textContent = picture.title;
    this.subtitle.textContent = picture.subtitle;
    this.redraw();
  }

  redraw() {
    const width = Math.floor(this.canvas.clientWidth);
    if (!this.picture || width < 50) return;
    if (!this.picture.there) return;
    const svg = this.draw(this.picture, width, this.act.goTo);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", this.picture.alt);
    this.canvas.replaceChildren(svg);
  }

  relink() {
    for (const [form, link] of this.links) link.href = this.act.link(`${this.name}.${form}`);
  }
}
