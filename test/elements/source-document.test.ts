import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { BuildError } from '../../src/base/build-error.js';
import { entriesOf, readJsonSource, readYamlSource } from '../../src/elements/source-document.js';

test('keys are names as they are written, and of equal ones the last counts', (t) => {
  const path = fileWith(t, '1.10: a\nno: b\n"q": c\nno: d\n');
  const faults: BuildError[] = [];
  const document = readYamlSource(path, faults);
  assert.ok(document);
  assert.deepEqual(
    entriesOf(document, document.root)?.map((entry) => [entry.key, document.valueOf(entry.valueNode)]),
    [
      ['1.10', 'a'],
      ['no', 'd'],
      ['q', 'c'],
    ],
  );
  assert.deepEqual(faults, []);
});

test('an alias stands for its map', (t) => {
  const path = fileWith(t, 'a: &rule {arch: arm64}\nb: *rule\n');
  const document = readYamlSource(path, []);
  assert.ok(document);
  const [, second] = entriesOf(document, document.root) ?? [];
  assert.deepEqual(
    entriesOf(document, second?.valueNode)?.map((entry) => entry.key),
    ['arch'],
  );
});

test('a YAML fault has line and column', (t) => {
  const path = fileWith(t, 'a:\n  - b\n c: d\n');
  const faults: BuildError[] = [];
  assert.equal(readYamlSource(path, faults), undefined);
  assert.deepEqual(
    faults.map((fault) => [fault.code, fault.where]),
    [['YAML_INVALID', `${path}:3:1`]],
  );
});

test('a JSON fault has line and column, and YAML is not JSON', (t) => {
  const path = fileWith(t, '{\n  "a": 1,\n  b: 2\n}\n');
  const faults: BuildError[] = [];
  assert.equal(readJsonSource(path, faults), undefined);
  assert.deepEqual(
    faults.map((fault) => [fault.code, fault.where]),
    [['YAML_INVALID', `${path}:3:3`]],
  );
});

test('JSON that ends too early is reported at its end', (t) => {
  const path = fileWith(t, '{\n  "a": 1');
  const faults: BuildError[] = [];
  assert.equal(readJsonSource(path, faults), undefined);
  assert.deepEqual(
    faults.map((fault) => fault.where),
    [`${path}:2:9`],
  );
});

function fileWith(t: TestContext, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-source-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'file'), text);
  return join(directory, 'file');
}
