// Questions to the server, so that a stale answer never overwrites a newer one.

/** Each line of a stream of JSON lines, as it comes. */
async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}

export async function post(path, asked, signal) {
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(asked),
    signal,
  });
}

/**
 * Asks for answers. While a handle moves, one question is under way and the newest waits for it, so that the
 * picture follows the hand; anything else is asked at once, and what was under way is dropped.
 *
 * hear(part, moving) is called with each part of the newest answer; refused(complaints); failed().
 */
export class Asking {
  constructor({ question, hear, refused, failed }) {
    Object.assign(this, { question, hear, refused, failed });
    this.seq = 0;
    this.under = null;
    this.moving = false;
    this.again = false;
  }

  async ask(moving = false) {
    if (moving && this.moving) {
      this.again = true;
      return;
    }
    this.under?.abort();
    const own = (this.under = new AbortController());
    const seq = ++this.seq;
    this.moving = moving;
    this.again = false;
    const newest = () => seq === this.seq;
    try {
      const response = await post("/answer", { ...this.question(moving), seq }, own.signal);
      if (!newest()) return;
      if (response.status === 422) {
        this.refused((await response.json()).complaints);
        this.onward();
        return;
      }
      if (!response.ok) throw new Error(response.statusText);
      for await (const part of lines(response.body)) {
        if (!newest() || part.seq !== seq) return;
        this.hear(part, moving);
        if (part.pictures || part.complaints) this.onward();
      }
    } catch (error) {
      if (newest() && error.name !== "AbortError") {
        this.moving = false;
        this.failed();
      }
    }
  }

  /** The hand has moved on meanwhile. */
  onward() {
    this.moving = false;
    if (this.again) this.ask(true);
  }
}
