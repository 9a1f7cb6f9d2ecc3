import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gptTypeTable } from '../../src/layout/gpt-type-table.js';
import { partitionKind } from '../../src/layout/partition-kind.js';

test('types have names', () => {
  assert.equal(partitionKind({ mbrType: 0x83 }), 'Linux filesystem');
  assert.equal(partitionKind({ mbrType: 0xa5 }), 'type A5');
  assert.equal(partitionKind({ typeGuid: '21686148-6449-6E6F-744E-656564454649' }), 'BIOS boot partition');
  assert.equal(
    partitionKind({ typeGuid: '00000000-0000-0000-0000-000000000001' }),
    '00000000-0000-0000-0000-000000000001',
  );
  assert.equal(partitionKind({}), '');
});

test('the codes that layouts use have the GUIDs of the specifications', () => {
  assert.equal(gptTypeTable.EF00.guid, 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B');
  assert.equal(gptTypeTable[4100].guid, '9E1A2D38-C612-4316-AA26-8B49521E5A8B');
  assert.equal(gptTypeTable[8300].guid, '0FC63DAF-8483-4772-8E79-3D69D8477DE4');
  assert.equal(gptTypeTable[8200].guid, '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F');
  assert.equal(gptTypeTable.FD00.guid, 'A19D880F-05FC-4D3B-A006-743F0F84911E');
  assert.equal(gptTypeTable[8302].guid, '933AC7E1-2EB4-4F13-B844-0E14E2AEF915');
  assert.equal(gptTypeTable[8303].guid, '44479540-F297-41B2-9AF7-D131D5F0458A');
  assert.equal(gptTypeTable[8304].guid, '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709');
  assert.equal(gptTypeTable[8305].guid, 'B921B045-1DF0-41C3-AF44-4C6F280D3FAE');
  assert.equal(gptTypeTable[8306].guid, '3B8F8425-20E0-4F3B-907F-1A25A76F98E8');
  assert.equal(gptTypeTable[8307].guid, '69DAD710-2CE4-4E3C-B16C-21A1D49ABED3');
  assert.equal(gptTypeTable[8309].guid, 'CA7D7CCB-63ED-4C53-861C-1742536059CC');
  assert.equal(gptTypeTable[8310].guid, '4D21B016-B534-45C2-A9FB-5C16E091FD2D');
  assert.equal(gptTypeTable.EA00.guid, 'BC13C2FF-59E6-4262-A352-B275FD6F7172');
  const guids = Object.values(gptTypeTable).map(({ guid }) => guid);
  for (const guid of guids) assert.match(guid, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
});
