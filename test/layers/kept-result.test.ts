import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  findConditions,
  type KeptResult,
  listResults,
  readKeptResult,
  removeResult,
  resultDirectory,
  writeKeptResult,
} from '../../src/layers/kept-result.js';
import type { StepTrace, UnitInputs } from '../../src/layers/layer-record.js';

const inputs: UnitInputs = { files: {}, listings: {}, names: {}, variables: {}, mounts: {}, archives: {}, host: {} };
const trace = (name: string, given: Partial<StepTrace>): StepTrace => ({
  phase: 'install',
  hooks: [{ name, element: 'own', digest: '' }],
  inputs,
  notKept: [],
  ...given,
});
const conditionsOf = (...traces: readonly StepTrace[]) =>
  findConditions({
    decisions: [],
    traces,
    isRepeatable: (_phase, hook) => hook === '50-again',
    isLeftOut: (name) => name.startsWith('CI_'),
  });

test('a result stands under the conditions of all its steps', () => {
  assert.deepEqual(
    conditionsOf(
      trace('10-a', {
        record: 'r',
        expiresMs: 9,
        inputs: {
          ...inputs,
          archives: { 'http://a': '1' },
          variables: { CI_JOB: 'x', DIB_A: 'y' },
          host: { kernel: 'k', 'file /key': 'f', 'output of true': 'o' },
        },
      }),
      trace('20-b', { record: 's', expiresMs: 5 }),
      trace('50-again', {}),
    ),
    {
      archives: { 'http://a': '1' },
      declared: { 'install.d/10-a': { 'file /key': 'f', 'output of true': 'o' } },
      variables: { CI_JOB: 'x' },
      expiresMs: 5,
    },
  );
});

test('a step that must run, or cannot be judged, keeps no result', () => {
  assert.deepEqual(conditionsOf(trace('60-other', {})), { reason: 'install.d/60-other must run each time' });
  assert.deepEqual(conditionsOf(trace('50-again', { notKept: ['it left something in /dev'] })), {
    reason: 'install.d/50-again must run each time',
  });
  assert.deepEqual(conditionsOf(trace('10-a', { record: 'r', inputs: { ...inputs, mounts: { '/mnt': 'm' } } })), {
    reason: 'install.d/10-a saw what others had mounted',
  });
  const of = (digest: string) =>
    trace(digest, { record: digest, inputs: { ...inputs, archives: { 'http://a': digest } } });
  assert.deepEqual(conditionsOf(of('1'), of('2')), { reason: 'http://a changed during the build' });
});

test('a result whose file was written to is not there', async (context) => {
  const store = mkdtempSync(join(tmpdir(), 'dib-kept-'));
  context.after(() => rmSync(store, { recursive: true }));
  const directory = resultDirectory(store, '/w/image');
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/image.tar`, 'content');
  const result: KeptResult = {
    imagePath: '/w/image',
    key: 'k',
    createdMs: 1,
    durationMs: 2,
    artifacts: [
      {
        artifact: { format: 'tar', path: '/w/image.tar', sizeBytes: 7, digests: {} },
        extension: 'tar',
        name: 'image.tar',
        modifiedNs: String(statSync(`${directory}/image.tar`, { bigint: true }).mtimeNs),
      },
    ],
    outputs: [],
    conditions: { archives: {}, declared: {}, variables: {} },
  };
  await writeKeptResult(directory, result);
  assert.deepEqual(await readKeptResult(directory), result);
  assert.deepEqual(
    (await listResults(store)).map((stored) => stored.directory),
    [directory],
  );
  writeFileSync(`${directory}/image.tar`, 'CONTENT');
  assert.equal(await readKeptResult(directory), undefined);
  await removeResult(directory);
  assert.deepEqual(await listResults(store), []);
});
