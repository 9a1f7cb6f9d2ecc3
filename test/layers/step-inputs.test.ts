import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOf } from '../../src/base/digest.js';
import { openStepInputs, type SeenBefore, type StepInputsOptions } from '../../src/layers/step-inputs.js';
import { fakeRun, fakeWatch, pure } from './fake-steps.js';

const options: StepInputsOptions = {
  treeDirectory: '/nonexistent',
  watch: fakeWatch(
    new Map([
      ['install.d/10-a', 'echo $OWN'],
      ['data/x', 'x'],
    ]),
  ),
  salt: 's',
  kernel: '6',
  engineDigest: 'engine',
  resolveDeclared: async () => ({ digests: { 'file /etc/key': 'd' } }),
  stateOfArchive: async () => ({ digest: 'archive', isKnown: true, modifiedMs: 0 }),
};
const seen: SeenBefore = {
  mounts: { '/mnt': 'm' },
  declaration: undefined,
  declared: { digests: {} },
  everRead: new Set(),
};

test('declared commands run once for each hook, until they are forgotten', async () => {
  const asked: string[] = [];
  const inputs = openStepInputs({
    ...options,
    resolveDeclared: async (_, run) => {
      asked.push(`${run.phase}/${run.hooks[0]?.name}`);
      return { digests: { count: String(asked.length) } };
    },
  });
  const run = fakeRun(['10-a', '20-b']);
  assert.deepEqual(await inputs.declaredOf(undefined, run), { digests: {} });
  const twice = [inputs.declaredOf(pure, run), inputs.declaredOf(pure, run)];
  assert.deepEqual(await Promise.all(twice), [{ digests: { count: '1' } }, { digests: { count: '1' } }]);
  await inputs.declaredOf(pure, fakeRun(['20-b']));
  await inputs.declaredOf(pure, fakeRun(['10-a'], { phase: 'finalise' }));
  assert.deepEqual(asked, ['install/10-a', 'install/20-b', 'finalise/10-a']);
  inputs.forgetDeclared();
  assert.deepEqual(await inputs.declaredOf(pure, run), { digests: { count: '4' } });
});

test('mounts count inside the tree, the programs of the engine in the phase that meets them', () => {
  const inputs = openStepInputs(options);
  const declared = { digests: { 'file /etc/key': 'd' } };
  assert.deepEqual(inputs.sourcesOf(fakeRun(['10-a']), seen).mounts, { '/mnt': 'm' });
  const onHost = inputs.sourcesOf(fakeRun(['10-a'], { place: 'host', phase: 'root' }), { ...seen, declared });
  assert.deepEqual([onHost.mounts, onHost.isDeclared, onHost.declared], [{}, true, declared.digests]);
  assert.deepEqual(inputs.sourcesOf(fakeRun(['10-a'], { phase: 'finalise' }), seen).declared, {
    'programs of the engine': 'engine',
  });
});

test('what was read counts, and the first hooks themselves', async () => {
  const inputs = openStepInputs(options);
  const run = fakeRun(['10-a', '20-b'], { environment: { DIB_OTHER: 'o' } });
  const reads = { files: ['data/x', 'install.d/10-a'], listings: ['data'] };
  assert.deepEqual(inputs.filesOf(run, reads, 1), ['data/x', 'install.d/10-a']);
  const { files, listings, archives } = await inputs.inputsOf(run, seen, reads, 2);
  assert.deepEqual(files, {
    'data/x': digestOf('x'),
    'install.d/10-a': digestOf('echo $OWN'),
    'install.d/20-b': 'absent',
  });
  assert.deepEqual([listings, archives], [{ data: 'listing' }, {}]);
  assert.equal(inputs.digestOfHook({ name: '10-a', element: 'own', path: 'install.d/10-a' }), digestOf('echo $OWN'));
});

test('the archives of a hook are those it declares, else those of the tree', async (context) => {
  const treeDirectory = mkdtempSync(join(tmpdir(), 'dib-inputs-'));
  context.after(() => rmSync(treeDirectory, { recursive: true }));
  mkdirSync(`${treeDirectory}/etc/apt`, { recursive: true });
  writeFileSync(`${treeDirectory}/etc/apt/sources.list`, 'deb http://a.test/debian stable main\n');
  const inputs = openStepInputs({ ...options, treeDirectory });
  assert.deepEqual(await inputs.archivesOf({ digests: {} }), ['http://a.test/debian/dists/stable/InRelease']);
  assert.deepEqual(await inputs.archivesOf({ digests: {}, archives: ['http://b'] }), ['http://b']);
});
