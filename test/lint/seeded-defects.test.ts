import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { describe, test } from 'node:test';
import { openCliPorts } from '../../src/cli/open-cli-ports.js';
import { checkPython } from '../../src/lint/check-python.js';
import type { Finding } from '../../src/lint/finding.js';
import { lintElements } from '../../src/lint/lint-elements.js';
import { seededDefectTable } from './seeded-defect-table.js';
import { seedElements } from './seeded-elements.js';

const { programs } = openCliPorts({ PATH: process.env.PATH ?? '/usr/bin:/bin' });

async function findingsIn(directory: string): Promise<readonly Finding[]> {
  const { findings } = await lintElements({
    elementDirectories: [directory],
    otherElementDirectories: [],
    showPath: (path) => relative(directory, path),
    checkPython: (files, report) => checkPython(programs, files, report),
  });
  return findings;
}

test('the good elements have no fault', async (context) => {
  assert.deepEqual(await findingsIn(seedElements(context, [])), []);
});

describe('each seeded defect is found, where it is', () => {
  for (const { name, check, at, edits } of seededDefectTable) {
    test(name, async (context) => {
      if (check === 'flake8' && programs.find('python3') === undefined) return context.skip('python3 is not installed');
      const findings = await findingsIn(seedElements(context, edits));
      const places = findings
        .filter((finding) => finding.check === check)
        .flatMap((finding) => [finding.path, `${finding.path}:${finding.line}`]);
      assert.ok(places.includes(at), `${check} at ${at}; found ${JSON.stringify(findings, undefined, 1)}`);
    });
  }
});

test('the corpus has at least a hundred defects, no two of one name', () => {
  assert.ok(seededDefectTable.length >= 100);
  assert.equal(new Set(seededDefectTable.map((defect) => defect.name)).size, seededDefectTable.length);
});
