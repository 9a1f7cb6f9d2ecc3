import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePackageList, readPackageLists } from '../../src/elements/package-lists.js';
import { writeElements } from './element-fixtures.js';

test('a list has a name a line, dashes mark removal, and the last line needs no end', () => {
  assert.deepEqual(parsePackageList('# tools\n  gcc \n\n-make\n- git\nlast'), [
    { packageName: 'gcc', isRemoved: false },
    { packageName: 'make', isRemoved: true },
    { packageName: 'git', isRemoved: true },
    { packageName: 'last', isRemoved: false },
  ]);
});

test('lists in phase directories and in the enabled install type count', (t) => {
  const { elements } = writeElements(t, {
    e: {
      'pre-install.d/package-installs-e': 'a\n',
      'pre-install.d/package-installs-e~': 'backup\n',
      'install.d/e-source-install/package-installs-e': '-b\n',
      'install.d/e-package-install/package-installs-e': 'c\n',
      'finalise.d/package-installs-e': 'd\n',
    },
  });
  const [element] = elements;
  assert.ok(element);
  assert.deepEqual(readPackageLists(element, {}), [
    { phase: 'pre-install.d', element: 'e', packageName: 'a', isRemoved: false },
    { phase: 'install.d', element: 'e', packageName: 'b', isRemoved: true },
  ]);
});
