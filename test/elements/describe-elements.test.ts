import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { describeElement, describeElements } from '../../src/elements/describe-elements.js';
import { temporaryDirectory, writeElements } from './write-element.js';

test('elements are described with README, dependencies and users, sorted by name', async (context) => {
  const root = realpathSync(temporaryDirectory(context));
  writeElements(join(root, 'one'), {
    vm: { 'element-deps': 'disk\nbase\n', 'README.md': '# vm\n\nA disk that boots. And more.\n' },
    base: { 'README.rst': '====\nbase\n====\nWhat every image\nhas.\n' },
  });
  writeElements(join(root, 'two'), {
    base: {},
    os: { 'element-deps': 'base', 'element-provides': 'operating-system' },
  });
  assert.deepEqual(await describeElements([join(root, 'one'), join(root, 'two')]), [
    {
      name: 'base',
      directory: join(root, 'one/base'),
      overrides: [join(root, 'two/base')],
      dependencies: [],
      provides: [],
      usedBy: ['os', 'vm'],
      summary: 'What every image has.',
      readme: '====\nbase\n====\nWhat every image\nhas.\n',
    },
    {
      name: 'os',
      directory: join(root, 'two/os'),
      overrides: [],
      dependencies: ['base'],
      provides: ['operating-system'],
      usedBy: [],
      summary: '',
      readme: '',
    },
    {
      name: 'vm',
      directory: join(root, 'one/vm'),
      overrides: [],
      dependencies: ['disk', 'base'],
      provides: [],
      usedBy: [],
      summary: 'A disk that boots.',
      readme: '# vm\n\nA disk that boots. And more.\n',
    },
  ]);
});

test('one element is found by name; a misspelt one gets a near name', async (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, { vm: {} });
  assert.equal((await describeElement('vm', [root])).name, 'vm');
  await assert.rejects(describeElement('vmm', [root]), {
    code: 'ELEMENT_NOT_FOUND',
    message: 'element "vmm" not found',
    hint: `did you mean "vm"?; searched: ${root}`,
  });
});
