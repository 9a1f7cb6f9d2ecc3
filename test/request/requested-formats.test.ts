import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFormats } from '../../src/request/requested-formats.js';
import { openSettings } from '../../src/request/settings.js';

function read(text: string) {
  const settings = openSettings([], {});
  const formats = readFormats(settings, { text, origin: '-t', isVariable: false });
  return { formats, faults: settings.faults.map(({ code, message, hint }) => ({ code, message, hint })) };
}

test('formats keep their order, repeats are dropped', () => {
  assert.deepEqual(read('tgz, qcow2,tgz,raw.zst'), { formats: ['tgz', 'qcow2', 'raw.zst'], faults: [] });
});

test('an unknown format is answered with the near one', () => {
  assert.deepEqual(read('qcow3').faults, [
    { code: 'FORMAT_UNKNOWN', message: 'output format "qcow3" is not known', hint: 'did you mean "qcow2"?' },
  ]);
});

test('parts of known names are unknown', () => {
  assert.deepEqual(
    read('a,t,ar').faults.map(({ message }) => message),
    ['output format "a" is not known', 'output format "t" is not known', 'output format "ar" is not known'],
  );
});

test('empty entries are refused', () => {
  assert.deepEqual(read('tar,,qcow2').faults, [
    { code: 'USAGE', message: '-t is "tar,,qcow2"; expected a comma list without empty entries', hint: undefined },
  ]);
});

test('formats that only qemu-img writes are known', () => {
  assert.deepEqual(read('vmdk,vhdx,vdi,vpc,qed').faults, []);
});
