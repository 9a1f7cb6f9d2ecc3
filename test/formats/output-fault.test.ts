import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildError, formatFault } from '../../src/base/build-error.js';
import { nameOutputFault } from '../../src/formats/output-fault.js';

const system = (code: string): Error => Object.assign(new Error(code), { code });
const program = (message: string): BuildError => new BuildError({ code: 'COMMAND_FAILED', message });
const told = (error: unknown): string => {
  const named = nameOutputFault(error, '/out/image');
  return named instanceof BuildError ? formatFault(named) : 'as it is';
};

test('faults of the system get words', () => {
  assert.equal(told(system('ENOENT')), 'error OUTPUT_UNWRITABLE: cannot write /out/image.*: /out does not exist');
  assert.equal(
    told(system('EROFS')),
    'error OUTPUT_UNWRITABLE: cannot write /out/image.*: /out is on a read-only file system',
  );
});

test('a full disk is known from our own calls and from what programs say', () => {
  const text = [
    'error OUTPUT_UNWRITABLE: cannot write /out/image.*: /out is on a full file system',
    '  hint: free some space there, or name another place with -o; images that were there are unharmed',
  ].join('\n');
  assert.equal(told(system('ENOSPC')), text);
  assert.equal(told(program("dd exited with 1\n  dd: error writing 'x': No space left on device")), text);
});

test('other faults stay as they are', () => {
  const error = program('tar exited with 2\n  tar: x: Permission denied');
  assert.equal(nameOutputFault(error, '/out/image'), error);
  const bug = new TypeError('x');
  assert.equal(nameOutputFault(bug, '/out/image'), bug);
});
