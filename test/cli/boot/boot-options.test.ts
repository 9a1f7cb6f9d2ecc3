import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from '../../../src/base/build-error.js';
import { readBootOptions } from '../../../src/cli/boot/boot-options.js';
import { parseCommandLine } from '../../../src/cli/parse-command-line.js';
import { subcommandTable } from '../../../src/cli/program-table.js';

function read(words: readonly string[], machine = 'x86_64') {
  const row = subcommandTable.find(({ name }) => name === 'boot');
  assert.ok(row !== undefined);
  return readBootOptions(parseCommandLine({ row, arguments: words, count: { minimum: 1 }, environment: {} }), machine);
}

test('without flags the machine is small and forgets', () => {
  assert.deepEqual(read(['x.qcow2']), {
    processor: 'x86_64',
    memoryMib: 1024,
    cpuCount: 2,
    isUefi: false,
    isWritten: false,
    forwardedPorts: [],
  });
});

test('every flag is read', () => {
  const words = '--uefi --write --memory 512 --cpus 1 --disk-size 10G --port 2222:22 --port 80:8080 x'.split(' ');
  assert.deepEqual(read(words), {
    processor: 'x86_64',
    memoryMib: 512,
    cpuCount: 1,
    isUefi: true,
    isWritten: true,
    diskSize: '10G',
    forwardedPorts: [
      { hostPort: 2222, guestPort: 22 },
      { hostPort: 80, guestPort: 8080 },
    ],
  });
});

test('arm64 always starts with UEFI', () => {
  assert.equal(read(['x'], 'aarch64').isUefi, true);
  assert.equal(read(['--arch', 'arm64', 'x']).processor, 'aarch64');
});

test('all wrong values are reported together', () => {
  const words = '--memory 1G --cpus 0 --disk-size big --port 22 --port 0:22 --port 1:70000 -a s390x x'.split(' ');
  assert.throws(
    () => read(words),
    (error) => {
      assert.deepEqual(
        faultsOf(error).map(({ message }) => message),
        [
          '--disk-size is "big"; expected a size such as 10G',
          'images for "s390x" cannot be booted; expected amd64 or arm64',
          '--memory is "1G"; expected a whole number of at least 1',
          '--cpus is "0"; expected a whole number of at least 1',
          '--port is "22"; expected HOST:GUEST, for example 2222:22',
          '--port is "0:22"; expected HOST:GUEST, for example 2222:22',
          '--port is "1:70000"; expected HOST:GUEST, for example 2222:22',
        ],
      );
      return true;
    },
  );
});
