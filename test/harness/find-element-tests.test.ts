import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findElementTests } from '../../src/harness/find-element-tests.js';
import { writeElements } from '../cli/commands/element-fixture.js';

test('each directory below test-elements is a test, with what its files say', async (context) => {
  const directory = writeElements(context, {
    'b/test-elements/plain/element-deps': 'vm\n',
    'b/test-elements/formats/test-output-formats': 'tar, qcow2\nraw,tar\n',
    'b/test-elements/README.md': 'not a test\n',
    'a/test-elements/ramdisk/element-type': 'ramdisk\n',
    'a/test-elements/fails/should-fail': '',
    'c/element-deps': '',
  });
  const elements = ['a', 'b', 'c'].map((name) => ({ name, directory: join(directory, name) }));
  const common = { type: 'disk', formats: ['tar'], shouldFail: false };
  const ofA = { element: 'a', elementDirectory: join(directory, 'a') };
  const ofB = { element: 'b', elementDirectory: join(directory, 'b') };
  assert.deepEqual(await findElementTests(elements), [
    { ...common, ...ofA, id: 'a/fails', name: 'fails', shouldFail: true },
    { ...common, ...ofA, id: 'a/ramdisk', name: 'ramdisk', type: 'ramdisk', formats: [] },
    { ...common, ...ofB, id: 'b/formats', name: 'formats', formats: ['tar', 'qcow2', 'raw'] },
    { ...common, ...ofB, id: 'b/plain', name: 'plain' },
  ]);
});

test('an element type that is not known is told with its file', async (context) => {
  const directory = writeElements(context, { 'a/test-elements/odd/element-type': 'disc\n' });
  await assert.rejects(findElementTests([{ name: 'a', directory: join(directory, 'a') }]), {
    code: 'PACKAGE_RULE_INVALID',
    message: 'the element type "disc" is neither disk nor ramdisk',
    where: join(directory, 'a/test-elements/odd/element-type'),
  });
});
