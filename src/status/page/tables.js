/**
 * Tables of connections and of sums, which change in place.
 */

// deno-lint-ignore-file no-unused-vars -- the files after this one use them

/**
 * A column: `fixed` cells are filled once; `fill` is for those that are more
 * than a text; `by` is what rows can be sorted by.
 *
 * @template Row
 * @typedef {{
 *   name: string, className?: string, fixed?: boolean,
 *   text?: (row: Row) => string, fill?: (cell: Element, row: Row) => void,
 *   by?: (row: Row) => number | string,
 * }} Column
 */

/**
 * A table whose rows stay what they are as long as they are there.
 *
 * @template Row
 */
class LiveTable {
  /**
   * @param {string} id
   * @param {(row: Row) => string | number} keyOf
   * @param {Column<Row>[]} columns
   */
  constructor(id, keyOf, columns) {
    this.keyOf = keyOf;
    this.columns = columns;
    /** @type {Map<string | number, { tr: Element, texts: string[] }>} */
    this.entries = new Map();
    /** @type {readonly Row[]} */
    this.rows = [];
    /** @type {{ column: Column<Row>, sign: 1 | -1 } | undefined} */
    this.order = undefined;
    const head = make("tr");
    /** @type {[Column<Row>, Element][]} */
    this.heads = columns.map((column) => [column, this.#headOf(column)]);
    head.append(...this.heads.map(([, cell]) => cell));
    this.body = make("tbody");
    const top = make("thead");
    top.append(head);
    byId(id).append(top, this.body);
    /** @type {Set<Element>} */
    this.inSight = new Set();
    this.sight = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        if (isIntersecting) this.inSight.add(target);
        else this.inSight.delete(target);
      }
      this.update(this.rows);
    }, { root: byId(id).parentElement, rootMargin: "200px" });
  }

  /** @param {Column<Row>} column */
  #headOf(column) {
    const cell = withAttributes(make("th", column.className), { scope: "col" });
    if (!column.by) {
      cell.textContent = column.name;
      return cell;
    }
    const button = withAttributes(make("button", "sort", column.name), {
      type: "button",
    });
    button.addEventListener("click", () => {
      const isDown = this.order?.column === column && this.order.sign < 0;
      this.sort(column, isDown ? 1 : -1);
    });
    cell.append(button);
    return cell;
  }

  /**
   * @param {Column<Row>} column
   * @param {1 | -1} sign 1 puts the least on top.
   */
  sort(column, sign) {
    this.order = { column, sign };
    for (const [other, cell] of this.heads) {
      const name = sign > 0 ? "ascending" : "descending";
      if (other === column) cell.setAttribute("aria-sort", name);
      else cell.removeAttribute("aria-sort");
    }
    this.update(this.rows);
  }

  /** @param {readonly Row[]} rows */
  update(rows) {
    this.rows = rows;
    const keys = new Set(rows.map(this.keyOf));
    for (const [key, { tr }] of this.entries) {
      if (keys.has(key)) continue;
      tr.remove();
      this.sight.unobserve(tr);
      this.inSight.delete(tr);
      this.entries.delete(key);
    }
    let next = this.body.firstElementChild;
    for (const row of this.#ordered()) {
      const tr = this.#rowOf(row);
      if (tr === next) next = next.nextElementSibling;
      else this.body.insertBefore(tr, next);
    }
  }

  #ordered() {
    const { column, sign = 1 } = this.order ?? {};
    const by = column?.by;
    if (!by) return this.rows;
    return this.rows.toSorted((a, b) => {
      const [x, y] = [by(a), by(b)];
      return x < y ? -sign : x > y ? sign : 0;
    });
  }

  /** @param {Row} row */
  #rowOf(row) {
    const key = this.keyOf(row);
    const known = this.entries.get(key);
    // Drawing what nobody sees is most of the work, with a thousand rows.
    if (known && !this.inSight.has(known.tr)) return known.tr;
    const tr = known?.tr ?? make("tr");
    const texts = known?.texts ?? [];
    for (
      const [at, { className, fixed, text, fill }] of this.columns.entries()
    ) {
      if (!known) tr.append(make("td", className));
      else if (fixed) continue;
      fill?.(tr.children[at], row);
      const value = text?.(row);
      // Reading a text back from the DOM would cost more than keeping it.
      if (value === undefined || value === texts[at]) continue;
      texts[at] = value;
      const { firstChild } = tr.children[at];
      // A text that changes costs less than another one in its place.
      if (firstChild) firstChild.nodeValue = value;
      else tr.children[at].append(value);
    }
    if (!known) {
      this.entries.set(key, { tr, texts });
      this.sight.observe(tr);
    }
    return tr;
  }
}

/**
 * @param {Element} cell
 * @param {{ peer: string, client?: string }} row
 */
function fillPeer(cell, { peer, client }) {
  cell.append(client ?? peer);
  if (client !== undefined) cell.append(make("span", "via", ` via ${peer}`));
}

const LIMITS = /^(idle-timeout|write-timeout|request-timeout|max-)/;

/**
 * @param {Element} cell
 * @param {Ended} row
 */
function fillReason(cell, { reason, error }) {
  const kind = LIMITS.test(reason) ? "limit" : reason;
  cell.append(withAttributes(make("span", "reason", reason), {
    "data-kind": kind,
  }));
  if (error !== undefined) cell.append(make("span", "error", error));
}

/**
 * A column of numbers.
 *
 * @template Row
 * @param {string} name
 * @param {(row: Row) => number | undefined} by
 * @param {(value: number) => string} format
 * @returns {Column<Row>}
 */
function numbers(name, by, format) {
  return {
    name,
    className: "number",
    text: (row) => {
      const value = by(row);
      return value === undefined ? "–" : format(value);
    },
    by: (row) => by(row) ?? 0,
  };
}

/**
 * A column of what does not change as long as a row is there.
 *
 * @template Row
 * @param {string} name
 * @param {string} className
 * @param {(row: Row) => string | number} by
 * @returns {Column<Row>}
 */
function fixedText(name, className, by) {
  return { name, className, fixed: true, text: (row) => `${by(row)}`, by };
}

/** @returns {LiveTable<Open>} */
function makeOpenTable() {
  /** @type {Column<Open>} */
  const id = fixedText("ID", "id", ({ id }) => id);
  /** @type {LiveTable<Open>} */
  const table = new LiveTable("open", ({ id }) => id, [
    id,
    fixedText("Protocol", "protocol", ({ protocol }) => protocol),
    {
      ...fixedText("Peer", "peer", ({ peer, client }) => client ?? peer),
      text: undefined,
      fill: fillPeer,
    },
    numbers("Age", ({ ageSeconds }) => ageSeconds, formatAge),
    numbers("In", ({ bytesIn }) => bytesIn, formatBytes),
    numbers("Out", ({ bytesOut }) => bytesOut, formatBytes),
    numbers("Rate", ({ bytesPerSecond }) => bytesPerSecond, formatRate),
  ]);
  table.sort(id, -1);
  return table;
}

/** @returns {LiveTable<Ended>} */
function makeEndedTable() {
  /** @type {Column<Ended>[]} */
  const columns = [
    {
      name: "When",
      className: "when",
      text: (row) => formatClock(row.endedAt),
    },
    { name: "ID", className: "id", text: ({ id }) => `${id}` },
    { name: "Peer", className: "peer", fill: fillPeer },
    { name: "Reason", className: "why", fill: fillReason },
    numbers("In", ({ bytesIn }) => bytesIn, formatBytes),
    numbers("Out", ({ bytesOut }) => bytesOut, formatBytes),
    numbers("Lasted", ({ durationMs }) => durationMs / 1000, formatSeconds),
  ];
  // Latest first, always: what has ended does not change any more.
  const fixed = columns.map((column) => ({
    ...column,
    fixed: true,
    by: undefined,
  }));
  return new LiveTable("ended", ({ id, endedAt }) => `${id} ${endedAt}`, fixed);
}

/**
 * @typedef {{
 *   name: string, open?: number, accepted?: number,
 *   bytesIn: number, bytesOut: number,
 * }} Sum
 */

/** @returns {LiveTable<Sum>} */
function makeProtocolTable() {
  return new LiveTable("protocols", ({ name }) => name, [
    { name: "Protocol", className: "protocol", text: ({ name }) => name },
    numbers("Open", ({ open }) => open, formatCount),
    numbers("Accepted", ({ accepted }) => accepted, formatCount),
    numbers("In", ({ bytesIn }) => bytesIn, formatBytes),
    numbers("Out", ({ bytesOut }) => bytesOut, formatBytes),
  ]);
}

/**
 * The protocols that have a listener, or had a connection.
 *
 * @param {Status} status
 * @returns {Sum[]}
 */
function sumsOf({ listeners, connections, datagrams }) {
  const listening = new Set(listeners.map(({ protocol }) => protocol));
  const sums = Object.entries(connections.protocols)
    .map(([name, sum]) => ({ name, ...sum }))
    .filter(({ name, accepted }) => listening.has(name) || accepted > 0);
  const { bytesIn, bytesOut } = datagrams;
  const udp = { name: "udp", bytesIn, bytesOut };
  return listening.has("udp") ? [...sums, udp] : sums;
}
