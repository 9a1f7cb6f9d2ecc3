import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFault } from '../../src/base/build-error.js';
import { resolveElements } from '../../src/elements/resolve-elements.js';

interface Declared {
  readonly deps?: readonly string[];
  readonly provides?: readonly string[];
}

/** An operating system is part of every set, so that only the tests about it see its fault. */
const operatingSystem: Declared = { provides: ['operating-system'] };

function resolve(requested: readonly string[], elements: Readonly<Record<string, Declared>>) {
  const { elements: resolved, faults } = resolveElements({
    requested,
    declarationOf: (name) => {
      const declared = elements[name];
      return declared && { dependencies: declared.deps ?? [], provides: declared.provides ?? [] };
    },
    knownNames: Object.keys(elements),
    elementDirectories: ['/srv/elements', '/opt/built-in'],
  });
  return { names: resolved.map(({ name }) => name), resolved, faults: faults.map(formatFault) };
}

function namesOf(requested: readonly string[], elements: Readonly<Record<string, Declared>>): string[] {
  const { names, faults } = resolve([...requested, 'os'], { ...elements, os: operatingSystem });
  assert.deepEqual(faults, []);
  return names.filter((name) => name !== 'os');
}

test('an element without dependencies comes alone', () => {
  assert.deepEqual(namesOf(['one'], { one: {}, two: {} }), ['one']);
});

test('dependencies are closed over and come before their dependants', () => {
  const elements = { a: { deps: ['b', 'c'] }, b: { deps: ['d'] }, c: { deps: ['d'] }, d: {} };
  assert.deepEqual(namesOf(['a'], elements), ['d', 'b', 'c', 'a']);
});

test('elements that do not depend on each other keep the order asked for', () => {
  const elements = { a: {}, b: {}, c: { deps: ['a'] } };
  assert.deepEqual(namesOf(['b', 'c', 'a'], elements), ['b', 'a', 'c']);
});

test('an element may depend on itself', () => {
  assert.deepEqual(namesOf(['self'], { self: { deps: ['self'] } }), ['self']);
});

test('a cycle is resolved, broken where it comes back', () => {
  assert.deepEqual(namesOf(['a'], { a: { deps: ['b'] }, b: { deps: ['c'] }, c: { deps: ['a'] } }), ['c', 'b', 'a']);
});

test('a dependency that was asked for as well comes once', () => {
  assert.deepEqual(namesOf(['a', 'b'], { a: { deps: ['b'] }, b: {} }), ['b', 'a']);
});

test('a virtual dependency is fulfilled by a provider asked for before the dependant', () => {
  assert.deepEqual(namesOf(['mbr', 'vm'], { vm: { deps: ['disk'] }, mbr: { provides: ['disk'] } }), ['mbr', 'vm']);
});

test('a virtual dependency is fulfilled by a provider asked for after the dependant, which then comes first', () => {
  assert.deepEqual(namesOf(['vm', 'mbr'], { vm: { deps: ['disk'] }, mbr: { provides: ['disk'] } }), ['mbr', 'vm']);
});

test('a virtual dependency is fulfilled by a provider that is found only later in the walk', () => {
  const elements = { a: { deps: ['virtual', 'b'] }, b: { deps: ['c'] }, c: { provides: ['virtual'] } };
  assert.deepEqual(namesOf(['a'], elements), ['c', 'b', 'a']);
});

test('a provider replaces a real element that something depends on', () => {
  const elements = { a: { deps: ['real'] }, real: { deps: ['baggage'] }, baggage: {}, stand: { provides: ['real'] } };
  assert.deepEqual(namesOf(['stand', 'a'], elements), ['stand', 'a']);
});

test('what a replaced element had brought in before its provider was seen stays', () => {
  const elements = {
    a: { deps: ['real', 'b'] },
    real: { deps: ['baggage'] },
    baggage: {},
    b: { deps: ['stand'] },
    stand: { provides: ['real'] },
  };
  assert.deepEqual(namesOf(['a'], elements), ['baggage', 'stand', 'b', 'a']);
});

test('an element that provides its own name takes itself out', () => {
  assert.deepEqual(namesOf(['a'], { a: { deps: ['own'] }, own: { provides: ['own'] } }), ['a']);
});

test('asking twice for a providing element counts once', () => {
  const { names, faults } = resolve(['os', 'a', 'os', 'a'], { a: {}, os: operatingSystem });
  assert.deepEqual(faults, []);
  assert.deepEqual(names, ['os', 'a']);
});

test('who asked for an element is recorded: elements, then the command line', () => {
  const { resolved } = resolve(['a', 'b', 'os'], {
    a: { deps: ['b', 'c'] },
    b: { deps: ['c'] },
    c: {},
    os: operatingSystem,
  });
  assert.deepEqual(Object.fromEntries(resolved.map(({ name, requestedBy }) => [name, requestedBy])), {
    a: ['command line'],
    b: ['a', 'command line'],
    c: ['a', 'b'],
    os: ['command line'],
  });
});

test('a missing element names its chain of askers, the searched directories and a near name', () => {
  const { faults } = resolve(['my-cloud', 'os'], {
    'my-cloud': { deps: ['base-server'] },
    'base-server': { deps: ['vmm'] },
    vm: {},
    os: operatingSystem,
  });
  assert.deepEqual(faults, [
    'error ELEMENT_NOT_FOUND: element "vmm" not found, asked for by "my-cloud" → "base-server"\n' +
      '  hint: did you mean "vm"?; searched: /srv/elements, /opt/built-in',
  ]);
});

test('a missing element of the command line has no chain, and nothing near gives no suggestion', () => {
  assert.deepEqual(resolve(['nonsense', 'os'], { os: operatingSystem }).faults, [
    'error ELEMENT_NOT_FOUND: element "nonsense" not found\n  hint: searched: /srv/elements, /opt/built-in',
  ]);
});

test('a comment in element-deps is an element name, and the fault says so', () => {
  assert.deepEqual(resolve(['a', 'os'], { a: { deps: ['# needs'] }, os: operatingSystem }).faults, [
    'error ELEMENT_NOT_FOUND: element "# needs" not found, asked for by "a"\n' +
      '  hint: element-deps has no comment syntax; searched: /srv/elements, /opt/built-in',
  ]);
});

test('all missing elements are reported together, without a guess about the operating system', () => {
  const { faults } = resolve(['one', 'a'], { a: { deps: ['two'] } });
  assert.deepEqual(
    faults.map((fault) => fault.split('\n')[0]),
    [
      'error ELEMENT_NOT_FOUND: element "one" not found',
      'error ELEMENT_NOT_FOUND: element "two" not found, asked for by "a"',
    ],
  );
});

test('a name with a slash, a dot name and an empty name are not element names', () => {
  const { faults } = resolve(['../x', '..', '', 'os'], { os: operatingSystem });
  const hint = '\n  hint: name the element, and put its parent directory into ELEMENTS_PATH';
  assert.deepEqual(faults, [
    `error ELEMENT_DIRECTORY_INVALID: "../x" is not an element name: a name has no "/" and is not empty${hint}`,
    `error ELEMENT_DIRECTORY_INVALID: ".." is not an element name: a name has no "/" and is not empty${hint}`,
    `error ELEMENT_DIRECTORY_INVALID: "" is not an element name: a name has no "/" and is not empty${hint}`,
  ]);
});

test('two providers of one name are named both', () => {
  const { faults } = resolve(['debian', 'a'], {
    debian: operatingSystem,
    a: { deps: ['fedora'] },
    fedora: operatingSystem,
  });
  assert.deepEqual(faults, [
    'error ELEMENT_DUPLICATE_PROVIDER: "fedora" provides operating-system: already provided by "debian", asked for by "a"\n' +
      '  hint: a build has exactly one operating system: drop "debian" or "fedora"',
  ]);
});

test('a requested element that another one provides is refused', () => {
  const { faults } = resolve(['real', 'stand', 'os'], { real: {}, stand: { provides: ['real'] }, os: operatingSystem });
  assert.deepEqual(faults, [
    'error ELEMENT_DUPLICATE_PROVIDER: element "real" was asked for but is already provided by "stand"\n' +
      '  hint: drop "real" or "stand"',
  ]);
});

test('a build without an operating system is refused', () => {
  assert.deepEqual(resolve(['a'], { a: {} }).faults, [
    'error OPERATING_SYSTEM_MISSING: no operating system element among a and their dependencies\n' +
      '  hint: add an element that provides operating-system, for example debian-minimal',
  ]);
});
