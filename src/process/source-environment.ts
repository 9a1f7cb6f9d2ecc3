import { BuildError } from '../base/build-error.js';
import type { ResolvedEnvironment } from '../model/environment.js';
import type { Command, Programs } from '../model/ports.js';

/** One file to source, and what it is called in messages and in `setBy`. */
export interface EnvironmentFile {
  readonly path: string;
  readonly label: string;
}

/** What {@link sourceEnvironment} needs. */
export interface SourceEnvironmentOptions {
  /** In the order to source them: bytes of the file names. */
  readonly files: readonly EnvironmentFile[];
  /** What the shell starts with. Bash functions are passed as bash exports them (`BASH_FUNC_name%%`). */
  readonly environment: Readonly<Record<string, string>>;
  /** Words put before `bash`, for example `chroot TREE`. */
  readonly prefix?: readonly string[];
  readonly workingDirectory?: string;
  /** Where what the files print goes. */
  readonly output?: Command['output'];
}

/**
 * Sources each file inside a function, as hooks have always seen them: with errexit, nounset and pipefail, so that
 * only `export` reaches the outside. Between two files the environment is written to descriptor 3, so that each
 * change can be attributed to its file; what the files print goes to standard error.
 */
const sourceScript = `
exec 3>&1 1>&2
dib_source() { source "$1"; }
dump() { printf '\\001%s\\0' "$1" >&3; env -0 >&3; }
dump start
for dib_file in "$@"; do
    set -eu -o pipefail
    dib_source "$dib_file"
    set +eu +o pipefail
    dump "$dib_file"
done
`;

/** Variables of the shell itself, never handed on. */
const shellVariables: ReadonlySet<string> = new Set(['_', 'SHLVL', 'PWD', 'OLDPWD']);

/**
 * Sources environment files in one bash and gives what they export, each value with the file that set it.
 *
 * @throws BuildError `HOOK_FAILED` naming the file that ended the shell, with what it said last
 */
export async function sourceEnvironment(
  options: SourceEnvironmentOptions,
  programs: Programs,
): Promise<ResolvedEnvironment> {
  const words = [
    ...(options.prefix ?? []),
    'bash',
    '-c',
    sourceScript,
    'environment.d',
    ...options.files.map((file) => file.path),
  ];
  const [program = 'bash', ...rest] = words;
  const result = await programs.run({
    program,
    arguments: rest,
    environment: options.environment,
    ...(options.workingDirectory === undefined ? {} : { workingDirectory: options.workingDirectory }),
  });
  const dumps = parseDumps(result.stdout);
  if (result.exitStatus !== 0) {
    const failed = options.files[Math.max(0, dumps.length - 1)];
    throw new BuildError({
      code: 'HOOK_FAILED',
      message: [
        `${failed?.label ?? 'environment.d'} ended with exit status ${result.exitStatus}`,
        ...lastLinesOf(result.stderr),
      ].join('\n'),
      hint: 'environment files are sourced with errexit, nounset and pipefail: an unset variable or a failing command ends the build',
      ...(failed === undefined ? {} : { where: failed.path }),
      exitStatus: result.exitStatus,
    });
  }
  return attribute(dumps, options.files);
}

function parseDumps(text: string): Readonly<Record<string, string>>[] {
  const dumps: Record<string, string>[] = [];
  for (const record of text.split('\0')) {
    if (record.startsWith('\x01')) dumps.push({});
    const equals = record.indexOf('=');
    const current = dumps.at(-1);
    if (current === undefined || record.startsWith('\x01') || equals <= 0) continue;
    const name = record.slice(0, equals);
    if (!shellVariables.has(name)) current[name] = record.slice(equals + 1);
  }
  return dumps;
}

function attribute(
  dumps: readonly Readonly<Record<string, string>>[],
  files: readonly EnvironmentFile[],
): ResolvedEnvironment {
  const setBy: Record<string, string> = {};
  let previous = dumps[0] ?? {};
  for (const [index, dump] of dumps.slice(1).entries()) {
    for (const [name, value] of Object.entries(dump)) {
      if (previous[name] !== value) setBy[name] = files[index]?.label ?? '';
    }
    previous = dump;
  }
  return { values: previous, setBy };
}

function lastLinesOf(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .slice(-10)
    .filter((line) => line !== '')
    .map((line) => `  ${line}`);
}
