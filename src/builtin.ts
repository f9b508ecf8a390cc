/**
 * Modules of Node, loaded when they are first used. Importing them takes Deno
 * some 30 ms of every start, though most servers have no use for any.
 *
 * @module
 */

/**
 * Loads a module of Node, which both runtimes have built in.
 *
 * @param name the module, such as `node:fs`.
 * @returns the module.
 */
export const builtin: NodeJS.Process["getBuiltinModule"] = (name: string) =>
  globalThis.process.getBuiltinModule(name);
