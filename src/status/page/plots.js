/**
 * Plots, as SVG: lines over the last two minutes, and the latency histogram.
 */

// deno-lint-ignore-file no-unused-vars -- the files after this one use them

const SPAN_MS = 120_000;
// Events come every second: where two are farther apart, some were missed.
const GAP_MS = 3500;
const MARGIN = { top: 10, right: 10, bottom: 24, left: 64 };

/**
 * What was seen at one moment, by the server's clock, in ms. Rates are `null`
 * where they are not known; `latency` has the counts of all buckets.
 *
 * @typedef {{
 *   at: number, startedAt: string, open: number, in: number | null, out: number | null,
 *   latency: number[],
 * }} Sample
 */

/** @typedef {"open" | "in" | "out"} Line what is drawn of samples */

/** The next of 1, 2, 5, 10, 20, … @param {number} least */
function roundStep(least) {
  const decade = 10 ** Math.floor(Math.log10(least));
  return decade * ([1, 2, 5].find((n) => n * decade >= least) ?? 10);
}

/** What all plots share: axes, a cursor and its read-out. */
class Plot {
  /** @param {string} id */
  constructor(id) {
    this.root = byId(id);
    this.width = 0;
    this.height = 0;
    this.gridKey = "";
    /** @type {number | undefined} */
    this.cursorX = undefined;
    this.canvas = makeSvg("svg", {
      role: "img",
      tabindex: 0,
      "aria-labelledby": `${id}-title`,
    });
    this.grid = makeSvg("g", { class: "grid" });
    this.marks = makeSvg("g");
    this.cursor = makeSvg("line", { class: "cursor", visibility: "hidden" });
    this.canvas.append(this.grid, this.marks, this.cursor);
    this.tip = withAttributes(make("div", "tip"), { role: "status" });
    this.tip.hidden = true;
    this.root.append(this.canvas, this.tip);
    this.#listen();
  }

  #listen() {
    for (const name of ["pointermove", "pointerdown"]) {
      this.canvas.addEventListener(name, (event) => {
        this.pointAt(/** @type {PointerEvent} */ (event).offsetX);
      });
    }
    for (const name of ["pointerleave", "pointercancel", "blur"]) {
      this.canvas.addEventListener(name, () => this.leave());
    }
    this.canvas.addEventListener("keydown", (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      if (key === "Escape") this.leave();
      if (key !== "ArrowLeft" && key !== "ArrowRight") return;
      event.preventDefault();
      const from = this.cursorX ?? this.right;
      this.pointAt(from + (key === "ArrowLeft" ? -this.stride : this.stride));
    });
    new ResizeObserver(([{ contentRect: { width, height } }]) => {
      Object.assign(this, { width, height, gridKey: "" });
      withAttributes(this.canvas, { width, height });
      this.draw();
    }).observe(this.root);
  }

  get right() {
    return Math.max(this.width - MARGIN.right, MARGIN.left + 1);
  }

  get bottom() {
    return Math.max(this.height - MARGIN.bottom, MARGIN.top + 1);
  }

  /** How far an arrow key goes. */
  get stride() {
    return 1;
  }

  /** Draws everything anew. */
  draw() {}

  /** Reads out what is at `cursorX`. */
  point() {}

  /** @param {number} x */
  pointAt(x) {
    this.cursorX = Math.min(Math.max(x, MARGIN.left), this.right);
    this.point();
  }

  leave() {
    this.cursorX = undefined;
    this.tip.hidden = true;
    this.cursor.setAttribute("visibility", "hidden");
  }

  /**
   * @param {number} x
   * @param {string} title
   * @param {[name: string, value: string, className: string][]} rows
   */
  showTip(x, title, rows) {
    const lines = rows.map(([name, value, className]) => {
      const line = make("p");
      line.append(make("span", className, name), make("b", "", value));
      return line;
    });
    this.tip.replaceChildren(make("p", "", title), ...lines);
    this.tip.hidden = false;
    const { offsetWidth } = this.tip;
    const fits = x + 12 + offsetWidth < this.width;
    const left = Math.max(fits ? x + 12 : x - 12 - offsetWidth, 0);
    this.tip.style.transform = `translate(${Math.round(left)}px, 6px)`;
    const line = { x1: x, x2: x, y1: MARGIN.top, y2: this.bottom };
    withAttributes(this.cursor, { ...line, visibility: "visible" });
  }

  /**
   * Draws grid lines and labels, unless they are there.
   *
   * @param {[y: number, text: string][]} rows
   * @param {[x: number, text: string, anchor: string][]} columns
   */
  drawGrid(rows, columns) {
    const key = JSON.stringify([rows, columns]);
    if (key === this.gridKey) return;
    this.gridKey = key;
    const { right, bottom } = this;
    const parts = rows.flatMap(([at, text]) => {
      const y = Math.round(at) + 0.5;
      return [
        makeSvg("line", { x1: MARGIN.left, x2: right, y1: y, y2: y }),
        makeSvg("text", { x: MARGIN.left - 8, y: y + 4, class: "y" }, text),
      ];
    });
    for (const [at, text, anchor] of columns) {
      const x = Math.round(at) + 0.5;
      parts.push(
        makeSvg("line", { x1: x, x2: x, y1: bottom, y2: bottom + 4 }),
        makeSvg("text", { x, y: bottom + 18, class: anchor }, text),
      );
    }
    this.grid.replaceChildren(...parts);
  }
}

/** Lines over time. */
class TimePlot extends Plot {
  /** @type {readonly Sample[]} */
  samples = [];

  /**
   * @param {string} id
   * @param {Partial<Record<Line, 1 | -1>>} lines -1 is below the axis.
   * @param {(value: number) => string} format
   * @param {number} least what the axis reaches at the least
   */
  constructor(id, lines, format, least) {
    super(id);
    this.format = format;
    this.least = least;
    this.top = least;
    this.lines = Object.entries(lines).map(([name, sign]) => {
      const key = /** @type {Line} */ (name);
      const area = makeSvg("path", { class: `area ${key}` });
      const line = makeSvg("path", { class: `line ${key}` });
      const dot = makeSvg("circle", { class: `dot ${key}`, r: 3.5 });
      this.marks.append(area, line, dot);
      return { key, sign, area, line, dot };
    });
    this.isMirrored = this.lines.some(({ sign }) => sign < 0);
  }

  /** @param {readonly Sample[]} samples */
  update(samples) {
    this.samples = samples;
    this.draw();
    for (const { key } of this.lines) {
      const value = samples.at(-1)?.[key] ?? null;
      setText(byId(`now-${key}`), value === null ? "–" : this.format(value));
    }
  }

  get stride() {
    return (this.right - MARGIN.left) / (SPAN_MS / 1000);
  }

  /** @param {number} at */
  x(at) {
    const ago = (this.samples.at(-1)?.at ?? 0) - at;
    return this.right - (this.right - MARGIN.left) * ago / SPAN_MS;
  }

  /** @param {number} value below 0 where its series is mirrored */
  y(value) {
    const height = (this.bottom - MARGIN.top) / (this.isMirrored ? 2 : 1);
    return MARGIN.top + height * (1 - value / this.top);
  }

  draw() {
    if (this.width === 0) return;
    const values = this.samples.flatMap((sample) =>
      this.lines.map(({ key }) => sample[key] ?? 0)
    );
    const most = Math.max(this.least, ...values);
    const step = roundStep(most / (this.isMirrored ? 3 : 5));
    this.top = Math.ceil(most / step) * step;
    this.#drawAxes(step);
    for (const line of this.lines) this.#drawLine(line);
    if (this.cursorX !== undefined) this.point();
  }

  /** @param {number} step */
  #drawAxes(step) {
    /** @type {[number, string][]} */
    const rows = [];
    const lowest = this.isMirrored ? -this.top : 0;
    for (let value = lowest; value < this.top + step / 2; value += step) {
      rows.push([this.y(value), withoutZeros(this.format(Math.abs(value)))]);
    }
    const width = this.right - MARGIN.left;
    const times = width < 260 ? [120, 60, 0] : [120, 90, 60, 30, 0];
    this.drawGrid(
      rows,
      times.map((ago) => {
        const text = ago % 60 ? `−${ago} s` : `−${ago / 60} min`;
        const x = this.right - width * ago / 120;
        return ago ? [x, text, ago < 120 ? "" : "first"] : [x, "now", "last"];
      }),
    );
  }

  /** @param {TimePlot["lines"][number]} line */
  #drawLine({ key, sign, area, line }) {
    /** @type {string[][]} points without gaps */
    const runs = [];
    let last = -Infinity;
    for (const sample of this.samples) {
      const value = sample[key];
      if (value === null) continue;
      if (sample.at - last > GAP_MS) runs.push([]);
      last = sample.at;
      const [x, y] = [this.x(sample.at), this.y(sign * value)];
      runs.at(-1)?.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
    }
    // A point alone shows as a dot, if a line leads from it to itself.
    const stroke = runs.map((run) => `M${run.join("L")}L${run.at(-1)}`);
    const zero = this.y(0).toFixed(1);
    const fill = runs.map((run) => {
      const [from, to] = [run[0], run[run.length - 1]].map((p) =>
        parseFloat(p)
      );
      return `M${from} ${zero}L${run.join("L")}L${to} ${zero}Z`;
    });
    line.setAttribute("d", stroke.join(""));
    area.setAttribute("d", fill.join(""));
  }

  point() {
    const { samples, cursorX = 0 } = this;
    if (samples.length === 0) return;
    /** @param {Sample} sample */
    const distance = ({ at }) => Math.abs(this.x(at) - cursorX);
    const sample = samples.reduce((best, one) =>
      distance(one) < distance(best) ? one : best
    );
    const x = this.x(sample.at);
    const time = CLOCK.format(sample.at);
    this.showTip(
      x,
      time,
      this.lines.map(({ key, sign, dot }) => {
        const value = sample[key];
        const y = this.y(sign * (value ?? 0));
        const visibility = value === null ? "hidden" : "visible";
        withAttributes(dot, { cx: x, cy: y, visibility });
        return [key, value === null ? "–" : this.format(value), `key-${key}`];
      }),
    );
  }

  leave() {
    super.leave();
    for (const { dot } of this.lines) dot.setAttribute("visibility", "hidden");
  }
}
