import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtinElementsDirectory, packageDirectory } from '../../src/base/assets.js';

const elements = readdirSync(builtinElementsDirectory).sort();
const table = readFileSync(join(packageDirectory, 'docs/elements.md'), 'utf8');
const rows = [
  ...table.matchAll(/^\| \[([a-z0-9-]+)\]\(\.\.\/assets\/elements\/([a-z0-9-]+)\/README\.md\) \| (.+) \| (.+) \|$/gm),
];

test('every element has one row that says how it was exercised', () => {
  assert.deepEqual(rows.map((row) => row[1]).sort(), elements);
  assert.deepEqual(
    rows.filter((row) => row[1] !== row[2]).map((row) => row[1]),
    [],
  );
});

test('the rows name tests that are there, in the order of the elements', () => {
  const missing = rows.flatMap(([, element, , , how]) =>
    [...(how ?? '').matchAll(/`([\w/*-]+\.test\.ts)`/g)]
      .map((match) => match[1] ?? '')
      .map((name) => (name.includes('/') ? name : `test/elements-library/${name}`))
      .filter((name) => !exists(name))
      .map((name) => `${element}: ${name}`),
  );
  assert.deepEqual(missing, []);
  const idle = rows.filter(([, , , , how]) => /only$|not built|an element without files/.test(how ?? ''));
  assert.deepEqual(
    idle.map((row) => row[1]),
    [],
  );
});

test('every README tells the dependencies, the variables and what changes in the image', () => {
  const incomplete = elements.flatMap((element) => {
    const text = readFileSync(join(builtinElementsDirectory, element, 'README.md'), 'utf8');
    const dependencies = join(builtinElementsDirectory, element, 'element-deps');
    const lacking = [
      text.split('\n')[0] === `# ${element}` ? [] : ['title'],
      /\*\*In the image:\*\*|^## What it changes/m.test(text) ? [] : ['what it changes'],
      /^\| Variable \|/m.test(text) || /^## Variables\n\nNone|\*\*Variables:\*\* none/m.test(text) ? [] : ['variables'],
      existsSync(dependencies)
        ? readFileSync(dependencies, 'utf8')
            .split(/\s+/)
            .filter((name) => name !== '' && !text.includes(`\`${name}\``))
            .map((name) => `dependency ${name}`)
        : [],
    ].flat();
    return lacking.map((what) => `${element}: ${what}`);
  });
  assert.deepEqual(incomplete, []);
});

/** A name may be a pattern: `apt-*.test.ts`. */
function exists(name: string): boolean {
  if (!name.includes('*')) return existsSync(join(packageDirectory, name));
  const slash = name.lastIndexOf('/');
  const pattern = new RegExp(
    `^${name
      .slice(slash + 1)
      .replaceAll('.', '\\.')
      .replaceAll('*', '.*')}$`,
  );
  return readdirSync(join(packageDirectory, name.slice(0, slash))).some((entry) => pattern.test(entry));
}
