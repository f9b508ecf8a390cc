/**
 * Manifests of Kubernetes, held against its own schemas.
 *
 * @module
 */

import { isInstalled, run } from "./programs.ts";

const PACKAGES = ["kubernetes-models@5.1.0", "yaml@2.9.1"];

const READER = `
import { parseAllDocuments } from "yaml";

const documents = parseAllDocuments(Deno.readTextFileSync(Deno.args[0]));
const [problem] = documents.flatMap((one) => [...one.errors, ...one.warnings]);
if (problem) throw problem;
console.log(JSON.stringify(documents.map((one) => one.toJS())));
`;

/** What any manifest has. */
export interface Manifest {
  /** The group, if there is one, and the version of its schema. */
  readonly apiVersion: string;
  /** Its schema's name. */
  readonly kind: string;
}

/** What reads manifests and knows their schemas, both from npm. */
export class Schemas implements AsyncDisposable {
  #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Fetches them; `undefined` where npm does not answer. */
  static async fetch(): Promise<Schemas | undefined> {
    if (!await isInstalled("npm", "--version")) return undefined;
    const directory = await Deno.makeTempDir({ prefix: "echod-test-" });
    const quiet = ["--no-audit", "--no-fund", "--fetch-retries=0"];
    const install = ["install", ...quiet, "--prefix", directory, ...PACKAGES];
    const schemas = new Schemas(directory);
    // It may also take longer than a test waits.
    const outcome = await run("npm", ...install).catch(() => undefined);
    if (outcome?.code === 0) return schemas;
    await schemas[Symbol.asyncDispose]();
    console.log(`skipped: npm does not give ${PACKAGES.join(" ")}`);
    return undefined;
  }

  /** The manifests of a text in YAML. */
  async read<M extends readonly Manifest[]>(yaml: string): Promise<M> {
    const file = `${this.#directory}/manifests.yaml`;
    await Deno.writeTextFile(file, yaml);
    const { code, stdout, stderr } = await this.#run(
      READER,
      "--no-check",
      file,
    );
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  }

  /**
   * What is wrong with manifests: types find fields that there are not, the
   * schemas find values that there cannot be.
   *
   * @returns the complaint; empty if there is none.
   */
  async complaint(...manifests: readonly Manifest[]): Promise<string> {
    const script = manifests.map(({ apiVersion, kind, ...rest }) => `
import { ${kind} } from "kubernetes-models/${apiVersion}/${kind}";
new ${kind}(${JSON.stringify(rest)}).validate();
`);
    const { code, stderr } = await this.#run(script.join(""), "--check");
    return code === 0 ? "" : stderr;
  }

  /** Removes them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }

  async #run(script: string, flag: string, ...args: readonly string[]) {
    const file = `${this.#directory}/script.ts`;
    await Deno.writeTextFile(file, script);
    return await run(Deno.execPath(), "run", "-A", flag, file, ...args);
  }
}
