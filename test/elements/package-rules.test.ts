import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildError } from '../../src/base/build-error.js';
import { readPackageRules } from '../../src/elements/package-rules.js';
import { writeElements } from './element-fixtures.js';

test('the JSON file is read before the YAML file, each in its own order, and a .json may hold YAML', (t) => {
  const { elements } = writeElements(t, {
    e: { 'package-installs.yaml': 'b:\na: []\n', 'package-installs.json': '# not JSON\nz: {phase: pre-install.d}\n' },
  });
  const [element] = elements;
  assert.ok(element);
  const faults: BuildError[] = [];
  assert.deepEqual(
    readPackageRules(element, faults).map((rule) => [rule.packageName, rule.rule, rule.where.replace(/.*\//, '')]),
    [
      ['z', { phase: 'pre-install.d' }, 'package-installs.json:2:1'],
      ['b', {}, 'package-installs.yaml:1:1'],
      ['a', {}, 'package-installs.yaml:2:1'],
    ],
  );
  assert.deepEqual(faults, []);
});

test('an empty file, or one of comments, declares nothing', (t) => {
  const { elements } = writeElements(t, {
    a: { 'package-installs.yaml': '' },
    b: { 'package-installs.yaml': '# curl:\n' },
    c: { 'package-installs.yaml': '---\n' },
  });
  const faults: BuildError[] = [];
  assert.deepEqual(
    elements.map((element) => readPackageRules(element, faults)),
    [[], [], []],
  );
  assert.deepEqual(faults, []);
});

test('names that cannot be package names are refused', (t) => {
  const { elements } = writeElements(t, { e: { 'package-installs.yaml': '"-rf":\n"a\\tb":\n"":\n' } });
  const [element] = elements;
  assert.ok(element);
  const faults: BuildError[] = [];
  assert.deepEqual(readPackageRules(element, faults), []);
  assert.deepEqual(
    faults.map((fault) => fault.message),
    ['"-rf" is not a package name', '"a\\tb" is not a package name', '"" is not a package name'],
  );
});
