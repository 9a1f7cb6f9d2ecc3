import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildError } from '../../src/base/build-error.js';
import { installTypeOf, isRuleSelected } from '../../src/elements/package-filter.js';
import type { PackageRule } from '../../src/elements/package-installs-schema.js';

test('values of conditions are taken as they are, two equals signs mean one', () => {
  const environment = { A: '1', B: '', C: ' x ' };
  const results = ['A=1', 'A = 1', 'A == 1', 'A=1 ', 'A="1"', 'B=', 'B!=1', 'C= x ', 'C=x '].map((when) =>
    isSelected({ when: [when] }, environment),
  );
  assert.deepEqual(results, [true, true, true, false, false, true, true, false, false]);
});

test('every unset variable of a list of conditions is reported', () => {
  const faults: BuildError[] = [];
  isRuleSelected(
    { element: 'e', packageName: 'p', rule: { when: ['A=2', 'B=1', 'C=1'] }, where: 'f:1:1' },
    { A: '1' },
    faults,
  );
  assert.deepEqual(
    faults.map((fault) => fault.message),
    ['package "p" has the condition "B=1", but B is not set', 'package "p" has the condition "C=1", but C is not set'],
  );
});

test('an architecture rule needs ARCH', () => {
  const faults: BuildError[] = [];
  isRuleSelected({ element: 'e', packageName: 'p', rule: { arch: ['arm64'] }, where: 'f:1:1' }, {}, faults);
  assert.deepEqual(
    faults.map((fault) => fault.message),
    ['package "p" asks for an architecture, but ARCH is not set'],
  );
});

test('the install type of an element: its own variable, the default, source', () => {
  assert.equal(installTypeOf('simple-init', {}), 'source');
  assert.equal(installTypeOf('simple-init', { DIB_DEFAULT_INSTALLTYPE: 'package' }), 'package');
  const own = { DIB_DEFAULT_INSTALLTYPE: 'package', DIB_INSTALLTYPE_simple_init: 'repo' };
  assert.equal(installTypeOf('simple-init', own), 'repo');
});

function isSelected(rule: PackageRule, environment: Readonly<Record<string, string>>): boolean {
  const faults: BuildError[] = [];
  const isIn = isRuleSelected({ element: 'e', packageName: 'p', rule, where: 'f:1:1' }, environment, faults);
  assert.deepEqual(faults, []);
  return isIn;
}
