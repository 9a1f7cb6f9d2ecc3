import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { draftResult, keepResult } from '../../src/build/keep-result.js';
import { openPorts } from '../../src/build/open-ports.js';
import { readKeptResult, resultDirectory } from '../../src/layers/kept-result.js';
import type { EventContent } from '../../src/model/event.js';

test('files of a result get a name in the store; without them nothing is kept, and it is told', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-keep-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const events: EventContent[] = [];
  const ports = openPorts({
    pathDirectories: ['/usr/bin', '/bin'],
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
  });
  const imagePath = `${directory}/image`;
  const draft = {
    imagePath,
    key: 'k',
    createdMs: 1,
    durationMs: 2,
    artifacts: [
      {
        artifact: { format: 'raw', path: `${imagePath}.raw`, sizeBytes: 4, digests: {} },
        extension: 'raw',
        name: 'image.raw',
      },
    ],
    outputs: [{ path: `${directory}/notes`, name: 'output-0' }],
    conditions: { archives: {}, declared: {}, variables: {} },
  };
  const kept = resultDirectory(directory, imagePath);
  await keepResult(directory, imagePath, ports);
  assert.equal(existsSync(kept), false);

  writeFileSync(`${imagePath}.raw`, 'disk');
  mkdirSync(`${directory}/notes`);
  writeFileSync(`${directory}/notes/one`, '1');
  await draftResult(directory, draft);
  await keepResult(directory, imagePath, ports);
  assert.equal((await readKeptResult(kept))?.key, 'k');
  assert.equal(readFileSync(`${kept}/image.raw`, 'utf8'), 'disk');
  assert.equal(readFileSync(`${kept}/output-0/one`, 'utf8'), '1');
  assert.equal(events.length, 0);

  rmSync(`${imagePath}.raw`);
  await draftResult(directory, draft);
  await keepResult(directory, imagePath, ports);
  assert.equal(existsSync(kept), false);
  assert.equal(events.filter((event) => event.kind === 'message' && event.level === 'warning').length, 1);
});
