import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCliPorts } from '../../src/cli/open-cli-ports.js';
import { findIgnored } from '../../src/lint/find-ignored.js';
import { writeFiles } from './lint-files.js';

const { programs } = openCliPorts({ PATH: process.env.PATH ?? '/usr/bin:/bin' });

test('what git ignores is found; outside a repository nothing is', async (context) => {
  if (programs.find('git') === undefined) return context.skip('git is not installed');
  const directory = writeFiles(context, { 'a/x.orig': '', 'a/b c.orig': '', 'a/y': '', '.gitignore': '*.orig\n' });
  const paths = ['a/x.orig', 'a/b c.orig', 'a/y'].map((path) => join(directory, path));
  assert.deepEqual([...(await findIgnored(programs, paths))], []);
  execFileSync('git', ['init', '-q'], { cwd: directory });
  assert.deepEqual([...(await findIgnored(programs, paths))], paths.slice(0, 2));
});

test('no paths, no question', async () => {
  assert.deepEqual([...(await findIgnored(programs, []))], []);
});
