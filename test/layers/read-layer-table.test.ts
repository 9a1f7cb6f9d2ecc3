import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { assetsDirectory } from '../../src/base/assets.js';
import { digestOfTable, parseLayerTable } from '../../src/layers/layer-entry.js';
import { readLayerTable } from '../../src/layers/read-layer-table.js';

test('the table is that of digest-layer', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-table-'));
  context.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(`${directory}/a/b`, { recursive: true });
  writeFileSync(`${directory}/a/file`, 'text');
  chmodSync(`${directory}/a/file`, 0o4755);
  utimesSync(`${directory}/a/file`, 12, 12.5);
  writeFileSync(`${directory}/a-ü`, '');
  symlinkSync('a/file', `${directory}/link`);
  execFileSync('mkfifo', [`${directory}/pipe`]);
  const text = execFileSync(`${assetsDirectory}/sandbox/digest-layer`, ['--table', directory], { encoding: 'utf8' });
  const table = readLayerTable(directory);
  assert.deepEqual(table, parseLayerTable(text));
  assert.equal(digestOfTable(table ?? []), digestOfTable(parseLayerTable(text)));
});

test('what cannot be read is left to the program', () => {
  assert.equal(readLayerTable('/nonexistent'), undefined);
});
