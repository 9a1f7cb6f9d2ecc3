import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCliPorts } from '../../src/cli/open-cli-ports.js';
import { checkPython } from '../../src/lint/check-python.js';
import type { LintFile } from '../../src/lint/lint-file.js';
import type { Report } from '../../src/lint/report.js';
import type { Programs } from '../../src/model/ports.js';
import { writeFiles } from './lint-files.js';

const { programs } = openCliPorts({ PATH: process.env.PATH ?? '/usr/bin:/bin' });

function fileOf(absolutePath: string): LintFile {
  return {
    absolutePath,
    path: 'x',
    relativePath: 'x',
    role: { kind: 'program' },
    kind: 'file',
    isExecutable: true,
    disabledChecks: new Set(),
  };
}

test('without flake8, files that cannot be parsed are found by Python itself', async (context) => {
  if (programs.find('python3') === undefined) return context.skip('python3 is not installed');
  const directory = writeFiles(context, {
    good: '#!/usr/bin/env python3\nprint("x")\n',
    bad: '#!python3\n\ndef f(:\n',
  });
  const plain: Programs = { ...programs, find: (name) => (name === 'flake8' ? undefined : programs.find(name)) };
  const reports: Report[] = [];
  await checkPython(plain, [fileOf(`${directory}/good`), fileOf(`${directory}/bad`)], (found) => reports.push(found));
  assert.deepEqual(
    reports.map(({ file, line, message }) => [file.absolutePath.slice(directory.length), line, message]),
    [['/bad', 3, 'invalid syntax']],
  );
});

test('with neither, nothing is asked', async () => {
  const none: Programs = { ...programs, find: () => undefined, run: () => Promise.reject(new Error('no program')) };
  await checkPython(none, [fileOf('/x')], () => assert.fail());
});
