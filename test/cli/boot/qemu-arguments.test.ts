import assert from 'node:assert/strict';
import { test } from 'node:test';
import { qemuArguments, qemuProgramFor } from '../../../src/cli/boot/qemu-arguments.js';

test('BIOS, without KVM, the image untouched', () => {
  assert.deepEqual(
    qemuArguments({
      processor: 'x86_64',
      imagePath: '/images/a,b.qcow2',
      imageFormat: 'qcow2',
      isWritten: false,
      isKvm: false,
      memoryMib: 1024,
      cpuCount: 2,
      forwardedPorts: [],
    }),
    [
      ...['-machine', 'q35', '-accel', 'tcg', '-cpu', 'max', '-m', '1024', '-smp', '2'],
      ...['-drive', 'file=/images/a,,b.qcow2,format=qcow2,if=virtio,snapshot=on'],
      ...['-nic', 'user,model=virtio-net-pci', '-device', 'virtio-rng-pci', '-nographic'],
    ],
  );
  assert.equal(qemuProgramFor('x86_64'), 'qemu-system-x86_64');
});

test('UEFI on arm64, with KVM, ports and writing', () => {
  assert.deepEqual(
    qemuArguments({
      processor: 'aarch64',
      imagePath: '/image.raw',
      imageFormat: 'raw',
      isWritten: true,
      firmware: { codePath: '/code.fd', variablesPath: '/tmp/x/variables.fd' },
      isKvm: true,
      memoryMib: 2048,
      cpuCount: 4,
      forwardedPorts: [
        { hostPort: 2222, guestPort: 22 },
        { hostPort: 8080, guestPort: 80 },
      ],
    }),
    [
      ...['-machine', 'virt', '-accel', 'kvm', '-cpu', 'host', '-m', '2048', '-smp', '4'],
      ...['-drive', 'if=pflash,unit=0,format=raw,readonly=on,file=/code.fd'],
      ...['-drive', 'if=pflash,unit=1,format=raw,file=/tmp/x/variables.fd'],
      ...['-drive', 'file=/image.raw,format=raw,if=virtio,snapshot=off'],
      ...['-nic', 'user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=tcp:127.0.0.1:8080-:80'],
      ...['-device', 'virtio-rng-pci', '-nographic'],
    ],
  );
});
