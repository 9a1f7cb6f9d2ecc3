import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BuildErrors, faultsOf } from '../../src/base/build-error.js';
import { planPackages } from '../../src/elements/package-plan.js';
import type { SquashedPackages } from '../../src/elements/package-squash.js';
import { tableElements, writeElements } from './element-fixtures.js';

const kernelRules = `linux-image-generic:
  - not-arch: arm64
    when: DIB_UBUNTU_KERNEL = linux-image-generic
  - arch: arm64
    when:
      - DIB_RELEASE != xenial
      - DIB_UBUNTU_KERNEL = linux-image-generic
linux-generic-hwe-16.04:
  arch: arm64
  when:
    - DIB_RELEASE = xenial
    - DIB_UBUNTU_KERNEL = linux-image-generic
`;
const kernel = { DIB_UBUNTU_KERNEL: 'linux-image-generic' };

test('a package without a rule is installed in install.d', (t) => {
  assert.deepEqual(squash(t, { test_element: "test_package: ''\n" }, {}), installs('test_package'));
});

test('arch and not-arch choose by ARCH', (t) => {
  const rules = "test_package: ''\ntest_arm64_package: {arch: arm64}\ndo_not_install: {not-arch: arm64}\n";
  assert.deepEqual(
    squash(t, { test_element: rules }, { ARCH: 'arm64' }),
    installs('test_package', 'test_arm64_package'),
  );
});

test('blanks after the commas of architecture lists do not count', (t) => {
  const rules = 'kexec-tools: {arch: "ppc64, ppc64le"}\nmemtest: {not-arch: "ppc64, ppc64le"}\n';
  assert.deepEqual(squash(t, { test_element: rules }, { ARCH: 'ppc64le' }), installs('kexec-tools'));
});

test('of two rules for the kernel the one for other architectures applies on x86_64', (t) => {
  const environment = { ...kernel, ARCH: 'x86_64', DIB_RELEASE: 'focal' };
  assert.deepEqual(squash(t, { test_element: kernelRules }, environment), installs('linux-image-generic'));
});

test('the kernel of xenial on arm64 is the hardware-enablement one', (t) => {
  const environment = { ...kernel, ARCH: 'arm64', DIB_RELEASE: 'xenial' };
  assert.deepEqual(squash(t, { test_element: kernelRules }, environment), installs('linux-generic-hwe-16.04'));
});

test('the kernel of focal on arm64 is the generic one', (t) => {
  const environment = { ...kernel, ARCH: 'arm64', DIB_RELEASE: 'focal' };
  assert.deepEqual(squash(t, { test_element: kernelRules }, environment), installs('linux-image-generic'));
});

test('conditions compare a variable with = and !=', (t) => {
  const rules =
    'a: {when: DIB_FEATURE=0}\nb: {when: DIB_FEATURE=1}\nc: {when: DIB_FEATURE!=0}\nd: {when: DIB_FEATURE!=1}\n';
  assert.deepEqual(squash(t, { test_element: rules }, { DIB_FEATURE: '1' }), installs('b', 'c'));
});

test('a condition on an unset variable is a fault that names variable and place', (t) => {
  const elementSet = writeElements(t, {
    ...tableElements,
    test_element: { 'package-installs.yaml': 'other:\nfoo:\n  when: MISSING_VAR=1\n' },
  });
  const faults: Parameters<typeof planPackages>[0]['faults'] = [];
  planPackages({ elementSet, environment: {}, faults });
  assert.deepEqual(
    faults.map((fault) => [fault.code, fault.message, fault.where]),
    [
      [
        'PACKAGE_RULE_INVALID',
        'package "foo" has the condition "MISSING_VAR=1", but MISSING_VAR is not set',
        `${elementSet.elements.at(-1)?.directory}/package-installs.yaml:2:1`,
      ],
    ],
  );
});

test('an unset variable does not matter when the architecture rejects the rule already', (t) => {
  const rules = 'foo: {arch: arm64, when: MISSING_VAR=1}\n';
  assert.deepEqual(squash(t, { test_element: rules }, { ARCH: 'amd64' }), {});
});

test('all conditions of a list must hold', (t) => {
  const rules = `yes_package:
  when: [DIB_A_FEATURE=1, DIB_B_FEATURE=1, DIB_C_FEATURE=1]
no_package:
  when: [DIB_A_FEATURE=1, DIB_B_FEATURE=0, DIB_C_FEATURE=1]
`;
  const environment = { DIB_A_FEATURE: '1', DIB_B_FEATURE: '1', DIB_C_FEATURE: '1' };
  assert.deepEqual(squash(t, { test_element: rules }, environment), installs('yes_package'));
});

test('a plain install before a build-only one keeps the package', (t) => {
  assert.deepEqual(squash(t, { element1: 'p:\n', element2: 'p: {build-only: true}\n' }, {}), {
    'install.d': {
      install: [
        ['p', 'element1'],
        ['p', 'element2'],
      ],
      uninstall: [],
    },
  });
});

test('a plain install after a build-only one keeps the package', (t) => {
  const first = { element1: 'p: {build-only: true}\n' };
  assert.deepEqual(squash(t, first, {}), {
    'install.d': { install: [['p', 'element1']], uninstall: [['p', 'element1']] },
  });
  assert.deepEqual(squash(t, { ...first, element2: 'p:\n' }, {}), {
    'install.d': {
      install: [
        ['p', 'element1'],
        ['p', 'element2'],
      ],
      uninstall: [],
    },
  });
});

test('a plain install that does not apply does not cancel an uninstall, in either order', (t) => {
  const expected = { 'install.d': { install: [], uninstall: [['p', 'remover']] } };
  const remover = { remover: 'p: {uninstall: true}\n' };
  const rejected = { rejected: 'p: {arch: arm64}\n' };
  assert.deepEqual(squash(t, { ...remover, ...rejected }, { ARCH: 'amd64' }), expected);
  assert.deepEqual(squash(t, { ...rejected, ...remover }, { ARCH: 'amd64' }), expected);
});

test('uninstall: false and build-only: no install', (t) => {
  const rules = 'a: {uninstall: false}\nb: {build-only: no}\nc: {uninstall: }\n';
  assert.deepEqual(squash(t, { test_element: rules }, {}), {
    'install.d': {
      install: [
        ['a', 'test_element'],
        ['b', 'test_element'],
      ],
      uninstall: [['c', 'test_element']],
    },
  });
});

test('build-only wins over uninstall in one rule', (t) => {
  assert.deepEqual(squash(t, { e: 'p: {build-only: true, uninstall: true}\n' }, {}), {
    'install.d': { install: [['p', 'e']], uninstall: [['p', 'e']] },
  });
});

test('phases do not touch each other and come in order', (t) => {
  const squashed = squash(
    t,
    { e: 'a: {phase: post-install.d}\nb: {phase: pre-install.d, uninstall: true}\nb2:\n' },
    {},
  );
  assert.deepEqual(Object.entries(squashed), [
    ['pre-install.d', { install: [], uninstall: [['b', 'e']] }],
    ['install.d', { install: [['b2', 'e']], uninstall: [] }],
    ['post-install.d', { install: [['a', 'e']], uninstall: [] }],
  ]);
});

test("a rule's install type is asked of its element, then of the default, then of source", (t) => {
  const rules = 'p: {installtype: package}\ns: {installtype: source}\n';
  assert.deepEqual(squash(t, { 'my-el': rules }, {}), installs.for('my-el', 's'));
  assert.deepEqual(squash(t, { 'my-el': rules }, { DIB_DEFAULT_INSTALLTYPE: 'package' }), installs.for('my-el', 'p'));
  const both = { DIB_DEFAULT_INSTALLTYPE: 'package', DIB_INSTALLTYPE_my_el: 'source' };
  assert.deepEqual(squash(t, { 'my-el': rules }, both), installs.for('my-el', 's'));
});

test('dib_python_version is compared as text', (t) => {
  const rules = 'two: {dib_python_version: 2}\nthree: {dib_python_version: "3"}\n';
  assert.deepEqual(squash(t, { e: rules }, { DIB_PYTHON_VERSION: '3' }), installs.for('e', 'three'));
  assert.deepEqual(squash(t, { e: rules }, {}), {});
});

test('everything wrong with the files is reported together', (t) => {
  const elementSet = writeElements(t, {
    ...tableElements,
    a: { 'package-installs.yaml': 'curl:\n  phase: instal.d\n  not_arch: arm64\nwget: yes please\n' },
    b: { 'package-installs.yaml': '- curl\n' },
    c: { 'package-installs.json': '{"curl": [\n' },
    d: { 'package-installs.yaml': 'x: {arch: a, not-arch: b}\ny: {when: "1 = 2 ="}\nz: {when: " A=1"}\n' },
  });
  const faults: Parameters<typeof planPackages>[0]['faults'] = [];
  planPackages({ elementSet, environment: {}, faults });
  const root = elementSet.elements[0]?.directory.replace(/\/[^/]*$/, '') ?? '';
  assert.deepEqual(
    faultsOf(new BuildErrors(faults)).map((fault) => [
      fault.code,
      fault.message.replaceAll(root, ''),
      fault.where?.replace(root, ''),
      fault.hint?.slice(0, 40),
    ]),
    [
      [
        'PACKAGE_RULE_INVALID',
        'package "curl": phase "instal.d" is none of pre-install.d, install.d, post-install.d',
        '/a/package-installs.yaml:2:10',
        'did you mean "install.d"?',
      ],
      [
        'PACKAGE_RULE_INVALID',
        'package "curl": unknown key "not_arch"',
        '/a/package-installs.yaml:3:3',
        'did you mean "not-arch"?',
      ],
      [
        'PACKAGE_RULE_INVALID',
        'package "wget": "yes please" is not a rule',
        '/a/package-installs.yaml:4:7',
        'a rule is a map with any of phase, unins',
      ],
      [
        'PACKAGE_RULE_INVALID',
        '/b/package-installs.yaml is not a map of package names to rules',
        '/b/package-installs.yaml:1:1',
        'write "name:" for a package that is simp',
      ],
      [
        'YAML_INVALID',
        '/c/package-installs.json is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
        '/c/package-installs.json:2:1',
        undefined,
      ],
      [
        'PACKAGE_RULE_INVALID',
        'package "x": arch and not-arch in one rule',
        '/d/package-installs.yaml:1:4',
        'keep one of them; architectures are sepa',
      ],
      [
        'PACKAGE_RULE_INVALID',
        'package "y": when "1 = 2 =" cannot be used: a condition is NAME=VALUE or NAME!=VALUE, the name first',
        '/d/package-installs.yaml:2:11',
        undefined,
      ],
      [
        'PACKAGE_RULE_INVALID',
        'package "z": when " A=1" cannot be used: a condition is NAME=VALUE or NAME!=VALUE, the name first',
        '/d/package-installs.yaml:3:11',
        undefined,
      ],
    ],
  );
});

function squash(
  t: TestContext,
  rules: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): SquashedPackages {
  const texts = Object.entries(rules).map(([name, text]) => [name, { 'package-installs.yaml': text }] as const);
  const elementSet = writeElements(t, { ...tableElements, ...Object.fromEntries(texts) });
  const faults: Parameters<typeof planPackages>[0]['faults'] = [];
  const plan = planPackages({ elementSet, environment: { ...environment }, faults });
  assert.deepEqual(faults, []);
  return plan.squashed;
}

function installs(...names: readonly string[]): SquashedPackages {
  return installs.for('test_element', ...names);
}
installs.for = (element: string, ...names: readonly string[]): SquashedPackages => ({
  'install.d': { install: names.map((name) => [name, element]), uninstall: [] },
});
