import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { parseCacheDeclaration } from '../../src/layers/cache-declaration.js';

test('a declaration is read with its defaults', () => {
  const text =
    'cache-mounts: [/var/cache/x]\nhooks:\n  root.d/10-a:\n    pure: true\n    maximum-age-hours: 2\n  install.d/5-b: {never: true}\nrepeatable: [cleanup.d/9-c]\noutputs: [$X]\n';
  const { cacheMounts, hooks, repeatable, outputs } = parseCacheDeclaration(text, 'x');
  assert.deepEqual(cacheMounts, ['/var/cache/x']);
  assert.deepEqual([repeatable, outputs], [['cleanup.d/9-c'], ['$X']]);
  assert.deepEqual(hooks.get('root.d/10-a'), {
    isPure: true,
    isNever: false,
    maximumAgeMs: 7_200_000,
    hostFiles: [],
    hostCommands: [],
    placeVariables: [],
  });
  assert.equal(hooks.get('install.d/5-b')?.isNever, true);
});

test('wrong keys and names are told together', () => {
  assert.throws(() => parseCacheDeclaration('hooks: {a: {pur: true}}\nmore: 1\n', '/e/cache-inputs.yaml'), {
    code: 'YAML_INVALID',
  });
  assert.throws(() => parseCacheDeclaration('{', '/e/cache-inputs.yaml'), { code: 'YAML_INVALID' });
});

test('the declarations of the built-in elements name hooks that exist', () => {
  let count = 0;
  for (const element of readdirSync(builtinElementsDirectory)) {
    const directory = `${builtinElementsDirectory}/${element}`;
    if (!readdirSync(directory).includes('cache-inputs.yaml')) continue;
    const path = `${directory}/cache-inputs.yaml`;
    const { hooks, repeatable } = parseCacheDeclaration(readFileSync(path, 'utf8'), path);
    for (const name of [...hooks.keys(), ...repeatable]) {
      assert.ok(readFileSync(`${directory}/${name}`, 'utf8').startsWith('#!'), `${element} ${name}`);
      count += 1;
    }
  }
  assert.ok(count >= 8);
});
