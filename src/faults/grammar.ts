/**
 * Reads faults: from text, such as `latency:ms=100,p=0.1`, and from objects,
 * as the configuration file and programs give them.
 *
 * @module
 */

import { errorText, OptionError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { type KindName, kindOf, KINDS } from "./kinds.ts";
import { SELECTOR_KEYS } from "./selector.ts";
import type { FaultKey } from "./stage.ts";
import type { Fault } from "./types.ts";

/**
 * Reads a fault from text: `kind`, or `kind:key=value,key=value`.
 *
 * @param text the text.
 * @returns the fault.
 * @throws {OptionError} that names the kind, the key and what was expected; the
 * message is the reason alone, for the caller to say what the text was for.
 */
export function parseFault(text: string): Fault {
  const [, kind, list] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const pairs = list ? list.split(",") : [];
  const values = pairs.map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
    throw new OptionError(`expected key=value, not "${pair}"`);
  });
  return readFault(kind, values);
}

/**
 * Checks a fault that was given as an object.
 *
 * @param fault the object.
 * @returns the fault.
 * @throws {OptionError} like {@linkcode parseFault}.
 */
export function checkFault(fault: unknown): Fault {
  if (typeof fault !== "object" || fault === null || !("kind" in fault)) {
    throw new OptionError('expected an object such as {"kind": "mute"}');
  }
  const { kind, ...values } = fault;
  const texts = Object.entries(values).filter(([, value]) =>
    value !== undefined
  ).map(([key, value]): [string, string] => [key, String(value)]);
  return readFault(String(kind), texts);
}

/**
 * Checks the faults that a program gives.
 *
 * @param faults the faults.
 * @returns the same, checked.
 * @throws {OptionError} that names the fault that cannot be used.
 */
export function readFaults(faults: readonly Fault[]): Fault[] {
  if (!Array.isArray(faults)) {
    throw new OptionError(`Cannot use faults ${faults}: expected a list`);
  }
  return faults.map((fault) => {
    try {
      return checkFault(fault);
    } catch (error) {
      const shown = JSON.stringify(fault);
      throw new OptionError(`Cannot use fault ${shown}: ${errorText(error)}`, {
        cause: error,
      });
    }
  });
}

/** A fault as text, such that {@linkcode parseFault} reads it again. */
export function formatFault({ kind, ...values }: Fault): string {
  const pairs = Object.entries(values).filter(([, value]) =>
    value !== undefined
  ).map(([key, value]) => `${key}=${value}`);
  return pairs.length > 0 ? `${kind}:${pairs.join(",")}` : kind;
}

function readFault(
  name: string,
  values: readonly (readonly [key: string, text: string])[],
): Fault {
  const names = Object.keys(KINDS);
  if (!Object.hasOwn(KINDS, name)) {
    const near = suggest(name, names);
    throw new OptionError(
      `unknown fault "${name}", ` +
        (near ? `did you mean ${near}?` : `expected ${names.join(", ")}`),
    );
  }
  const { keys, example } = kindOf(name as KindName);
  const all: Readonly<Record<string, FaultKey>> = { ...keys, ...SELECTOR_KEYS };
  const fault: Record<string, number | string> = { kind: name };
  for (const [key, text] of values) {
    if (!Object.hasOwn(all, key)) {
      throw new OptionError(
        `${name} has no key "${key}", expected ${Object.keys(all).join(", ")}`,
      );
    }
    try {
      fault[key] = all[key].read(text);
    } catch (error) {
      throw new OptionError(
        `${name} cannot use ${key}=${text}: ${errorText(error)}`,
        { cause: error },
      );
    }
  }
  if (name === "refuse" && "after" in fault) {
    throw new OptionError("refuse has no key after: it comes before any byte");
  }
  for (const [key, { required }] of Object.entries(all)) {
    if (required && !(key in fault)) {
      throw new OptionError(`${name} needs ${key}, such as ${example}`);
    }
  }
  // Checked key by key just now.
  return fault as unknown as Fault;
}
