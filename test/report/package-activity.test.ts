import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPackageActivityReader } from '../../src/report/package-activity.js';

test('an apt transaction gives details and a growing share', () => {
  const reader = openPackageActivityReader();
  const told = [
    'Reading package lists...',
    '0 upgraded, 2 newly installed, 0 to remove and 3 not upgraded.',
    'Get:1 http://deb.example/debian bookworm/main amd64 less amd64 590-2.1~deb12u2 [132 kB]',
    'Get:2 http://deb.example/debian bookworm/main amd64 libc6 amd64 2.36-9 [2,757 kB]',
    'Selecting previously unselected package less.',
    'Unpacking less (590-2.1~deb12u2) ...',
    'Unpacking libc6:amd64 (2.36-9) over (2.36-8) ...',
    'Setting up libc6:amd64 (2.36-9) ...',
    'Setting up less (590-2.1~deb12u2) ...',
    'Processing triggers for man-db (2.11.2-2) ...',
  ].map((line) => {
    const activity = reader.take(line);
    return activity && [activity.detail, activity.share === undefined ? undefined : Number(activity.share.toFixed(3))];
  });
  assert.deepEqual(told, [
    undefined,
    ['2 packages', 0],
    ['downloading less', 0.175],
    ['downloading libc6', 0.35],
    undefined,
    ['unpacking less', 0.525],
    ['unpacking libc6:amd64', 0.7],
    ['setting up libc6:amd64', 0.85],
    ['setting up less', 1],
    ['triggers of man-db', undefined],
  ]);
});

test('lines without an announced transaction have no share', () => {
  const reader = openPackageActivityReader();
  assert.deepEqual(reader.take('Unpacking less (590-2) ...'), { detail: 'unpacking less' });
  assert.equal(reader.take('0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.'), undefined);
  assert.equal(reader.take('unpacking my own things'), undefined);
});

test('dnf, dnf5 and zypper count for themselves', () => {
  const reader = openPackageActivityReader();
  assert.deepEqual(reader.take('  Installing       : bash-5.2.26-3.fc40.x86_64             12/48 '), {
    detail: 'installing bash-5.2.26-3.fc40.x86_64',
    share: 0.25,
  });
  assert.deepEqual(reader.take('(3/12): bash-5.2.26-3.fc40.x86_64.rpm   1.2 MB/s | 1.8 MB     00:01'), {
    detail: 'downloading bash-5.2.26-3.fc40.x86_64.rpm',
    share: 0.25,
  });
  assert.deepEqual(reader.take('[ 6/12] Installing bash-0:5.2.26-3.fc41.x86_64  100% |  22.0 MiB/s'), {
    detail: 'installing bash-0:5.2.26-3.fc41.x86_64',
    share: 0.5,
  });
  assert.deepEqual(reader.take('( 3/4) Installing: glibc-2.38-1.1.x86_64 [..done]'), {
    detail: 'installing glibc-2.38-1.1.x86_64',
    share: 0.75,
  });
});

test('bootstrap programs give details', () => {
  const reader = openPackageActivityReader();
  assert.deepEqual(reader.take('I: downloading packages with apt...'), { detail: 'downloading packages with apt' });
  assert.deepEqual(reader.take('I: Retrieving libacl1 2.3.1-3'), { detail: 'downloading libacl1' });
  assert.deepEqual(reader.take('I: Unpacking libacl1:amd64...'), { detail: 'unpacking libacl1:amd64' });
  assert.deepEqual(reader.take('I: Configuring apt...'), { detail: 'setting up apt' });
  assert.deepEqual(reader.take('update-initramfs: Generating /boot/initrd.img-6.1.0-18-amd64'), {
    detail: 'generating /boot/initrd.img-6.1.0-18-amd64',
  });
});
