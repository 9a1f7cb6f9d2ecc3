import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildError } from '../../src/base/build-error.js';
import { reportFaults } from '../../src/lint/fault-report.js';
import type { Report } from '../../src/lint/report.js';
import { libraryOf } from './lint-files.js';

test('a fault is put at the file, line and column that it names, else at the file given', async (context) => {
  const element = (await libraryOf(context, { 'a/x': 'x\n', 'a/y': 'y\n' })).elements.get('a');
  assert.ok(element !== undefined);
  const reports: Report[] = [];
  reportFaults({
    faults: [
      new BuildError({
        code: 'YAML_INVALID',
        message: `${element.directory}/x is bad`,
        where: `${element.directory}/x:3:4`,
      }),
      new BuildError({
        code: 'PACKAGE_RULE_INVALID',
        message: 'bad',
        hint: 'mend it',
        where: `${element.directory}/x:7`,
      }),
      new BuildError({ code: 'PACKAGE_RULE_INVALID', message: 'nowhere' }),
    ],
    element,
    fileName: 'y',
    checkOf: (fault) => (fault.code === 'YAML_INVALID' ? 'yaml' : 'svc-map'),
    report: (found) => reports.push(found),
  });
  assert.deepEqual(
    reports.map(({ check, file, line, column, message, hint }) => [
      check,
      file.relativePath,
      line,
      column,
      message,
      hint,
    ]),
    [
      ['yaml', 'x', 3, 4, 'x is bad', undefined],
      ['svc-map', 'x', 7, 1, 'bad', 'mend it'],
      ['svc-map', 'y', undefined, undefined, 'nowhere', undefined],
    ],
  );
});
