import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';

const fixtures = join(packageDirectory, 'test/fixtures/elements/third-party');
const directory = mkdtempSync(join(tmpdir(), 'dib-overhead-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const skip =
  process.getuid?.() !== 0
    ? 'run by root'
    : existsSync(join(packageDirectory, 'dist/cli/main.js'))
      ? false
      : 'not built: dist/cli/main.js is missing';

const hookCount = 200;

/** Names whose order by bytes, the one that counts, is neither that of numbers nor that of letters. */
function hookName(index: number): string {
  const text = String(index).padStart(3, '0');
  return index % 3 === 0 ? `50-${text}-Upper` : index % 3 === 1 ? `50-${text}_lower` : `50-${text}-2`;
}

const names = Array.from({ length: hookCount }, (_, index) => hookName(index));

function writeHooks(element: string, text: (name: string) => string): void {
  const hooks = join(directory, 'elements', element, 'install.d');
  mkdirSync(hooks, { recursive: true });
  for (const name of names) writeFileSync(join(hooks, name), text(name), { mode: 0o755 });
}

interface Timing {
  readonly step: string;
  readonly durationMs: number;
}

/** Builds, and gives the events of the build. */
function build(words: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  const { status, stdout, stderr } = spawnSync(
    join(packageDirectory, 'bin/disk-image-create'),
    ['-n', '-t', 'tar', '-o', 'image', '--cache', 'off', '--log-format', 'json', 'little-os', ...words],
    {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        ELEMENTS_PATH: `${join(directory, 'elements')}:${fixtures}`,
      },
    },
  );
  assert.equal(status, 0, stdout.slice(-3000) + stderr);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

function installTimings(): Timing {
  const manifest = JSON.parse(readFileSync(join(directory, 'image.manifest.json'), 'utf8')) as {
    readonly timings: { readonly phases: readonly { readonly phase: string; readonly durationMs: number }[] };
  };
  const { phase = '', durationMs = 0 } = manifest.timings.phases.find((timing) => timing.phase === 'install') ?? {};
  return { step: phase, durationMs };
}

test('two hundred hooks run once each, in the order of their bytes', { skip }, () => {
  writeHooks('writing', (name) => `#!/bin/bash\necho ${name} >> /ran\n`);
  const events = build(['writing']);
  const expected = [...names].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const { stdout } = spawnSync('tar', ['-x', '-O', '-f', join(directory, 'image.tar'), './ran'], { encoding: 'utf8' });
  assert.deepEqual(stdout.trimEnd().split('\n'), expected);
  for (const kind of ['hook-started', 'hook-finished']) {
    const seen = events.filter((event) => event.kind === kind && event.phase === 'install').map(({ hook }) => hook);
    assert.deepEqual(seen, expected, kind);
  }
});

test('what a hook that does nothing costs in the image is shown', { skip }, (context) => {
  writeHooks('empty', () => '#!/bin/bash\n');
  build(['empty']);
  const { step, durationMs } = installTimings();
  assert.equal(step, 'install');
  // No limit here: another load on the machine is no fault of ours. The benchmark compares in one run.
  context.diagnostic(
    `${hookCount} empty hooks in the chroot: ${durationMs.toFixed(0)} ms, ${(durationMs / hookCount).toFixed(2)} ms each`,
  );
});
