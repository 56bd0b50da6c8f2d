// The page: what is changed, asked and shown.

import { Asking, post } from "./asking.js";
import { copy } from "./copying.js";
import { Inputs } from "./inputs.js";
import { Figures } from "./figures.js";
import { State } from "./state.js";
import { Strategies } from "./strategies.js";

const $ = (id) => document.getElementById(id);
const put = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

let scene = null;
const state = new State(location.search);

const asking = new Asking({
  question: (moving) => ({ state: state.address, draws: moving ? scene.few : scene.draws }),
  hear(part, moving) {
    if (part.number && !moving) showNumber(part.number, part.seq);
    if (part.complaints) this.refused(part.complaints);
    if (part.verdict) showVerdict(part.verdict, part.seq, moving);
    if (part.pictures) figures.show(part.pictures);
    if (part.grounds) showReasons(reasons, part.grounds);
  },
  refused(complaints) {
    clearComplaints();
    for (const { at, message } of complaints) {
      const place = inputs.complaint(at) ?? (at === "horizon" ? $("horizon-error") : $("error"));
      put(place, place.textContent ? `${place.textContent} ${message}` : message);
    }
    $("verdict").classList.add("stale");
    $("saved").removeAttribute("href");
    setBusy(false);
  },
  failed() {
    put($("error"), "The page's server does not answer: start mcost app again.");
    $("verdict").classList.add("stale");
    setBusy(false);
  },
});

let reasons = [];
const figures = new Figures($("figures"), {
  goTo: (name) => inputs.focus(name),
  link: (kind) => `/figure/document/${kind}?${state.address}`,
});
const inputs = new Inputs($("groups"), {
  set(name, text, moving) {
    if (text === null) state.values.delete(name);
    else state.values.set(name, text);
    change(moving);
  },
  async need(name) {
    const response = await post("/need", { state: state.address, input: name });
    return response.json();
  },
});
const strategies = new Strategies($("strategies"), {
  toggle(name, on) {
    if (on) state.off.delete(name);
    else state.off.add(name);
    if (state.about === name) state.about = null;
    change();
  },
  about(name) {
    state.about = name;
    change();
  },
});

function change(moving = false) {
  if (!moving) {
    const address = state.address;
    history.replaceState(null, "", address ? `?${address}` : location.pathname);
    $("reset").hidden = !state.changed;
  }
  setBusy(true);
  asking.ask(moving);
}

function setBusy(busy) {
  $("verdict").setAttribute("aria-busy", String(busy));
}

function clearComplaints() {
  for (const id of ["error", "horizon-error"]) put($(id), "");
  inputs.clearComplaints();
}

function showNumber({ chance, of, probability }, seq) {
  put($("chance"), chance);
  put($("of"), of);
  Object.assign($("verdict").dataset, { probability, seq });
}

function showVerdict(verdict, seq, moving) {
  clearComplaints();
  const whole = $("verdict");
  whole.classList.remove("stale");
  showNumber(verdict, seq);
  put($("finding"), verdict.advice[0]);
  const rest = verdict.advice.slice(1);
  const list = $("advice");
  while (list.children.length > rest.length) list.lastChild.remove();
  rest.forEach((sentence, i) => put(list.children[i] ?? list.appendChild(document.createElement("li")), sentence));
  whole.dataset.sentence = verdict.sentence;
  whole.dataset.draws = verdict.draws;
  setBusy(false);
  showHorizon(verdict.horizon);
  strategies.show(verdict, state);
  inputs.show(verdict.rows, state.off);
  reasons = verdict.paragraphs;
  if (!moving) {
    put($("live"), [verdict.chance && `${verdict.of}: ${verdict.chance}.`, verdict.advice[0]].filter(Boolean).join(" "));
    put($("footer"), verdict.footer);
    $("saved").href = `/saved?${state.address}`;
    figures.relink();
  }
}

function showReasons(first, then) {
  $("reasons").replaceChildren(
    ...[...first, ...then].map(([label, text]) => {
      const [row, term, said] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      term.textContent = label;
      said.textContent = text;
      row.append(term, said);
      return row;
    }),
  );
}

function showHorizon(months) {
  const slider = $("horizon");
  if (document.activeElement !== slider || Number(slider.value) === months) slider.value = months;
  sayHorizon();
}

function sayHorizon() {
  const months = $("horizon").value;
  const said = `${months} ${months === "1" ? "month" : "months"}`;
  put($("months"), said);
  $("horizon").setAttribute("aria-valuetext", said);
}

async function begin() {
  try {
    const response = await fetch("/scene");
    if (!response.ok) throw new Error(response.statusText);
    scene = await response.json();
  } catch {
    return asking.failed();
  }
  document.title = `${scene.title} · what if? · mcost`;
  put($("title"), scene.title);
  $("horizon").max = scene.horizon.most;
  $("horizon").value = state.horizon ?? scene.horizon.now;
  sayHorizon();
  strategies.build(scene);
  inputs.build(scene, state);
  const slider = $("horizon");
  const set = (moving) => {
    state.horizon = Number(slider.value) === scene.horizon.now ? null : slider.value;
    sayHorizon();
    change(moving);
  };
  let dragged = false;
  slider.addEventListener("pointerdown", () => (dragged = true));
  slider.addEventListener("input", () => set(dragged));
  slider.addEventListener("change", () => {
    if (dragged) set(false);
    dragged = false;
  });
  $("reset").addEventListener("click", () => {
    state.values.clear();
    state.off.clear();
    state.horizon = null;
    $("horizon").value = scene.horizon.now;
    sayHorizon();
    change();
    $("horizon").focus();
  });
  $("copy").addEventListener("click", (event) => copy($("verdict").dataset.sentence, event.target));
  $("link").addEventListener("click", (event) => copy(location.href, event.target));
  change();
}

begin();
