import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { makeLayerFixture, whyNoLayers } from './layer-fixture.js';
import { runLine } from './run-line.js';

test('an empty store has nothing that is damaged', async (context) => {
  assert.deepEqual(await runLine(context, 'dib layers verify', { environment: { DIB_IMAGE_CACHE: '/nonexistent' } }), {
    status: 0,
    out: '0 layers, 0 records, 0 builds read, none damaged\n',
    error: '',
  });
});

test('what is damaged is told, and removed unless it is to be kept', { skip: whyNoLayers() }, async (context) => {
  const { cache, store } = await makeLayerFixture(context);
  const environment = { DIB_IMAGE_CACHE: cache };
  const what = 'names, owners, modes, sizes or times of its files changed';
  const told = (verb: string): string =>
    `${['base', 'left', 'right'].map((id) => `damaged, ${verb}: layers/${id}: ${what}\n`).join('')}3 layers, 1 records, 1 builds read, 3 damaged\n`;
  const kept = await runLine(context, 'dib layers verify --keep', { environment });
  assert.deepEqual(kept, { status: 1, out: told('left'), error: '' });
  const removed = await runLine(context, 'dib layers verify', { environment });
  assert.deepEqual(removed, { status: 1, out: told('removed'), error: '' });
  assert.equal(existsSync(`${store}/layers/base`), false);
  const json = await runLine(context, 'dib layers verify --json', { environment });
  assert.deepEqual(JSON.parse(json.out), { layerCount: 0, recordCount: 1, buildCount: 1, faults: [] });
});
