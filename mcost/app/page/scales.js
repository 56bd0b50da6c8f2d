// Values on the natural scale of their domain, and as a scenario file has them.

const logit = (p) => Math.log(p / (1 - p));
const TO = { real: (x) => x, positive: Math.log, fraction: logit };
const FROM = { real: (y) => y, positive: Math.exp, fraction: (y) => 1 / (1 + Math.exp(-y)) };

/** Where a value stands between two ends: 0 to 1. */
export function place(value, [low, high], scale) {
  const to = TO[scale];
  const at = (to(value) - to(low)) / (to(high) - to(low));
  return Number.isNaN(at) ? 0 : Math.min(1, Math.max(0, at));
}

/** The value at a place, rounded to what a reader takes in: three digits, or a hundredth of the way. */
export function valueAt(at, [low, high], scale) {
  const to = TO[scale];
  const value = FROM[scale](to(low) + Math.min(1, Math.max(0, at)) * (to(high) - to(low)));
  if (scale === "real") {
    const grid = 10 ** Math.floor(Math.log10((high - low) / 100));
    return Number((Math.round(value / grid) * grid).toPrecision(12));
  }
  if (scale === "fraction" && value > 0.9) return 1 - Number((1 - value).toPrecision(2));
  return Number(value.toPrecision(3));
}

/** `450_000`, `2.5%`: a number as a scenario file has it. */
export function written(value, share) {
  const shown = Number((share ? 100 * value : value).toPrecision(share && value > 0.9 ? 6 : 3));
  const size = Math.abs(shown);
  const decimals = size === 0 || size >= 1000 ? 0 : Math.min(12, Math.max(0, 5 - Math.floor(Math.log10(size))));
  const [whole, part = ""] = size.toFixed(decimals).split(".");
  const digits = part.replace(/0+$/, "");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "_");
  return `${shown < 0 ? "-" : ""}${grouped}${digits ? `.${digits}` : ""}${share ? "%" : ""}`;
}

/** `450_000 to 650_000`, or one number where both ends are the same. */
export function interval(low, high, share) {
  const [a, b] = [written(low, share), written(high, share)];
  return a === b ? a : `${a} to ${b}`;
}
