import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BuildError, faultsOf, formatFault } from '../../src/base/build-error.js';
import { loadImageDefinitions, parseImageDefinitions } from '../../src/request/load-image-definitions.js';

function faultsIn(text: string): string[] {
  const faults: BuildError[] = [];
  parseImageDefinitions(text, 'images.yaml', faults);
  return faults.map(formatFault);
}

test('the lists of all files follow one another', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-images-'));
  try {
    writeFileSync(join(directory, 'a.yaml'), '- imagename: one\n  uncompressed: yes\n  checksum: off\n');
    writeFileSync(join(directory, 'b.yaml'), '- elements: [vm]\n- {image-size: 1.0}\n');
    assert.deepEqual(loadImageDefinitions([join(directory, 'a.yaml'), join(directory, 'b.yaml')]), [
      { imagename: 'one', uncompressed: true, checksum: false },
      { elements: ['vm'] },
      { 'image-size': 1 },
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('faults of all files are reported together', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-images-'));
  try {
    writeFileSync(join(directory, 'a.yaml'), '- bogus: 1\n');
    const paths = [join(directory, 'a.yaml'), join(directory, 'none.yaml')];
    assert.throws(
      () => loadImageDefinitions(paths),
      (error) => {
        assert.deepEqual(
          faultsOf(error).map(({ code, where }) => ({ code, where })),
          [
            { code: 'YAML_INVALID', where: `${paths[0]}:1:3` },
            { code: 'FILE_UNREADABLE', where: undefined },
          ],
        );
        return true;
      },
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('every fault has its line and column, and a hint where one is known', () => {
  const text = [
    '- imagename: one',
    '  types: [qcow2, tarr]',
    '  environment:',
    '    A: 1',
    '  image-sizee: 3',
    '- logfile:',
    '- debug-trace: 3',
    '- just text',
  ].join('\n');
  assert.deepEqual(faultsIn(text), [
    'error YAML_INVALID: image 1, types.1: Invalid option: expected one of "qcow2"|"raw"|"raw.zst"|"tar"|"tgz"|"tar.zst"|"squashfs"|"vhd"|"vhdx"|"vmdk"|"vdi"|"vpc"|"qed"|"qcow"|"parallels"|"docker"|"oci"|"aci"\n  at: images.yaml:2:18\n  hint: did you mean "tar"?',
    'error YAML_INVALID: image 1, environment.A: Invalid input: expected string, received number\n  at: images.yaml:4:5\n  hint: write it in quotes: "1"',
    'error YAML_INVALID: image 1 has the unknown key "image-sizee"\n  at: images.yaml:5:3\n  hint: did you mean "image-size"?',
    'error YAML_INVALID: image 2, logfile: Invalid input: expected string, received null\n  at: images.yaml:6:3\n  hint: give it a value or remove the key',
    'error YAML_INVALID: image 3, debug-trace: Invalid option: expected one of 0|1|2\n  at: images.yaml:7:3',
    'error YAML_INVALID: image 4: Invalid input: expected object, received string\n  at: images.yaml:8:3',
  ]);
});

test('a file that is no list is told what it must be', () => {
  const fault = (where: string) =>
    `error YAML_INVALID: the file must contain a list of image definitions\n  at: images.yaml:${where}`;
  assert.deepEqual(faultsIn(''), [fault('1:1')]);
  assert.deepEqual(faultsIn('# nothing\n'), [fault('1:1')]);
  assert.deepEqual(faultsIn('\nimagename: x\n'), [fault('2:1')]);
});

test('unreadable YAML, repeated keys and a second document are faults with a place', () => {
  assert.deepEqual(
    faultsIn('- imagename: [x\n- a: b\n').map((text) => /at: (.*)/.exec(text)?.[1]),
    ['images.yaml:2:1'],
  );
  assert.deepEqual(faultsIn('- imagename: x\n  imagename: y\n'), [
    'error YAML_INVALID: Map keys must be unique\n  at: images.yaml:2:3',
  ]);
  assert.deepEqual(faultsIn('- imagename: x\n---\n- imagename: y\n'), [
    'error YAML_INVALID: the file holds more than one YAML document\n  at: images.yaml:2:1',
  ]);
});

test('yes, no, on and off are booleans, single letters are text', () => {
  const faults: BuildError[] = [];
  const text = '- {imagename: y, root-label: n, offline: on, clear: Off, checksum: YES, ramdisk: no}\n';
  assert.deepEqual(parseImageDefinitions(text, 'images.yaml', faults), [
    { imagename: 'y', 'root-label': 'n', offline: true, clear: false, checksum: true, ramdisk: false },
  ]);
  assert.deepEqual(faults, []);
});

test('anchors and merge keys work', () => {
  const faults: BuildError[] = [];
  const text = '- &first {imagename: x, elements: [vm]}\n- <<: *first\n  imagename: y\n';
  assert.deepEqual(parseImageDefinitions(text, 'images.yaml', faults), [
    { imagename: 'x', elements: ['vm'] },
    { imagename: 'y', elements: ['vm'] },
  ]);
});
