// Figures as SVG, of the same looks as those of `mcost figures`: filled dots save, hollow rings lose; the median
// is a thin line; names stand on the thing itself.

const NAMESPACE = "http://www.w3.org/2000/svg";
const LETTER = 6.5;
const HEIGHT = 250;
const TALL = 290;

function el(name, attributes = {}, text) {
  const node = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

function canvas(width, height) {
  return el("svg", { viewBox: `0 0 ${width} ${height}`, width, height });
}

const linear = (low, high, from, to) => (x) => from + ((x - low) / (high - low || 1)) * (to - from);
const points = (xs, ys) => xs.map((x, i) => `${x.toFixed(1)} ${ys[i].toFixed(1)}`);
const wide = (text) => text.length * LETTER;

/** Where names of some height go, at least that far apart, as near as can be to where they want to be. */
function apart(wanted, gap, low, high) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = [...wanted];
  for (let round = 0; round < 60; round += 1) {
    for (let k = 1; k < order.length; k += 1) {
      const over = gap - (placed[order[k]] - placed[order[k - 1]]);
      if (over > 0) {
        placed[order[k - 1]] -= over / 2;
        placed[order[k]] += over / 2;
      }
    }
    order.forEach((i, k) => {
      placed[i] = Math.min(high - (order.length - 1 - k) * gap, Math.max(low + k * gap, placed[i]));
    });
  }
  return placed;
}

function moneyAlong(svg, ticks, x, y, width) {
  svg.append(el("line", { x1: 0, x2: width, y1: y, y2: y, class: "axis" }));
  let last = -Infinity;
  for (const [usd, text] of ticks) {
    const at = Math.min(width - wide(text) / 2, Math.max(wide(text) / 2, x(usd)));
    svg.append(el("line", { x1: x(usd), x2: x(usd), y1: y, y2: y + 4, class: "axis" }));
    if (at - wide(text) / 2 < last + 8) continue;
    svg.append(el("text", { x: at, y: y + 18, class: "tick", "text-anchor": "middle" }, text));
    last = at + wide(text) / 2;
  }
}

function monthsAlong(svg, months, x, y) {
  const fits = Math.max(2, Math.floor((x(months.at(-1)) - x(0)) / 34));
  const every = Math.ceil((months.length - 1) / fits) || 1;
  months.forEach((month, i) => {
    const last = i === months.length - 1;
    if (!last && (i % every || months.length - 1 - i < every * 0.6)) return;
    svg.append(el("text", { x: x(month), y: y + 18, class: "tick", "text-anchor": "middle" }, month));
  });
  svg.append(el("text", { x: (x(0) + x(months.at(-1))) / 2, y: y + 36, class: "tick", "text-anchor": "middle" }, "month"));
}

function ruled(svg, ticks, y, left, right, text) {
  for (const tick of ticks) {
    svg.append(el("line", { x1: left, x2: right, y1: y(tick[0]), y2: y(tick[0]), class: tick[0] === 0 ? "zero" : "hair" }));
    svg.append(el("text", { x: left - 8, y: y(tick[0]) + 4, class: "tick", "text-anchor": "end" }, text ?? tick[1]));
  }
}

/** Fifty futures: the largest dots that fit, in columns that begin at zero, so that none holds loss and gain. */
export function dotplot(data, width) {
  const head = data.certain ? 12 : 46;
  const base = HEIGHT - 42;
  const [low, high] = data.range;
  let size;
  let columns;
  let step;
  for (size = 19; size > 3; size -= 0.5) {
    step = (size * (high - low)) / (width - size);
    const counts = new Map();
    columns = data.dots.map((usd) => {
      const column = Math.floor(usd / step);
      counts.set(column, (counts.get(column) ?? 0) + 1);
      return [usd, column, counts.get(column) - 1];
    });
    if ((Math.max(...counts.values()) + 0.3) * size <= base - head) break;
  }
  const spare = (((size / width) * (high - low)) / (1 - size / width)) / 2;
  const x = linear(low - spare, high + spare, 0, width);
  const svg = canvas(width, HEIGHT);
  moneyAlong(svg, data.money, x, base, width);
  svg.append(el("text", { x: width / 2, y: base + 37, class: "tick", "text-anchor": "middle" }, data.axis));
  const inside = low <= 0 && high >= 0;
  if (inside) svg.append(el("line", { x1: x(0), x2: x(0), y1: data.certain ? base - 60 : 38, y2: base, class: "zero" }));
  for (const [usd, column, row] of columns) {
    const place = { cx: x((column + 0.5) * step), cy: base - 2 - (row + 0.5) * size };
    svg.append(el("circle", { ...place, r: usd < 0 ? size * 0.38 : size * 0.42, class: usd < 0 ? "loss" : "gain" }));
  }
  const [median, said] = data.median;
  if (data.certain) {
    const left = x(median) > width / 2;
    const at = x(median) + (left ? -1 : 1) * size;
    const which = median < 0 ? "rust" : "blue";
    svg.append(el("text", { x: at, y: base - size / 2 + 3, class: `strong ${which}`, "text-anchor": left ? "end" : "start" }, said));
    return svg;
  }
  const [lost, saved] = data.sides;
  svg.append(el("text", { x: 0, y: 13, class: "strong rust" }, lost));
  svg.append(el("text", { x: width, y: 13, class: "strong blue", "text-anchor": "end" }, saved));
  svg.append(el("line", { x1: x(median), x2: x(median), y1: 22, y2: base, class: "median" }));
  const left = x(median) + 6 + wide(said) > width;
  const name = { x: x(median) + (left ? -6 : 6), y: 32, class: "name", "text-anchor": left ? "end" : "start" };
  svg.append(el("text", name, said));
  if (inside) {
    const [from, to] = left ? [x(median) - 6 - wide(said), x(median)] : [x(median), x(median) + 6 + wide(said)];
    const word = wide("break even");
    const fits = (a) => a >= 0 && a + word <= width && (a + word < from - 6 || a > to + 6);
    const at = [x(0) + 6, x(0) - 6 - word].find(fits);
    const y = at === undefined ? 46 : 32;
    const start = at ?? Math.max(0, Math.min(width - word, x(0) > x(median) ? x(0) + 6 : x(0) - 6 - word));
    svg.append(el("text", { x: start, y, class: "tick" }, "break even"));
  }
  return svg;
}

/** The chance of having broken even by each month, beside that of not doing so in time. */
export function breakEven(data, width) {
  const [left, side, base, top] = [44, 88, HEIGHT - 42, 20];
  const right = width - side - (data.end ? wide(data.end) + 14 : 18);
  const horizon = data.share.length - 1;
  const x = linear(0, horizon, left, right);
  const y = linear(0, 1, base, top);
  const svg = canvas(width, HEIGHT);
  const quarters = [0, 0.25, 0.5, 0.75, 1].map((share) => [share, `${100 * share} %`]);
  ruled(svg, quarters, y, left, right);
  const steps = data.share.flatMap((share, t) => (t ? [[t, data.share[t - 1]], [t, share]] : [[0, share]]));
  const line = points(steps.map(([t]) => x(t)), steps.map(([, share]) => y(share))).join("L");
  svg.append(el("path", { d: `M${x(0)} ${base}L${line}L${right} ${base}Z`, class: "pale" }));
  svg.append(el("path", { d: `M${line}`, class: "curve" }));
  /** Above the curve, which only rises. */
  const overhead = (at, length) => {
    const start = Math.min(right - length, Math.max(left, at - length / 2));
    const end = Math.min(horizon, Math.ceil(((start + length - left) / (right - left)) * horizon));
    return { x: start, y: y(data.share[end]) - 9, "text-anchor": "start" };
  };
  let below = 2;
  for (const [at, said] of [...data.stages].reverse()) {
    if ((below - data.share[at]) * (base - top) <= 18) continue;
    below = data.share[at];
    svg.append(el("circle", { cx: x(at), cy: y(below), r: 4, class: "gain ringed" }));
    const [after, before] = [x(at) + 9, x(at) - 8];
    const place =
      after + wide(said) <= right
        ? { x: after, y: y(below) + 16, "text-anchor": "start" }
        : before - wide(said) >= left
          ? { x: before, y: y(below) - 11, "text-anchor": "end" }
          : overhead(x(at), wide(said));
    svg.append(el("text", { ...place, class: "name" }, said));
  }
  if (data.end) svg.append(el("text", { x: right + 6, y: y(data.share.at(-1)) + 4, class: "strong blue" }, data.end));
  monthsAlong(svg, data.months, x, base);
  const [never, said] = data.never;
  const middle = width - side / 2;
  const bar = { x: middle - 22, y: y(never), width: 44, height: base - y(never) };
  svg.append(el("rect", { ...bar, class: "never", fill: "url(#hatch)" }));
  svg.append(el("line", { x1: middle - 30, x2: middle + 30, y1: base, y2: base, class: "axis" }));
  svg.append(el("text", { x: middle, y: y(never) - 6, class: "strong rust", "text-anchor": "middle" }, said));
  const words = data.within.split(" ");
  [words.slice(0, 2), words.slice(2)].forEach((part, i) => {
    svg.append(el("text", { x: middle, y: base + 18 + 15 * i, class: "small rust", "text-anchor": "middle" }, part.join(" ")));
  });
  return svg;
}

/** The cumulative saving month by month: nine in ten futures, half of them, the median, and ten on their way. */
export function fan(data, width) {
  const named = Math.max(...data.ends.map(([, text, note]) => Math.max(wide(text) + 4, wide(note) * 0.92)));
  const ticks = Math.max(...data.money.map(([, text]) => wide(text)));
  const [left, right, base, top] = [ticks + 12, width - named - 26, TALL - 42, 10];
  const horizon = data.quantiles[0].length - 1;
  const pad = 0.04 * (data.range[1] - data.range[0]) || 1;
  const x = linear(0, horizon, left, right);
  const y = linear(data.range[0] - pad, data.range[1] + pad, base, top);
  const svg = canvas(width, TALL);
  ruled(svg, data.money, y, left, right);
  const months = data.quantiles[0].map((_, t) => x(t));
  const line = (level) => points(months, level.map(y));
  const band = (low, high) => `M${line(high).join("L")}L${line(low).reverse().join("L")}Z`;
  const [low, quarter, middle, three, high] = data.quantiles;
  if (data.paths.length) {
    svg.append(el("path", { d: band(low, high), class: "pale" }));
    svg.append(el("path", { d: band(quarter, three), class: "paler" }));
  }
  for (const path of data.paths) {
    svg.append(el("path", { d: `M${line(path).join("L")}`, class: path.at(-1) < 0 ? "path lost" : "path" }));
  }
  svg.append(el("line", { x1: left, x2: right, y1: y(0), y2: y(0), class: "zero" }));
  svg.append(el("path", { d: `M${line(middle).join("L")}`, class: "median" }));
  monthsAlong(svg, data.months, x, base);
  const placed = apart(data.ends.map(([usd]) => y(usd)), data.ends[0][2] ? 32 : 16, top, base - 14);
  data.ends.forEach(([usd, text, note], i) => {
    svg.append(el("line", { x1: right + 3, x2: right + 15, y1: y(usd), y2: placed[i], class: "axis" }));
    const which = text.startsWith("−") ? "rust" : "blue";
    svg.append(el("text", { x: right + 19, y: placed[i] + 4, class: `strong ${which}` }, text));
    svg.append(el("text", { x: right + 19, y: placed[i] + 18, class: "small" }, note));
  });
  return svg;
}

/** What matters: the chance with each input in its lowest tenth, hatched, and in its highest, solid. */
export function tornado(data, width, goTo) {
  const [overall, said] = data.overall;
  const [high, head] = [33, 24];
  const height = Math.max(TALL, head + data.bars.length * high + 6);
  const svg = canvas(width, height);
  const room = Math.max(...data.bars.flatMap((bar) => bar.said.map(wide))) + 8;
  const shares = [overall, ...data.bars.flatMap((bar) => bar.ends)];
  const x = linear(Math.min(...shares), Math.max(...shares), room, Math.max(room + 40, width - room));
  const names = [];
  data.bars.forEach((bar, i) => {
    const y = head + i * high;
    const name = el("text", { x: 0, y: y + 11, class: "name goto" }, bar.name);
    name.addEventListener("click", () => goTo(bar.input));
    names.push(name);
    const ends = bar.ends.map((share, k) => ({ share, low: k === 0 }));
    ends.sort((a, b) => Math.abs(b.share - overall) - Math.abs(a.share - overall));
    for (const { share, low } of ends) {
      const [a, b] = [x(overall), x(share)].sort((p, q) => p - q);
      const box = { x: a, y: y + 15, width: Math.max(1, b - a), height: 13 };
      if (low) svg.append(el("rect", { ...box, class: "paper" }));
      svg.append(el("rect", { ...box, ...(low ? { fill: "url(#hatch)", class: "never" } : { class: "solid" }) }));
    }
    const texts = bar.ends[0] <= bar.ends[1] ? bar.said : [...bar.said].reverse();
    const edges = [Math.min(...bar.ends, overall), Math.max(...bar.ends, overall)];
    svg.append(el("text", { x: x(edges[0]) - 5, y: y + 26, class: "small", "text-anchor": "end" }, texts[0]));
    svg.append(el("text", { x: x(edges[1]) + 5, y: y + 26, class: "small" }, texts[1]));
  });
  svg.append(el("line", { x1: x(overall), x2: x(overall), y1: 17, y2: head + data.bars.length * high, class: "median" }));
  svg.append(...names);
  const at = Math.min(width - wide(said) / 2, Math.max(wide(said) / 2, x(overall)));
  svg.append(el("text", { x: at, y: 12, class: "strong", "text-anchor": "middle" }, said));
  return svg;
}
