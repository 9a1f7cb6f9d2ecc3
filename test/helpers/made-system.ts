import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeSmallTree } from './small-tree.js';

/** A small operating system made of elements whose hooks count their runs. */
export interface MadeSystem {
  readonly elementsDirectory: string;
  /** Variables that every build of it needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** How often each hook has run, by name, since the last {@link MadeSystem.resetCounts}. */
  counts(): Readonly<Record<string, number>>;
  resetCounts(): void;
}

/**
 * Makes the elements `tiny`, an operating system of the programs of this machine, and those given: hooks by their path
 * (`element/install.d/50-name`), each a text that runs in the chroot. Every hook leaves a line on the host when it runs.
 */
export function makeMadeSystem(directory: string, hooks: Readonly<Record<string, string>>): MadeSystem {
  const elementsDirectory = join(directory, 'elements');
  const countDirectory = join(directory, 'counts');
  const write = (path: string, text: string): void => {
    const full = join(elementsDirectory, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  };
  makeSmallTree(join(directory, 'base'));
  const resetCounts = (): void => {
    rmSync(countDirectory, { recursive: true, force: true });
    mkdirSync(countDirectory);
    chmodSync(countDirectory, 0o1777);
  };
  resetCounts();
  const head = '#!/bin/bash\nset -eu -o pipefail\n';
  write('tiny/element-provides', 'operating-system\n');
  write('tiny/cache-inputs.yaml', 'cache-mounts: [/var/count]\nhooks:\n  root.d/10-tiny:\n    pure: true\n');
  write(
    'tiny/root.d/10-tiny',
    `${head}echo run >> "$MADE_COUNTS/10-tiny"\ncp -r --preserve=mode,links "$MADE_BASE/." "$TARGET_ROOT/"\nmkdir -p "$TARGET_ROOT/var/count"\n`,
  );
  write('tiny/root.d/20-count', `${head}mount --bind "$MADE_COUNTS" "$TARGET_ROOT/var/count"\n`);
  for (const [path, text] of Object.entries(hooks)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    write(path, `${head}echo run >> /var/count/${name}\n${text}\n`);
  }
  return {
    elementsDirectory,
    environment: {
      ELEMENTS_PATH: elementsDirectory,
      MADE_BASE: join(directory, 'base'),
      MADE_COUNTS: countDirectory,
    },
    resetCounts,
    counts: () =>
      Object.fromEntries(
        readdirSync(countDirectory)
          .sort()
          .map((name) => [name, readFileSync(join(countDirectory, name), 'utf8').split('\n').length - 1]),
      ),
  };
}

/** What a program did. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly output: string;
}

/** Starts a program without waiting for it; it can be killed after some time. */
export function startProgram(options: {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly killAfterMs?: number;
}): Promise<Ended> {
  const [program = '', ...rest] = options.words;
  const child = spawn(program, rest, {
    cwd: options.workingDirectory,
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const timer =
    options.killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
  return new Promise((done) =>
    child.once('exit', (status) => {
      clearTimeout(timer);
      // What was killed may leave the pipes to processes that end a moment later.
      const finish = (): void => done({ status, output });
      if (status === null) finish();
      else child.once('close', finish);
    }),
  );
}

/** Digest over an archive's tree: names, kinds, contents, modes, owners and links, not times. */
export function digestOfArchive(archivePath: string, scratchDirectory: string): string {
  const directory = mkdtempSync(join(scratchDirectory, 'tree-'));
  const { status, stderr } = spawnSync('tar', ['-C', directory, '--numeric-owner', '-xpf', archivePath], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    const full = join(directory, path);
    const entry = lstatSync(full);
    hash.update(`${path}\0${entry.mode} ${entry.uid}:${entry.gid}\0`);
    if (entry.isSymbolicLink()) hash.update(`${readlinkSync(full)}\0`);
    else if (entry.isFile()) hash.update(readFileSync(full));
    else if (entry.isDirectory()) for (const name of readdirSync(full).sort()) visit(join(path, name));
  };
  visit('.');
  rmSync(directory, { recursive: true });
  return hash.digest('hex');
}
