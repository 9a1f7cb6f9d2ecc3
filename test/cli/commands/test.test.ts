import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../../src/base/assets.js';
import { writeElements } from './element-fixture.js';
import { runLine } from './run-line.js';

const skip =
  process.getuid?.() !== 0
    ? 'builds as root'
    : existsSync(join(packageDirectory, 'dist/cli/main.js'))
      ? false
      : 'not built: dist/cli/main.js is missing';

const fixtures = join(packageDirectory, 'test/fixtures/elements/third-party');
const hook = (text: string): string => `#!/bin/bash\nset -eu -o pipefail\n${text}\n`;

const elements = {
  'thing/element-deps': '',
  'thing/test-elements/fails/element-deps': 'fake-os\n',
  'thing/test-elements/fails/extra-data.d/50-fails': hook('echo "it broke"\nexit 3'),
  'thing/test-elements/fails-well/element-deps': 'fake-os\n',
  'thing/test-elements/fails-well/extra-data.d/50-fails-well': hook(
    'touch "$TMP_MOUNT_PATH/tmp/dib-test-should-fail"\nexit 3',
  ),
  'thing/test-elements/never-fails/element-deps': 'fake-os\n',
  'thing/test-elements/never-fails/extra-data.d/50-never-fails': hook(
    'touch "$TMP_MOUNT_PATH/tmp/dib-test-should-fail"',
  ),
  'thing/test-elements/works/element-deps': 'fake-os\n',
  'thing/test-elements/works/test-output-formats': 'tar,squashfs\n',
  'thing/test-elements/old-arm64-works/element-deps': 'fake-os\n',
};

test('the list says what runs and what does not', async (context) => {
  const directory = writeElements(context, elements);
  const { status, out } = await runLine(context, 'dib test -l thing', { environment: { ELEMENTS_PATH: directory } });
  assert.equal(status, 0);
  assert.equal(
    out,
    [
      'thing/fails [run]',
      'thing/fails-well [run]',
      'thing/never-fails [run]',
      'thing/old-arm64-works [skip] it runs programs of another architecture',
      'thing/works [run]',
      '',
    ].join('\n'),
  );
});

test('a test that is not there is a wrong command line', async (context) => {
  const directory = writeElements(context, elements);
  const { status, error } = await runLine(context, 'dib test thing/wrks', {
    environment: { ELEMENTS_PATH: directory },
  });
  assert.equal(status, 1);
  assert.equal(
    error,
    'error USAGE: "thing/wrks" is neither an element with tests nor a test\n  hint: did you mean "thing/works"?\n',
  );
});

test('tests are built, judged and reported', { skip }, async (context) => {
  const directory = writeElements(context, elements);
  const temporaryDirectory = mkdtempSync(join(tmpdir(), 'dib-harness-'));
  context.after(() => rmSync(temporaryDirectory, { recursive: true }));
  const logs = join(temporaryDirectory, 'logs');
  const { status, out } = await runLine(
    context,
    `dib test -j 2 --keep-going -L ${logs} --junit ${temporaryDirectory}/junit.xml thing`,
    { environment: { ELEMENTS_PATH: `${directory}:${fixtures}`, TMPDIR: temporaryDirectory } },
  );
  assert.equal(status, 1);
  const results = out
    .split('\n')
    .filter((line) => /^(PASS|FAIL|\d)/.test(line))
    .map((line) => line.replace(/after [\d.]+ m?s/, 'after T'));
  assert.deepEqual(results.sort(), [
    '2 passed, 2 failed, 1 skipped',
    'FAIL thing/fails after T: the build failed with exit status 3',
    'FAIL thing/never-fails after T: should have failed, but the build succeeded',
    'PASS thing/fails-well after T: failed as it should, with exit status 3',
    'PASS thing/works after T: made image.tar, image.squash',
  ]);
  assert.deepEqual(readdirSync(logs).sort(), [
    'thing_fails-well.PASS.log',
    'thing_fails.FAIL.log',
    'thing_never-fails.FAIL.log',
    'thing_works.PASS.log',
  ]);
  assert.match(readFileSync(join(logs, 'thing_fails.FAIL.log'), 'utf8'), / \| it broke$/m);
  assert.match(
    readFileSync(join(temporaryDirectory, 'junit.xml'), 'utf8'),
    /^<testsuites name="dib test" tests="5" failures="2" errors="0" skipped="1" time="[\d.]+">$/m,
  );
  assert.deepEqual(readdirSync(temporaryDirectory).sort(), ['junit.xml', 'logs']);
});

test('a failure keeps further tests from starting, and -k keeps what was made', { skip }, async (context) => {
  const directory = writeElements(context, elements);
  const temporaryDirectory = mkdtempSync(join(tmpdir(), 'dib-harness-'));
  context.after(() => rmSync(temporaryDirectory, { recursive: true }));
  const { status, out } = await runLine(context, 'dib test -k thing/fails-well thing/never-fails thing/works', {
    environment: { ELEMENTS_PATH: `${directory}:${fixtures}`, TMPDIR: temporaryDirectory },
  });
  assert.equal(status, 1);
  assert.match(out, /^1 passed, 1 failed, 1 skipped$/m);
  const kept = /^kept (.*)$/m.exec(out)?.[1] ?? '';
  assert.deepEqual(readdirSync(kept).sort(), ['thing_fails-well', 'thing_never-fails']);
  assert.deepEqual(readdirSync(join(kept, 'thing_fails-well')).sort(), ['dib-test-should-fail', 'image.yaml', 'tmp']);
});
