import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookHead, lintFiles, messagesOf } from './lint-files.js';

test('names that run, are sourced or are staged on purpose are fine', async (context) => {
  assert.deepEqual(
    await lintFiles(context, {
      'a/install.d/050-a_B-c': `${hookHead}true\n`,
      'a/install.d/a-source-install/10-a': `${hookHead}true\n`,
      'a/environment.d/10-a.bash': 'export A=1\n',
      'a/static/etc/x.conf.d/10-a.conf': 'x\n',
      'a/init.d/10-a': 'x\n',
      'a/data/x.sh': 'x\n',
      'a/.gitignore': 'x\n',
    }),
    [],
  );
});

test('a README of either kind is enough', async (context) => {
  assert.deepEqual(await lintFiles(context, { 'a/README.rst': 'a\n', 'a/README.md': 'a\n', 'a/docs.md': 'a\n' }), [
    'a/docs.md:1:1 mddocs',
  ]);
});

test('a name that never runs gets a suggestion', async (context) => {
  assert.deepEqual(
    await messagesOf(context, { 'a/install.d/10-a.sh': `${hookHead}true\n`, 'a/instal.d/10-a': `${hookHead}true\n` }),
    [
      '"instal.d" is no phase: nothing in it runs [did you mean "install.d"?]',
      `"10-a.sh" never runs: a hook's name has letters, digits, _ and - only [rename it to "10-a"]`,
    ],
  );
});

test('unit tests of an element are none of the build', async (context) => {
  assert.deepEqual(await lintFiles(context, { 'a/tests/50 a.sh': `${hookHead}false | tee x\n` }), []);
});
