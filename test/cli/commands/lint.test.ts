import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runCommand } from '../../../src/cli/run-command.js';
import { openRecordingWorld } from '../recording-world.js';
import { runLine } from './run-line.js';

const hook = '#!/bin/bash\nset -eu -o pipefail\nif [ "${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then set -x; fi\n\n';

/** Runs words in a directory that holds the files. */
async function runIn(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const world = openRecordingWorld(context, environment);
  for (const [path, text] of Object.entries(files)) {
    const absolutePath = join(world.workingDirectory, path);
    mkdirSync(dirname(absolutePath), { recursive: true });
    writeFileSync(absolutePath, text);
    if (text.startsWith('#!')) chmodSync(absolutePath, 0o755);
  }
  const [programName = '', ...rest] = words;
  const status = await runCommand({ programName, arguments: rest, world });
  return { status, ...world.written };
}

const good = { 'elements/a/README.rst': 'a\n', 'elements/a/install.d/50-a': `${hook}true\n` };
const warned = { ...good, 'elements/a/install.d/60-a': `${hook}curl https://example.org/x\n` };
const bad = { ...good, 'elements/a/install.d/60-a': `${hook}which x\n` };

test('a good directory passes, found where checkouts have it', async (context) => {
  assert.deepEqual(await runIn(context, good, ['dib', 'lint']), {
    status: 0,
    out: '1 element, 2 files: 0 errors, 0 warnings\n',
    error: '',
  });
});

test('errors fail, warnings only when asked', async (context) => {
  assert.deepEqual(await runIn(context, bad, ['dib', 'lint', 'elements/a']), {
    status: 1,
    out: 'elements/a/install.d/60-a:5:1: error: which is not everywhere (which)\n  hint: use type -p or command -v\n1 element, 3 files: 1 error, 0 warnings\n',
    error: '',
  });
  assert.equal((await runIn(context, warned, ['dib', 'lint'])).status, 0);
  assert.equal((await runIn(context, warned, ['dib', 'lint', '--fail-on', 'warning'])).status, 1);
});

test('a check can be weighed otherwise, or switched off, for one run or for the project', async (context) => {
  assert.equal((await runIn(context, warned, ['dib', 'lint', '--severity', 'network=error'])).status, 1);
  assert.equal((await runIn(context, bad, ['dib', 'lint', '--severity=which=off'])).status, 0);
  const project = { ...bad, 'tox.ini': '[dib-lint]\nignore = which\n' };
  assert.equal((await runIn(context, project, ['dib', 'lint'])).status, 0);
  assert.equal((await runIn(context, project, ['dib-lint'])).status, 0);
});

test('machine-readable forms', async (context) => {
  const json = JSON.parse((await runIn(context, bad, ['dib', 'lint', '--format', 'json'])).out);
  assert.deepEqual(
    json.findings.map((finding: { check: string }) => finding.check),
    ['which'],
  );
  const sarif = JSON.parse((await runIn(context, bad, ['dib', 'lint', '--format', 'sarif'])).out);
  assert.equal(sarif.runs[0].results[0].ruleId, 'which');
});

test('wrong options are reported together', async (context) => {
  const { status, error } = await runLine(context, 'dib lint --format txt --severity whoch=off,sete=bad');
  assert.equal(status, 1);
  assert.equal(
    error,
    [
      'error USAGE: --format "txt" is none of text, json, sarif',
      '  hint: did you mean "text"?',
      'error USAGE: no check is called "whoch"',
      '  hint: did you mean "which"?',
      'error USAGE: "sete=bad" gives no severity',
      '  hint: sete=error, sete=warning or sete=off',
      '',
    ].join('\n'),
  );
});

test('a path that is no directory is an error', async (context) => {
  const { status, error } = await runLine(context, 'dib lint nowhere');
  assert.equal(status, 1);
  assert.match(error, /^error ELEMENT_DIRECTORY_INVALID: ".*\/nowhere" is not a directory\n/);
});

test('the checks are listed', async (context) => {
  const { status, out } = await runLine(context, 'dib lint --list-checks');
  assert.equal(status, 0);
  assert.match(out, /^safe_sudo +error /m);
});

test('dib-lint prints each file and its verdict, and fails only for what it always found', async (context) => {
  assert.deepEqual(await runIn(context, warned, ['dib-lint']), {
    status: 0,
    out: 'Checking elements/a/README.rst\nChecking elements/a/install.d/50-a\nChecking elements/a/install.d/60-a\nWARNING: elements/a/install.d/60-a:5:1: curl downloads in every build, also with --offline (network)\nPASS\n',
    error: '',
  });
  const failed = await runIn(context, bad, ['dib-lint']);
  assert.equal(failed.status, 1);
  assert.match(failed.out, /\nERROR: elements\/a\/install\.d\/60-a:5:1: .*\n\*\*\* FAIL: Some checks failed\n$/);
});

test('dib-lint looks where ELEMENTS_DIR and LIB_DIR say', async (context) => {
  const files = { 'e/a/README.rst': 'a\n', 'l/functions': '\tx\n' };
  const { status, out } = await runIn(context, files, ['dib-lint'], { ELEMENTS_DIR: 'e', LIB_DIR: 'l' });
  assert.equal(status, 1);
  assert.equal(
    out,
    'Checking e/a/README.rst\nChecking l/functions\nERROR: l/functions:1:1: indented with a tab (tabindent)\n*** FAIL: Some checks failed\n',
  );
});
