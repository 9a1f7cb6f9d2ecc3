import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSettings } from '../../src/request/settings.js';
import {
  checkWord,
  isZeroOrUnset,
  optional,
  readBlockDeviceConfig,
  readBreakPoints,
  readChecksums,
  readElementDirectories,
  readImageName,
  readSectorSize,
} from '../../src/request/special-settings.js';

const start = {
  programName: 'disk-image-create',
  arguments: [],
  environment: {},
  workingDirectory: '/here',
  homeDirectory: '/home/me',
  hostArchitecture: 'amd64',
  builtinElementsDirectory: '/package/elements',
};

test('with one format its extension is taken off the name, once', () => {
  const read = (name: string, formats: readonly string[]) =>
    readImageName(openSettings([{ name: 'imageName', value: name }], {}), formats);
  assert.equal(read('out/x.qcow2', ['qcow2']), 'out/x');
  assert.equal(read('x.qcow2.qcow2', ['qcow2']), 'x.qcow2');
  assert.equal(read('x.qcow2', ['qcow2', 'raw']), 'x.qcow2');
  assert.equal(read('x.raw', ['qcow2']), 'x.raw');
  assert.equal(readImageName(openSettings([], {}), ['qcow2']), 'image');
});

test('a name that is a directory or nothing is refused', () => {
  for (const name of ['', 'out/', '.qcow2']) {
    const settings = openSettings([{ name: 'imageName', value: name }], {});
    readImageName(settings, ['qcow2']);
    assert.deepEqual(
      settings.faults.map(({ message }) => message),
      [`-o is "${name}"; expected a file name, not a directory`],
    );
  }
});

test('element directories are absolute, each once, the built-in ones last', () => {
  const settings = openSettings([], { ELEMENTS_PATH: 'mine:~/more:/srv:/here/mine' });
  assert.deepEqual(readElementDirectories(settings, start), [
    '/here/mine',
    '/home/me/more',
    '/srv',
    '/package/elements',
  ]);
  assert.deepEqual(readElementDirectories(openSettings([], {}), start), ['/package/elements']);
});

test('an empty entry of ELEMENTS_PATH is a fault', () => {
  const settings = openSettings([], { ELEMENTS_PATH: ':/srv' });
  readElementDirectories(settings, start);
  assert.deepEqual(
    settings.faults.map(({ code, message }) => ({ code, message })),
    [{ code: 'ELEMENT_DIRECTORY_INVALID', message: 'ELEMENTS_PATH is ":/srv"; it has an empty entry' }],
  );
});

test('checksums: the flag and 1 mean both, names mean themselves', () => {
  const read = (text: string) => readChecksums(openSettings([], { DIB_CHECKSUM: text }));
  assert.deepEqual(readChecksums(openSettings([{ name: 'checksum' }], { DIB_CHECKSUM: '0' })), ['md5', 'sha256']);
  assert.deepEqual(['', '0', '1', 'md5', 'sha256', 'sha256,md5'].map(read), [
    [],
    [],
    ['md5', 'sha256'],
    ['md5'],
    ['sha256'],
    ['md5', 'sha256'],
  ]);
  const settings = openSettings([], { DIB_CHECKSUM: 'crc' });
  readChecksums(settings);
  assert.equal(settings.faults[0]?.message, 'DIB_CHECKSUM is "crc"; expected 0, 1, md5, sha256 or both names');
});

test('a block-device configuration is text or the path of a file', () => {
  const read = (text: string) => readBlockDeviceConfig(openSettings([], { DIB_BLOCK_DEVICE_CONFIG: text }), start);
  assert.equal(read(''), undefined);
  assert.deepEqual(read('- local_loop:\n    name: image0\n'), {
    kind: 'text',
    value: '- local_loop:\n    name: image0\n',
  });
  assert.deepEqual(read('file:///srv/layout.yaml'), { kind: 'file', value: '/srv/layout.yaml' });
  assert.deepEqual(read('file://layout.yaml'), { kind: 'file', value: '/here/layout.yaml' });
});

test('sectors have 512 or 4096 bytes', () => {
  assert.equal(readSectorSize(openSettings([], { DIB_BLOCK_SIZE: '4096' })), 4096);
  const settings = openSettings([], { DIB_BLOCK_SIZE: '1024' });
  assert.equal(readSectorSize(settings), undefined);
  assert.equal(settings.faults[0]?.message, 'DIB_BLOCK_SIZE is "1024"; expected one of 512, 4096');
});

test('break points name stages that exist', () => {
  const settings = openSettings([], {
    break: 'before-install, after-error,',
    break_cmd: 'ls /',
    break_outside_target: '1',
  });
  assert.deepEqual(readBreakPoints(settings), {
    names: ['before-install', 'after-error'],
    command: 'ls /',
    isOutsideTarget: true,
  });
  const wrong = openSettings([], { break: 'before-block-device-size,after-instal' });
  readBreakPoints(wrong);
  assert.deepEqual(
    wrong.faults.map(({ code, message }) => [code, message]),
    [
      ['VARIABLE_INVALID', 'break names the stage "before-block-device-size", which does not exist'],
      ['VARIABLE_INVALID', 'break names the stage "after-instal", which does not exist'],
    ],
  );
  assert.equal(wrong.faults[1]?.hint, 'did you mean "after-install"?');
});

test('words for file names hold no slash and no blank', () => {
  const settings = openSettings([{ name: 'architecture', value: '../x' }], {});
  assert.equal(checkWord(settings, 'architecture', 'ARCH', '../x'), '../x');
  assert.equal(settings.faults[0]?.message, '-a is "../x"; expected one word of letters, digits and - _ .');
});

test('switches are off when unset, empty or zero', () => {
  assert.deepEqual([undefined, '', '0', '00', '1', 'yes'].map(isZeroOrUnset), [true, true, true, true, false, false]);
});

test('an undefined value leaves the key out', () => {
  assert.deepEqual({ ...optional('a', 1), ...optional('b', undefined) }, { a: 1 });
});
