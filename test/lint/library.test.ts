import assert from 'node:assert/strict';
import { test } from 'node:test';
import { libraryOf } from './lint-files.js';

test('a closure has dependencies of dependencies, and all that provide a name', async (context) => {
  const library = await libraryOf(context, {
    'a/element-deps': 'b\nvirtual\n',
    'b/element-deps': 'c\na\n',
    'c/x': '',
    'd/element-provides': 'virtual\n',
    'e/x': '',
  });
  assert.deepEqual([...library.closureOf('a')], ['a', 'b', 'd', 'c']);
  assert.deepEqual([...library.closureOf('e')], ['e']);
});

test('what elements give to others is known by name', async (context) => {
  const library = await libraryOf(context, {
    'a/environment.d/10-a': 'export A=1 B\nC=2\n',
    'a/bin/tool': '#!/bin/sh\n',
    'b/environment.d/10-b': 'A=1\nexport A\n',
  });
  assert.deepEqual([...library.exportsOf('a')].sort(), ['A', 'B']);
  assert.deepEqual(library.exportersOf('A'), ['a', 'b']);
  assert.deepEqual(library.exportersOf('C'), []);
  assert.deepEqual(library.ownersOfProgram('tool'), ['a']);
  assert.deepEqual([...library.programsOf('b')], []);
});
