import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { bootImage, checkUnits, logIn, runInGuest, whyNoBoot } from '../helpers/boot.js';
import { makeOrdinaryUser, whyNoOrdinaryUser } from '../helpers/package-copy.js';
import { buildSystemImage, whyNoSystemBuild } from '../helpers/system-build.js';

const elementsPath = join(packageDirectory, 'test/fixtures/elements/system');
const output = mkdtempSync(join(tmpdir(), 'dib-system-'));
after(() => rmSync(output, { recursive: true, force: true }));

const skip = whyNoSystemBuild();

function build(name: string, release: string, ...words: readonly string[]): string {
  const environment = { ELEMENTS_PATH: elementsPath, DIB_RELEASE: release, DIB_CACHE_MODE: 'off' };
  return buildSystemImage({ directory: output, name, words, environment });
}

/** Boots, logs in, and looks whether all units came up and everything in fstab is mounted. */
async function checkBoot(imagePath: string, firmware: 'bios' | 'uefi'): Promise<void> {
  const session = bootImage({ imagePath, format: 'qcow2', firmware });
  try {
    await logIn(session);
    await checkUnits((command) => runInGuest(session, command, 300_000));
    assert.equal(
      (await runInGuest(session, 'findmnt --verify --fstab >/dev/null && echo fstab-ok')).includes('fstab-ok'),
      true,
    );
    const mounts = await runInGuest(
      session,
      'findmnt -rno SOURCE,TARGET --fstab --evaluate; echo; findmnt -no FSTYPE /',
    );
    assert.match(mounts, /ext4/);
    if (firmware === 'uefi') assert.match(await runInGuest(session, 'test -d /sys/firmware/efi && echo uefi'), /uefi/);
  } finally {
    await session.close();
  }
}

test('bookworm with an MBR builds and boots from BIOS with every unit running', {
  skip: skip || whyNoBoot(),
}, async () => {
  const path = build('mbr', 'bookworm', '-t', 'qcow2', 'vm', 'debian-minimal', 'boot-check');
  await checkBoot(`${path}.qcow2`, 'bios');
});

test('bookworm with a GPT builds and boots from BIOS', { skip: skip || whyNoBoot() }, async () => {
  const path = build('gpt', 'bookworm', '-t', 'qcow2', 'block-device-gpt', 'vm', 'debian-minimal', 'boot-check');
  await checkBoot(`${path}.qcow2`, 'bios');
});

test('trixie for EFI, built by an ordinary user without loop devices, boots from UEFI and from BIOS', {
  skip: skip || whyNoOrdinaryUser() || whyNoBoot('uefi'),
}, async () => {
  const user = makeOrdinaryUser();
  const loopModes = readdirSync('/dev')
    .filter((name) => /^loop/.test(name))
    .map((name) => [`/dev/${name}`, statSync(`/dev/${name}`).mode & 0o777] as const);
  try {
    for (const [path] of loopModes) chmodSync(path, 0);
    const { status, output: said } = user.run(
      join(user.binDirectory, 'disk-image-create'),
      ['-o', 'efi', '-t', 'qcow2', 'block-device-efi', 'vm', 'debian-minimal', 'boot-check'],
      { DIB_RELEASE: 'trixie', ELEMENTS_PATH: copyForAll(elementsPath) },
    );
    assert.equal(status, 0, said.split('\n').slice(-60).join('\n'));
    await checkBoot(join(user.home, 'efi.qcow2'), 'uefi');
    await checkBoot(join(user.home, 'efi.qcow2'), 'bios');
  } finally {
    for (const [path, mode] of loopModes) chmodSync(path, mode);
    user.remove();
  }
});

for (const release of ['bullseye', 'sid']) {
  test(`${release} builds to an archive without device nodes`, { skip }, () => {
    const path = build(release, release, '-n', '-t', 'tar', 'debian-minimal');
    const { stdout } = spawnSync('tar', ['-tvf', `${path}.tar`], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const entries = stdout.split('\n').filter((line) => line !== '');
    assert.deepEqual(
      entries.filter((entry) => /^[bc]/.test(entry)),
      [],
    );
    assert.ok(entries.some((entry) => entry.endsWith(' ./etc/debian_version')));
    const manifest = JSON.parse(readFileSync(`${path}.manifest.json`, 'utf8')) as { artifacts: { format: string }[] };
    assert.deepEqual(
      manifest.artifacts.map((artifact) => artifact.format),
      ['tar'],
    );
  });
}

function copyForAll(directory: string): string {
  const copy = join(output, 'elements');
  spawnSync('cp', ['-r', directory, copy]);
  spawnSync('chmod', ['-R', 'a+rX', output]);
  return copy;
}
