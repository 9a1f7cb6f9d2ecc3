import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BuildError } from '../../src/base/build-error.js';
import { lookUpPackage, type PackageMap, packageMapTable, readPackageMap } from '../../src/elements/pkg-map.js';
import { writeElements } from './element-fixtures.js';

const sample = JSON.stringify({
  release: { fedora: { '39': { a: 'A39' } }, centos: { '8': { a: 'C8' } } },
  distro: { fedora: { a: 'Afed' } },
  family: { redhat: { a: 'Afam' }, suse: null },
  default: { a: 'A', e: '', m: 'p q', l: ['x', 'y'], n: null },
});

test('a name is looked up by release, distribution, family, default', (t) => {
  const map = mapOf(t, sample);
  const cases: readonly (readonly [string, string, string, readonly string[] | undefined])[] = [
    ['fedora', '39', 'a', ['A39']],
    ['fedora', '40', 'a', ['Afed']],
    ['rhel', '', 'a', ['Afam']],
    ['centos', '8-stream', 'a', ['C8']],
    ['centos', '9-stream', 'a', ['Afam']],
    ['opensuse', '', 'a', ['A']],
    ['fedora', '', 'e', []],
    ['fedora', '', 'm', ['p', 'q']],
    ['fedora', '', 'l', ['x', 'y']],
    ['fedora', '', 'n', []],
    ['fedora', '', 'zz', undefined],
  ];
  for (const [distribution, release, name, expected] of cases) {
    assert.deepEqual(
      lookUpPackage(map, name, { distribution, release }),
      expected,
      `${distribution} ${release} ${name}`,
    );
  }
});

test('a stream release that is written out wins over its number', (t) => {
  const map = mapOf(t, '{"release": {"centos": {"9-stream": {"a": "stream"}, "9": {"a": "number", "b": "number"}}}}');
  const target = { distribution: 'centos', release: '9-stream' };
  assert.deepEqual(lookUpPackage(map, 'a', target), ['stream']);
  assert.deepEqual(lookUpPackage(map, 'b', target), ['number']);
});

test('the flat table has a line for each name of each section', (t) => {
  assert.equal(
    packageMapTable(mapOf(t, sample)),
    `default\ta\tA
default\te\t
default\tm\tp q
default\tl\tx y
default\tn\t
family\tredhat\ta\tAfam
distro\tfedora\ta\tAfed
release\tfedora\t39\ta\tA39
release\tcentos\t8\ta\tC8
`,
  );
});

test('a wrong map is reported with line and column', (t) => {
  const faultsOf = (text: string): readonly (string | undefined)[][] => {
    const { elements } = writeElements(t, { e: { 'pkg-map': text } });
    const faults: BuildError[] = [];
    const [element] = elements;
    assert.ok(element);
    assert.equal(readPackageMap(element, faults), undefined);
    return faults.map((fault) => [
      fault.code,
      fault.message.replace(element.directory, ''),
      fault.where?.replace(element.directory, ''),
      fault.hint,
    ]);
  };
  assert.deepEqual(faultsOf('{\n  "familly": {}\n}\n'), [
    ['PACKAGE_RULE_INVALID', '/pkg-map: unknown key "familly"', '/pkg-map:2:3', 'did you mean "family"?'],
  ]);
  assert.deepEqual(faultsOf('{"default":\n  {"a": 1}}\n'), [
    [
      'PACKAGE_RULE_INVALID',
      '/pkg-map: default.a 1 cannot be used: packages are a text or a list of texts',
      '/pkg-map:2:9',
      undefined,
    ],
  ]);
  assert.deepEqual(
    faultsOf('{"default":\n  {"a": "b",}}\n').map((fault) => [fault[0], fault[2]]),
    [['YAML_INVALID', '/pkg-map:2:13']],
  );
});

function mapOf(t: TestContext, text: string): PackageMap {
  const { elements } = writeElements(t, { e: { 'pkg-map': text } });
  const [element] = elements;
  assert.ok(element);
  const faults: BuildError[] = [];
  const map = readPackageMap(element, faults);
  assert.deepEqual(faults, []);
  assert.ok(map);
  return map;
}
