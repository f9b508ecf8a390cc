/**
 * What has to be true of GitHub's workflows here.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { findBun } from "../.ci/build/find_bun.ts";
import meta from "../deno.json" with { type: "json" };
import { run } from "./e2e/programs.ts";
import { repositoryPath } from "./paths.ts";

/** A step of a job. */
export interface Step {
  /** The action that it runs, if it runs one. */
  readonly uses?: string;
  /** The inputs of that action. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** The script that it runs, if it runs one. */
  readonly run?: string;
  /** The shell that runs it, if it is not the job's. */
  readonly shell?: string;
}

/** A job of a workflow. */
export interface Job {
  /** The workflow that it is, if it is one. */
  readonly uses?: string;
  /** Its steps, if it has its own. */
  readonly steps?: readonly Step[];
  /** What its token may do. */
  readonly permissions?: Readonly<Record<string, string>>;
  /** How long it may take. */
  readonly "timeout-minutes"?: number;
}

/** A workflow. */
export interface Workflow {
  /** What the tokens of its jobs may do. */
  readonly permissions?: Readonly<Record<string, string>>;
  /** Its jobs. */
  readonly jobs: Readonly<Record<string, Job>>;
}

// The version that .ci/run takes; here may be another.
const DENO = /^DENO_VERSION=(.*)$/m.exec(
  Deno.readTextFileSync(repositoryPath(".ci/run")),
)?.[1];

const PARSE = "console.log(JSON.stringify(Bun.YAML.parse(process.argv[1])))";

/** Reads a workflow. */
export async function parseWorkflow(text: string): Promise<Workflow> {
  const { stdout, stderr } = await run(await findBun(), "-e", PARSE, text);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

function stepViolations({ uses = "", run = "", ...step }: Step): string[] {
  const tasks = run.matchAll(/\bdeno task ([\w:-]+)/g);
  const paths = run.matchAll(
    /(?<![\w/])(?:\.\/)?((?:tests|\.ci|\.github)\/[\w./*]+)/g,
  );
  const isCheckout = uses.startsWith("actions/checkout@");
  const deno = step.with?.["deno-version"];
  return [
    !/^$|^\.\/|@[0-9a-f]{40}$/.test(uses) && `${uses} is not pinned`,
    isCheckout && step.with?.["persist-credentials"] !== false &&
    "a checkout leaves its token behind",
    // What it stands for would be read as part of the script.
    run.includes("${{") && `${run} has an expression`,
    deno !== undefined && deno !== DENO && `Deno ${deno}`,
    ...[...tasks].map(([, task]) =>
      !(task in meta.tasks) && `there is no task ${task}`
    ),
    ...[...paths].map(([, path]) =>
      !existsSync(repositoryPath(path.replace(/[^/]*\*.*$/, ""))) &&
      `there is no ${path}`
    ),
  ].filter((violation) => violation !== false);
}

/** What jobs may write; all others read alone. */
const MAY_WRITE: Readonly<Record<string, readonly string[]>> = {
  release: ["contents", "id-token", "attestations"],
  jsr: ["id-token"],
};

function permissionViolations(name: string, permissions: unknown): string[] {
  if (typeof permissions !== "object" || permissions === null) {
    return ["has no permissions of its own, one by one"];
  }
  return Object.entries(permissions).filter(([scope, access]) =>
    access !== "read" && access !== "none" &&
    !MAY_WRITE[name]?.includes(scope)
  ).map(([scope]) => `may write ${scope}`);
}

function jobViolations(name: string, job: Job): string[] {
  const { uses, steps = [], permissions } = job;
  const minutes = job["timeout-minutes"];
  return [
    ...permissionViolations(name, permissions),
    // The jobs of another workflow have limits of their own.
    ...minutes || uses ? [] : ["may take for ever"],
    ...stepViolations({ uses }),
    ...steps.flatMap(stepViolations),
  ].map((violation) => `${name}: ${violation}`);
}

/** What a workflow does that none should do. */
export function violations({ permissions, jobs }: Workflow): string[] {
  const isClosed = JSON.stringify(permissions) === "{}";
  return [
    ...isClosed ? [] : ["jobs have permissions that they do not ask for"],
    ...Object.entries(jobs).flatMap(([name, job]) => jobViolations(name, job)),
  ];
}
