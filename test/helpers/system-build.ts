import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';

/** Why no image of a distribution can be built here by root, or false. */
export function whyNoSystemBuild(): string | false {
  if (spawnSync('which', ['mmdebstrap']).status !== 0) return 'mmdebstrap is not installed';
  if (spawnSync('which', ['qemu-img']).status !== 0) return 'qemu-img is not installed';
  if (!existsSync(join(packageDirectory, 'dist/cli/main.js'))) return 'not built: dist/cli/main.js is missing';
  if (process.getuid?.() !== 0) return 'this tier is run by root, which makes an ordinary user for the rest';
  return spawnSync('apt-get', ['--print-uris', 'download', 'base-files'], { cwd: tmpdir() }).status === 0
    ? false
    : 'no Debian archive in the apt sources of this machine';
}

/**
 * Builds an image with `disk-image-create`, or a ramdisk with `ramdisk-image-create`, as this process's user and gives
 * the path of its name: `DIRECTORY/NAME`.
 *
 * Tests of one run share their caches: `tools/run-tests` names a directory in `DIB_TEST_CACHE`. With `layers`, hooks that
 * another test has run already are taken from it; tests whose subject is a build without a cache leave it out.
 */
export function buildSystemImage(options: {
  readonly program?: 'disk-image-create' | 'ramdisk-image-create';
  readonly directory: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly layers?: boolean;
}): string {
  const path = join(options.directory, options.name);
  const { status, stdout, stderr } = spawnSync(
    join(packageDirectory, 'bin', options.program ?? 'disk-image-create'),
    ['-o', path, ...options.words],
    {
      cwd: options.directory,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ...(process.env.DIB_TEST_CACHE === undefined ? {} : { DIB_IMAGE_CACHE: process.env.DIB_TEST_CACHE }),
        DIB_CACHE_MODE: options.layers === true ? 'on' : 'off',
        ...options.environment,
      },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  assert.equal(status, 0, `${stdout.split('\n').slice(-60).join('\n')}\n${stderr}`);
  return path;
}
