import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BuildError,
  BuildErrors,
  faultsOf,
  formatFault,
  hasErrorCode,
  throwFaults,
} from '../../src/base/build-error.js';

const fault = (message: string): BuildError => new BuildError({ code: 'USAGE', message });

test('a fault is printed as one block: message, place, hint', () => {
  const error = new BuildError({
    code: 'ELEMENT_NOT_FOUND',
    message: 'element "vmm" not found',
    where: 'a.yaml:3:1',
    hint: 'did you mean "vm"?',
  });
  assert.equal(
    formatFault(error),
    'error ELEMENT_NOT_FOUND: element "vmm" not found\n  at: a.yaml:3:1\n  hint: did you mean "vm"?',
  );
});

test('no fault throws nothing, one throws itself, several come together', () => {
  throwFaults([]);
  assert.throws(() => throwFaults([fault('one')]), { name: 'BuildError', message: 'one' });
  assert.throws(
    () => throwFaults([fault('one'), fault('two')]),
    (error: unknown) =>
      error instanceof BuildErrors &&
      faultsOf(error)
        .map((found) => found.message)
        .join() === 'one,two',
  );
});

test('an unexpected error has no faults in it', () => {
  assert.deepEqual(faultsOf(new Error('bug')), []);
});

test('system errors are told by their code', () => {
  assert.equal(hasErrorCode(Object.assign(new Error('x'), { code: 'ENOENT' }), 'ENOENT'), true);
  assert.equal(hasErrorCode(new Error('ENOENT'), 'ENOENT'), false);
});
