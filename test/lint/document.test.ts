import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { type CheckRow, checkTable } from '../../src/lint/check-table.js';

test('docs/lint.md lists every check', () => {
  const path = join(packageDirectory, 'docs/lint.md');
  const heading = '| --- | --- | --- |\n';
  const text = readFileSync(path, 'utf8');
  const before = text.slice(0, text.lastIndexOf(heading) + heading.length);
  const rows = Object.entries(checkTable).map(([name, row]: [string, CheckRow]) => {
    const severity = row.isOriginal === true ? `${row.severity}, *classic*` : row.severity;
    return `| \`${name}\` | ${severity} | ${row.summary} |\n`;
  });
  const expected = before + rows.join('');
  if (process.env.UPDATE_GENERATED) writeFileSync(path, expected);
  assert.equal(readFileSync(path, 'utf8'), expected);
});
