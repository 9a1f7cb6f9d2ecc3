import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { runOwnProgram } from '../../src/build/run-own-program.js';

const skip = existsSync(join(packageDirectory, 'dist/cli/main.js')) ? false : 'not built: dist/cli/main.js is missing';

test('a program of the package runs as a child, and its lines are told apart', { skip }, async () => {
  const lines: string[] = [];
  const { exitStatus } = await runOwnProgram({
    programName: 'dib',
    arguments: ['elements', 'lst'],
    environment: { PATH: process.env.PATH ?? '' },
    workingDirectory: packageDirectory,
    nodePath: process.execPath,
    onLine: (line, stream) => lines.push(`${stream}: ${line}`),
    signal: new AbortController().signal,
  });
  assert.equal(exitStatus, 1);
  assert.deepEqual(lines, [
    'stderr: error USAGE: dib elements has no subcommand "lst"',
    'stderr:   hint: did you mean "list"?',
  ]);
});
