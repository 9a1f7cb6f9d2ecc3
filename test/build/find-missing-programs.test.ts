import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMissingPrograms } from '../../src/build/find-missing-programs.js';

const needed = [
  { program: 'bash', package: 'bash', neededBy: 'hooks' },
  { program: 'mount', package: 'mount', neededBy: 'the build namespace' },
  { program: 'losetup', package: 'mount', neededBy: 'loop mode' },
];

test('what is missing is one fault, each package named once', () => {
  const [fault, ...others] = findMissingPrograms(needed, {
    find: (program) => (program === 'bash' ? '/bin/bash' : undefined),
  });
  assert.deepEqual(others, []);
  assert.deepEqual(
    [fault?.code, fault?.message, fault?.hint],
    [
      'PROGRAM_MISSING',
      'programs missing on this host:\n  mount (the build namespace)\n  losetup (loop mode)',
      'on Debian and Ubuntu: apt-get install mount',
    ],
  );
});

test('with everything there is none', () => {
  assert.deepEqual(findMissingPrograms(needed, { find: (program) => `/bin/${program}` }), []);
});
