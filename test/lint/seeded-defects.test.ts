import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openCliPorts } from '../../src/cli/open-cli-ports.js';
import { checkPython } from '../../src/lint/check-python.js';
import { checkNames, checkTable } from '../../src/lint/check-table.js';
import type { Finding } from '../../src/lint/finding.js';
import { lintElements } from '../../src/lint/lint-elements.js';
import { seededDefectTable } from './seeded-defect-table.js';
import { copyGoodElements, withEdits } from './seeded-elements.js';

const { programs } = openCliPorts({ PATH: process.env.PATH ?? '/usr/bin:/bin' });
let directory: string;

before(() => {
  directory = copyGoodElements();
});

after(() => rmSync(directory, { recursive: true }));

async function findFaults(): Promise<readonly Finding[]> {
  const { findings } = await lintElements({
    elementDirectories: [directory],
    otherElementDirectories: [],
    showPath: (path) => relative(directory, path),
    checkPython: (files, report) => checkPython(programs, files, report),
  });
  return findings;
}

describe('each seeded defect is found, where it is', () => {
  for (const { name, check, at, edits } of seededDefectTable) {
    test(name, async (context) => {
      if (check === 'flake8' && programs.find('python3') === undefined) return context.skip('python3 is not installed');
      const findings = await withEdits(directory, edits, findFaults);
      const places = findings
        .filter((finding) => finding.check === check)
        .flatMap((finding) => [finding.path, `${finding.path}:${finding.line}`]);
      assert.ok(places.includes(at), `${check} at ${at}; found ${JSON.stringify(findings, undefined, 1)}`);
    });
  }
});

test('the good elements have no fault, before and after', async () => {
  assert.deepEqual(await findFaults(), []);
});

test('the corpus has at least a hundred defects, no two of one name, and one for each check', () => {
  assert.ok(seededDefectTable.length >= 100);
  assert.equal(new Set(seededDefectTable.map((defect) => defect.name)).size, seededDefectTable.length);
  const seeded = new Set(seededDefectTable.map((defect) => defect.check));
  assert.deepEqual(
    checkNames.filter((name) => !seeded.has(name)),
    [],
  );
  assert.ok(Object.values(checkTable).every((row) => row.summary.endsWith('.')));
});
