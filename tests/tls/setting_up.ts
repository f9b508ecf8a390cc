/**
 * Sets up TLS for listeners, as a user asks for it.
 *
 * @module
 */

import { OptionError } from "../../src/errors.ts";
import { parseListenUrl } from "../../src/listen_url.ts";
import { makeSelfSigned } from "../../src/tls/self_signed.ts";
import {
  setUpTls,
  type TlsChoice,
  type TlsSetup,
} from "../../src/tls/setup.ts";
import { assertRejects } from "../assert.ts";

/** A certificate, its key and its fingerprint. */
export const MADE = await makeSelfSigned(["localhost"]);

/** Another certificate. */
export const OTHER = await makeSelfSigned(["localhost"]);

/** The certificate and its key alone. */
export const PAIR = { cert: MADE.cert, key: MADE.key };

/** Sets up what a choice asks for; errors call its parts `<part>`. */
export function setUp(
  choice: TlsChoice,
  ...urls: string[]
): Promise<TlsSetup | undefined> {
  const listen = urls.length > 0 ? urls : ["tls://127.0.0.1:0"];
  return setUpTls(choice, listen.map(parseListenUrl), (part) => `<${part}>`);
}

/** Checks what an OptionError says of a choice. */
export async function refuses(
  choice: TlsChoice,
  message: string,
  ...urls: string[]
): Promise<void> {
  await assertRejects(() => setUp(choice, ...urls), OptionError, message);
}
