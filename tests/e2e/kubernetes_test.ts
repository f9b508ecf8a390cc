import { assert, assertEquals, assertMatch } from "../assert.ts";
import { connect, echoes } from "../client.ts";
import { ServerProcess } from "../server_process.ts";
import { executable, outputOf } from "../targets.ts";
import { secondsOf } from "./checked_settings.ts";
import { type Manifest, Schemas } from "./kubernetes.ts";
import { adapt, snippet } from "./snippets.ts";

/** What tests look at in a probe. */
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

/** The same in a Deployment. */
interface Deployment extends Manifest {
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: Labels };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
      };
    };
  };
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string }[];
  readonly ports: readonly {
    readonly name: string;
    readonly containerPort: number;
  }[];
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle: {
    readonly preStop: { readonly sleep: { readonly seconds: number } };
  };
}

/** The same in a Service. */
interface Service extends Manifest {
  readonly spec: {
    readonly selector: Labels;
    readonly ports: readonly [{ readonly targetPort: string }];
  };
}

type Labels = Readonly<Record<string, string>>;

// What Kubernetes takes where a probe does not say.
const PERIOD_SECONDS = 10;
const FAILURES = 3;

/** What `--check` tells. */
async function settingsOf(...args: readonly string[]): Promise<string> {
  const [command, ...own] = executable.command;
  return await outputOf(command, [...own, ...args, "--check"]);
}

// The kernel's one, and glibc's.
const LIBRARY =
  /^(linux-vdso|\/lib.*\/ld-linux-.*|libc|libdl|libm|libpthread|librt)\.so\.\d$/;

Deno.test({
  name: "the executable needs no library but those of glibc",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const lines = (await outputOf("ldd", executable.command)).split("\n");
    const names = lines.map((line) => line.trim().split(" ")[0]);
    assert(names.includes("libc.so.6"), names.join());
    assertEquals(names.filter((name) => !LIBRARY.test(name)), []);
  },
});

Deno.test("the README's manifests for Kubernetes", async (t) => {
  await using schemas = await Schemas.fetch();
  const yaml = snippet("At scale", "yaml");
  const ignore = schemas === undefined;
  const [deployment, service] =
    await schemas?.read<[Deployment, Service]>(yaml) ?? [];

  await t.step({
    name: "are what their schemas ask for",
    ignore,
    fn: async () => {
      assertEquals(await schemas!.complaint(deployment!, service!), "");
    },
  });

  await t.step({
    name: "would not be that with an unknown field, or an impossible value",
    ignore,
    fn: async () => {
      const mistakes: readonly [from: string, to: string, what: RegExp][] = [
        ["readinessProbe:", "redinessProbe:", /redinessProbe.* does not exist/],
        ["PeriodSeconds: 20", "PeriodSeconds: 2.5", /must be integer/],
      ];
      for (const [from, to, complaint] of mistakes) {
        const [wrong] = await schemas!.read(adapt(yaml, { [from]: to }));
        assertMatch(await schemas!.complaint(wrong), complaint);
      }
    },
  });

  await t.step({
    name: "fit together: labels, ports and times",
    ignore,
    fn: async () => {
      const { selector, template: { metadata, spec } } = deployment!.spec;
      assertEquals(selector.matchLabels, metadata.labels);
      assertEquals(service!.spec.selector, metadata.labels);
      const [container] = spec.containers;
      const { args, ports, lifecycle, livenessProbe } = container;
      const portOf = (name: string) =>
        ports.find((port) => port.name === name)?.containerPort;
      const statusPort = portOf(livenessProbe.httpGet.port);
      assertEquals(portOf(container.readinessProbe.httpGet.port), statusPort);
      assert(args.includes(`0.0.0.0:${statusPort}`), args.join(" "));
      const echoPort = portOf(service!.spec.ports[0].targetPort);
      const settings = await settingsOf(...args, "--status-token", "x");
      assertMatch(
        settings,
        new RegExp(`^listens on +tcp://0.0.0.0:${echoPort}$`, "m"),
      );
      const draining = secondsOf(settings, "shutdownTimeout");
      assert(
        spec.terminationGracePeriodSeconds >
          lifecycle.preStop.sleep.seconds + draining,
      );
      const { periodSeconds = PERIOD_SECONDS, failureThreshold = FAILURES } =
        livenessProbe;
      assert(periodSeconds * (failureThreshold - 1) > draining);
    },
  });

  await t.step({
    name: "start what answers the probes, which give no token",
    ignore,
    fn: async () => {
      const [{ args, env, readinessProbe, livenessProbe }] =
        deployment!.spec.template.spec.containers;
      const local = args.map((arg) =>
        arg.replace(/^0\.0\.0\.0:.*/, "127.0.0.1:0")
      );
      assert(local.join() !== args.join());
      await using server = await ServerProcess.start(executable, local, {
        env: { [env[0].name]: "x" },
      });
      const { url } = await server.waitFor({ plane: "status" });
      for (const { httpGet: { path } } of [readinessProbe, livenessProbe]) {
        const response = await fetch(new URL(path, `${url}`));
        assertEquals(response.status, 200);
        await response.body?.cancel();
      }
      using conn = await connect(server.port);
      await echoes(conn);
    },
  });

  await t.step({
    name: "would fail without the token, or with the variables of services",
    ignore,
    fn: async () => {
      const [{ args, env }] = deployment!.spec.template.spec.containers;
      const token = { [env[0].name]: "x" };
      await using open = ServerProcess.spawn(executable, args);
      assertEquals(await open.exitCode(), 2);
      assertMatch(open.stderr, /without --status-token/);
      const links = { ...token, ECHOD_PORT: "tcp://10.0.0.1:7" };
      await using linked = ServerProcess.spawn(executable, args, {
        env: links,
      });
      assertEquals(await linked.exitCode(), 2);
      assertMatch(linked.stderr, /ECHOD_PORT/);
    },
  });
});
