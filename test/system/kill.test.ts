import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageDirectory } from '../../src/base/assets.js';

const directory = mkdtempSync(join(tmpdir(), 'dib-kill-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const temporaryDirectory = join(directory, 'tmp');
const outputDirectory = join(directory, 'out');
mkdirSync(temporaryDirectory);
mkdirSync(outputDirectory);

const skip =
  process.getuid?.() !== 0
    ? 'run by root'
    : existsSync(join(packageDirectory, 'dist/cli/main.js'))
      ? false
      : 'not built';

const words = ['-n', '-t', 'tar,qcow2', '-o', join(outputDirectory, 'image'), 'little-os', 'every-interface'];
const environment = {
  PATH: process.env.PATH,
  HOME: join(directory, 'home'),
  TMPDIR: temporaryDirectory,
  ELEMENTS_PATH: join(packageDirectory, 'test/fixtures/elements/third-party'),
  EVERY_SOURCE_DIRECTORY: join(packageDirectory, 'test/fixtures'),
  DIB_REPOLOCATION_every_source: `file://${join(packageDirectory, 'package.json')}`,
};

/** Everything that a build could leave behind, as seen from outside its namespace. */
function leftBehind(): Readonly<Record<string, readonly string[]>> {
  return {
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      // By the names that builds give their file systems, and by place: other tests may mount things at the same time.
      .filter((line) => [directory, 'dib-root', 'dib-workspace'].some((text) => line.includes(text))),
    processes: processesOf(directory),
    loopDevices: spawnSync('losetup', ['-l', '-n', '-O', 'NAME,BACK-FILE'], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line.includes('image0.raw')),
    temporary: readdirSync(temporaryDirectory),
    hiddenOutputs: readdirSync(outputDirectory).filter(
      (name) => !/^image(-[\d.-]+)?\.(tar|qcow2|manifest\.json|d)$/.test(name),
    ),
  };
}

function processesOf(marker: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/environ`, 'latin1').includes(marker) && readlinkSync(`/proc/${pid}/exe`) !== ''
        );
      } catch {
        return false;
      }
    });
}

const nothing = { mounts: [], processes: [], loopDevices: [], temporary: [], hiddenOutputs: [] };

async function killAfter(delayMs: number, extraWords: readonly string[]): Promise<void> {
  const child = spawn(join(packageDirectory, 'bin/disk-image-create'), [...extraWords, ...words], {
    env: environment,
    stdio: 'ignore',
  });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  await Promise.race([sleep(delayMs), exited]);
  child.kill('SIGKILL');
  await exited;
}

async function settles(): Promise<void> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 100) {
    if (JSON.stringify(leftBehind()) === JSON.stringify(nothing)) return;
    await sleep(100);
  }
  assert.deepEqual(leftBehind(), nothing);
}

for (const [where, extraWords] of [
  ['in memory', []],
  ['on disk', ['--no-tmpfs']],
] as const) {
  test(`a build ${where} that is killed at ten random moments leaves nothing, and the next one succeeds`, {
    skip,
  }, async () => {
    const startMs = performance.now();
    const whole = spawnSync(join(packageDirectory, 'bin/disk-image-create'), [...extraWords, ...words], {
      env: environment,
      encoding: 'utf8',
    });
    assert.equal(whole.status, 0, whole.stdout + whole.stderr);
    const durationMs = performance.now() - startMs;
    for (let round = 0; round < 10; round += 1) {
      const delayMs = Math.random() * durationMs;
      await killAfter(delayMs, extraWords);
      await settles();
    }
    const next = spawnSync(join(packageDirectory, 'bin/disk-image-create'), [...extraWords, ...words], {
      env: environment,
      encoding: 'utf8',
    });
    assert.equal(next.status, 0, next.stdout + next.stderr);
    await settles();
  });
}
