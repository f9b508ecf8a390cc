/**
 * Paths of the repository, for tests.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** The path of a `file:` URL. */
export const fromFileUrl: (url: URL) => string = fileURLToPath;

/** The path of a file of the repository, from its top. */
export function repositoryPath(path: string): string {
  return fromFileUrl(new URL(`../${path}`, import.meta.url));
}
