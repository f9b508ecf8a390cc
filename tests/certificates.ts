/**
 * Certificates of clients, made by `openssl`, so that what echod takes and
 * refuses is not judged by its own code.
 *
 * @module
 */

import { outputOf } from "./targets.ts";

/** Whether `openssl` is installed. */
export const HAS_OPENSSL: boolean = await outputOf("openssl", ["version"])
  .then(() => true, () => false);

/** A certificate and its key, as PEM. */
export interface Certificate {
  /** The certificate. */
  readonly cert: string;
  /** The private key. */
  readonly key: string;
}

const CONFIG = `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[client]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
`;

const NEW_KEY = [
  ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
  ...["-keyout", "key.pem", "-config", "config"],
];

/** One who signs certificates, in a directory of its own. */
export class Authority implements AsyncDisposable {
  /** Its certificate, as PEM. */
  readonly cert: string;
  #directory: string;

  private constructor(cert: string, directory: string) {
    this.cert = cert;
    this.#directory = directory;
  }

  /** Makes one of a name. */
  static async create(name: string): Promise<Authority> {
    const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
    await Deno.writeTextFile(`${directory}/config`, CONFIG);
    await run(directory, "req", "-x509", ...NEW_KEY, [
      ...["-extensions", "ca", "-days", "2", "-subj", `/CN=${name}`],
      ...["-out", "ca.pem"],
    ]);
    await Deno.rename(`${directory}/key.pem`, `${directory}/ca.key`);
    const cert = await Deno.readTextFile(`${directory}/ca.pem`);
    return new Authority(cert, directory);
  }

  /** The path of its certificate. */
  get file(): string {
    return `${this.#directory}/ca.pem`;
  }

  /** Makes a certificate for clients, or one that is no good for them. */
  async sign(use: "client" | "server" = "client"): Promise<Certificate> {
    const directory = this.#directory;
    await run(directory, "req", ...NEW_KEY, [
      ...["-subj", `/CN=${use}`, "-out", "request.pem"],
    ]);
    await run(directory, "x509", "-req", "-in", "request.pem", [
      ...["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"],
      ...["-extfile", "config", "-extensions", use, "-days", "1"],
      ...["-out", "cert.pem"],
    ]);
    return {
      cert: await Deno.readTextFile(`${directory}/cert.pem`),
      key: await Deno.readTextFile(`${directory}/key.pem`),
    };
  }

  /** Removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }
}

async function run(
  directory: string,
  ...args: readonly (string | readonly string[])[]
): Promise<void> {
  const command = ["-C", directory, "openssl", ...args.flat()];
  await outputOf("env", command);
}
