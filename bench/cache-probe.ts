import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../src/base/assets.js';
import { oursProgram } from './contestants/ours.js';

/** Whether a second build with `--cache=on` reuses what the first one made: asked by building a very small image twice. */
export function isCacheEffective(scratchDirectory: string): boolean {
  const directory = mkdtempSync(join(scratchDirectory, 'probe-'));
  const build = (): string =>
    execFileSync(
      oursProgram,
      ['--cache=on', '--log-format', 'json', '-n', '-t', 'tar', '-o', join(directory, 'image'), 'little-os'],
      {
        env: {
          PATH: process.env.PATH ?? '',
          HOME: directory,
          TMPDIR: directory,
          DIB_IMAGE_CACHE: join(directory, 'cache'),
          ELEMENTS_PATH: join(packageDirectory, 'test/fixtures/elements/third-party'),
        },
        cwd: directory,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
  try {
    build();
    return countReused(build()) > 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** How many hooks and steps of an event stream were taken from the cache. */
export function countReused(jsonLines: string): number {
  return jsonLines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { readonly kind: string; readonly outcome?: string })
    .filter(({ kind, outcome }) => /^(hook|step)-finished$/.test(kind) && outcome === 'reused').length;
}
