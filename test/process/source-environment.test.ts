import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BuildError } from '../../src/base/build-error.js';
import { openPrograms } from '../../src/process/run-program.js';
import { type EnvironmentFile, sourceEnvironment } from '../../src/process/source-environment.js';

const directory = mkdtempSync(join(tmpdir(), 'source-environment-'));
after(() => rmSync(directory, { recursive: true }));

const programs = openPrograms({
  pathDirectories: ['/usr/bin', '/bin'],
  emit: () => undefined,
  clock: { nowMs: Date.now, monotonicMs: () => performance.now() },
  signal: new AbortController().signal,
});

function file(name: string, text: string): EnvironmentFile {
  const path = join(directory, name);
  writeFileSync(path, text);
  return { path, label: `element/environment.d/${name}` };
}

test('each exported value names the file that set it last', async () => {
  const files = [
    file('10-a', 'export COLOUR=blue\nexport SHAPE="two\nlines = one value"\nPRIVATE=1\n'),
    file('20-b', 'echo said; export COLOUR=${COLOUR}-green\nexport KEPT=${KEPT:-other}\n'),
  ];
  const environment = await sourceEnvironment(
    { files, environment: { KEPT: 'kept', PATH: '/usr/bin:/bin' } },
    programs,
  );
  assert.deepEqual(environment, {
    values: {
      COLOUR: 'blue-green',
      SHAPE: 'two\nlines = one value',
      KEPT: 'kept',
      PATH: '/usr/bin:/bin',
      LC_ALL: 'C.UTF-8',
    },
    setBy: { COLOUR: 'element/environment.d/20-b', SHAPE: 'element/environment.d/10-a' },
  });
});

test('a variable declared inside the sourcing function does not get out', async () => {
  const environment = await sourceEnvironment(
    { files: [file('30-c', 'declare LOCAL=1\n')], environment: {} },
    programs,
  );
  assert.equal(environment.values.LOCAL, undefined);
});

test('an unset variable ends the build with the name of the file', async () => {
  const files = [
    file('40-ok', 'export A=1\n'),
    file('50-bad', 'export B=$NOT_SET\n'),
    file('60-later', 'export C=1\n'),
  ];
  await assert.rejects(sourceEnvironment({ files, environment: {} }, programs), (error: unknown) => {
    assert.ok(error instanceof BuildError);
    assert.equal(error.code, 'HOOK_FAILED');
    assert.match(
      error.message,
      /^element\/environment\.d\/50-bad ended with exit status 1\n.*NOT_SET: unbound variable/,
    );
    return true;
  });
});

test('no files give the environment as it was', async () => {
  const environment = await sourceEnvironment({ files: [], environment: { A: 'x' } }, programs);
  assert.equal(environment.values.A, 'x');
  assert.deepEqual(environment.setBy, {});
});
