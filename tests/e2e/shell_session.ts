/**
 * Shells on a terminal, where keys are typed as a person would.
 *
 * @module
 */

import { soon } from "../server_process.ts";
import { isInstalled, Program, run } from "./programs.ts";

/** Typed after a word, it is replaced by all completions of the word. */
export const INSERT_ALL = "\x18*";

/** Typed after a word, all its completions are shown, with descriptions. */
export const LIST_ALL = "\x18l";

// What a shell reads first: a prompt, and an echod that tells its words.
const POSIX = `PS1='ready> '
stty cols 300 rows 300
echod() { printf '= '; printf '<%s>' "$@"; echo; }
`;

const SHELLS = {
  bash: {
    command: "bash --noprofile --rcfile setup -i",
    file: "setup",
    text: `${POSIX}unset HISTFILE
bind '"\\C-x*": insert-completions'
bind 'set enable-bracketed-paste off'
`,
  },
  zsh: {
    // Without the machine's own settings, but with those of its directory.
    command: "zsh --no-global-rcs -i",
    file: ".zshrc",
    text: `${POSIX}unsetopt PROMPT_SP PROMPT_CR
LISTMAX=1000
fpath=($PWD $fpath)
autoload -Uz compinit
compinit -D -u
zle -C insert-all complete-word _generic
bindkey '^X*' insert-all
bindkey '^Xl' list-choices
zstyle ':completion:insert-all::::' completer _all_matches _complete
zstyle ':completion:insert-all:*' insert yes
unset zle_bracketed_paste
`,
  },
  fish: {
    command: "fish --no-config -i -C 'source setup'",
    file: "setup",
    text: `function fish_prompt; echo -n 'ready> '; end
function echod; printf '= '; printf '<%s>' $argv; echo; end
set -g fish_autosuggestion_enabled 0
set -g fish_greeting
set -g fish_history ''
stty cols 300 rows 300
`,
  },
};

/** A shell that can be typed into. */
export type Typable = keyof typeof SHELLS;

/** A shell that waits for keys. */
export class ShellSession implements AsyncDisposable {
  #program: Program;
  #reader: ReadableStreamDefaultReader<string>;
  #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #shown = "";

  private constructor(program: Program) {
    this.#program = program;
    const text = program.output.pipeThrough(new TextDecoderStream());
    this.#reader = text.getReader();
    this.#writer = program.input.getWriter();
  }

  /**
   * Starts a shell and waits for its prompt.
   *
   * @param shell the shell.
   * @param directory where it works; nothing else of the machine is read.
   * @param lines what it runs before.
   */
  static async open(
    shell: Typable,
    directory: string,
    lines: string,
  ): Promise<ShellSession> {
    const { command, file, text } = SHELLS[shell];
    await Deno.writeTextFile(`${directory}/${file}`, text + lines);
    const session = new ShellSession(
      new Program("env", [
        ...["-C", directory, "TERM=dumb", "INPUTRC=/dev/null"],
        ...[`HOME=${directory}`, `ZDOTDIR=${directory}`],
        ...["script", "-qec", command, "/dev/null"],
      ]),
    );
    await session.#until(/ready> $/);
    return session;
  }

  /** Types a call of `echod` and Enter; gives back what was shown then. */
  async type(keys: string): Promise<string> {
    this.#shown = "";
    await this.#writer.write(new TextEncoder().encode(`${keys}\r`));
    return await this.#until(/^= <.*>\r*\n[^]*ready> $/m);
  }

  /** The arguments that a call of `echod` has in the end. */
  async words(keys: string): Promise<string[]> {
    const shown = await this.type(keys);
    const line = /^= (<.*>)\r*$/m.exec(shown)?.[1] ?? "";
    return [...line.matchAll(/<(.*?)>/g)].map(([, word]) => word);
  }

  async #until(end: RegExp): Promise<string> {
    while (!end.test(this.#shown)) {
      const what = `more after ${JSON.stringify(this.#shown)}`;
      const { value, done } = await soon(this.#reader.read(), what);
      if (done) throw new Error(`the shell ended: ${this.#shown}`);
      this.#shown += value;
    }
    return this.#shown;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#writer.write(new TextEncoder().encode("exit\r"));
      const { code } = await soon(this.#program.end, "the end of the shell");
      if (code !== 0) throw new Error(`the shell ended with ${code}`);
    } finally {
      await this.#stop();
    }
  }

  async #stop(): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    await this.#writer.abort().catch(() => {});
    await this.#reader.cancel();
  }
}

/**
 * Types into a shell, where it is installed.
 *
 * @param shell the shell.
 * @param script what the file `script` says, and the file `_echod`.
 * @param lines what the shell runs before.
 * @param use what to do in it.
 */
export async function withShell(
  shell: Typable,
  script: string,
  lines: string,
  use: (session: ShellSession) => Promise<void>,
): Promise<void> {
  if (Deno.build.os !== "linux") {
    console.log(`skipped: ${shell} is driven by the script of util-linux`);
    return;
  }
  if (!await isInstalled("script", "--version")) return;
  if (!await isInstalled(shell, "--version")) return;
  const directory = await Deno.makeTempDir();
  try {
    for (const name of ["script", "_echod"]) {
      await Deno.writeTextFile(`${directory}/${name}`, `${script}\n`);
    }
    await Deno.writeTextFile(`${directory}/my file.pem`, "");
    await using session = await ShellSession.open(shell, directory, lines);
    await use(session);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * What fish offers at the end of a line, and how it describes that.
 *
 * @param script the script that it reads before.
 * @param line the line.
 */
export async function offersOfFish(
  script: string,
  line: string,
): Promise<string[][]> {
  const command = `${script}\ncomplete -C "$argv[1]"`;
  const { stdout } = await run("fish", "--no-config", "-c", command, line);
  const lines = stdout.split("\n").slice(0, -1);
  return lines.map((line) => line.split("\t"));
}
