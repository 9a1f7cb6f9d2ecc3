import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGptType, readMbrType } from '../../src/layout/read-partition-type.js';

test('an mbr type is a hexadecimal byte', () => {
  assert.equal(readMbrType('83'), 0x83);
  assert.equal(readMbrType('0x83'), 0x83);
  assert.equal(readMbrType('8e'), 0x8e);
  assert.equal(readMbrType('0x0C'), 0x0c);
  assert.deepEqual(readMbrType('EF00'), { reason: 'an MBR type is one byte, 01 to FF; four digits are for gpt' });
  assert.deepEqual(readMbrType('zz'), { reason: 'not a hexadecimal byte such as 83' });
  assert.deepEqual(readMbrType('0'), { reason: 'type 00 marks an entry that is not used' });
  assert.deepEqual(readMbrType('0f'), {
    reason: 'extended partitions are made by themselves for partitions without the flag primary',
  });
});

test('a gpt type is a code or a GUID', () => {
  const typeGuid = 'E6D6D379-F507-44C2-A23C-238F2A3DF928';
  assert.deepEqual(readGptType('8E00'), { typeGuid, typeCode: '8E00' });
  assert.deepEqual(readGptType('0x8e00'), { typeGuid, typeCode: '8E00' });
  assert.deepEqual(readGptType('e6d6d379-f507-44c2-a23c-238f2a3df928'), { typeGuid });
  assert.deepEqual(readGptType('0700'), { typeGuid: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7', typeCode: '0700' });
});

test('an unknown gpt type is refused instead of becoming a Linux file system', () => {
  assert.deepEqual(readGptType('8399'), {
    reason: 'a code that is not known; did you mean 8309? A GUID is taken too',
  });
  assert.deepEqual(readGptType('83'), { reason: 'not four hexadecimal digits such as 8300 and not a GUID' });
});
