import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { bootImage, whyNoBoot } from '../helpers/boot.js';

/** The port that the deployment protocol fixes, on the server and on the machine. */
const deployPort = 10_000;

const output = mkdtempSync(join(tmpdir(), 'dib-ramdisk-'));
after(() => rmSync(output, { recursive: true, force: true }));

const skip = whyNotHere();

function whyNotHere(): string | false {
  for (const program of ['mmdebstrap', 'xorriso', 'mcopy', 'mkfs.fat']) {
    if (spawnSync('which', [program]).status !== 0) return `${program} is not installed`;
  }
  if (!existsSync(join(packageDirectory, 'dist/cli/main.js'))) return 'not built: dist/cli/main.js is missing';
  return spawnSync('apt-get', ['--print-uris', 'download', 'base-files'], { cwd: tmpdir() }).status === 0
    ? false
    : 'no Debian archive in the apt sources of this machine';
}

/** Builds once for each release, with an ISO image beside kernel and ramdisk. */
const built = new Map<string, string>();
function build(release: string, ...words: readonly string[]): string {
  const key = [release, ...words].join(' ');
  const path = built.get(key) ?? join(output, `out${built.size}`);
  if (built.has(key)) return path;
  const { status, stdout, stderr } = spawnSync(
    join(packageDirectory, 'bin/ramdisk-image-create'),
    ['-o', path, ...words, 'debian-minimal', 'deploy-baremetal', 'iso'],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        DIB_APT_CHECK_VALID_UNTIL: process.env.DIB_APT_CHECK_VALID_UNTIL,
        DIB_RELEASE: release,
        DIB_DEPLOY_ISO_KERNEL_CMDLINE_ARGS: 'console=ttyS0 panic=-1',
      },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  assert.equal(status, 0, `${stdout.split('\n').slice(-60).join('\n')}\n${stderr}`);
  built.set(key, path);
  return path;
}

const parameters =
  'boot_server=10.0.2.2 disk=sda,vda deployment_id=7 deployment_key=k+1 iscsi_target_iqn=iqn.2026-01.test:7';

/**
 * Boots a ramdisk with an empty disk and plays the server: takes the report, looks whether the disk is exported, and
 * ends the deployment. Gives the form that was posted, and whether the port of the export answered.
 */
async function deploy(
  t: TestContext,
  options: { readonly firmware: 'bios' | 'uefi'; readonly arguments: readonly string[]; readonly started: RegExp },
): Promise<{ readonly report: Record<string, string>; readonly transcript: string } | undefined> {
  const reported = await listenForReport(t);
  if (reported === undefined) return undefined;
  const disk = join(output, 'disk.raw');
  writeFileSync(disk, '');
  truncateSync(disk, 16 << 20);
  const [exportPort, endPort] = [await freePort(), await freePort()];
  const session = bootImage({
    imagePath: disk,
    format: 'raw',
    firmware: options.firmware,
    extraArguments: [
      '-m',
      '2048',
      '-netdev',
      `user,id=n,hostfwd=tcp:127.0.0.1:${exportPort}-:3260,hostfwd=tcp:127.0.0.1:${endPort}-:${deployPort}`,
      '-device',
      'virtio-net-pci,netdev=n,mac=52:54:00:12:34:56',
      ...options.arguments,
    ],
  });
  try {
    await session.waitFor(options.started, 300_000);
    await session.waitFor(/Ramdisk: exported \/dev\/vda as iqn\.2026-01\.test:7/, 240_000);
    await session.waitFor(/Ramdisk: waiting for a connection to port 10000/, 60_000);
    (await dial(exportPort)).destroy();
    const end = await dialUntilHeard(endPort, session.transcript);
    end.end();
    await session.waitFor(/Ramdisk: the deployment has ended/, 60_000);
    await session.waitFor(/Ramdisk: done, rebooting/, 120_000);
    return { report: Object.fromEntries(new URLSearchParams(await reported)), transcript: session.transcript() };
  } finally {
    await session.close();
  }
}

const expectedReport = { i: '7', k: 'k+1', a: '10.0.2.15', n: 'iqn.2026-01.test:7', e: '' };

for (const release of ['bookworm', 'trixie']) {
  test(`the ramdisk of ${release} boots, exports the disk, reports and ends`, {
    skip: skip || whyNoBoot(),
  }, async (t) => {
    const path = build(release);
    const done = await deploy(t, {
      firmware: 'bios',
      started: /Ramdisk: started, kernel \d/,
      arguments: [
        '-kernel',
        `${path}.kernel`,
        '-initrd',
        `${path}.initramfs`,
        '-append',
        `console=ttyS0 panic=-1 BOOTIF=01-52-54-00-12-34-56 ${parameters}`,
      ],
    });
    if (done === undefined) return;
    assert.deepEqual(done.report, expectedReport);
    assert.doesNotMatch(done.transcript, /ERROR: /);
  });
}

test('the ramdisk that dracut makes boots, exports the disk, reports and ends', {
  skip: skip || whyNoBoot(),
}, async (t) => {
  const path = build('bookworm', '--ramdisk-element', 'dracut-ramdisk');
  const done = await deploy(t, {
    firmware: 'bios',
    started: /Ramdisk: started by dracut, kernel \d/,
    arguments: [
      '-kernel',
      `${path}.kernel`,
      '-initrd',
      `${path}.initramfs`,
      '-append',
      `console=ttyS0 panic=-1 ip=dhcp BOOTIF=01-52-54-00-12-34-56 ${parameters}`,
    ],
  });
  if (done === undefined) return;
  assert.deepEqual(done.report, expectedReport);
});

for (const firmware of ['bios', 'uefi'] as const) {
  test(`the ISO image boots from ${firmware} and takes its parameters from the virtual floppy`, {
    skip: skip || whyNoBoot(firmware),
  }, async (t) => {
    const path = build('bookworm');
    const floppy = join(output, 'floppy.img');
    rmSync(floppy, { force: true });
    writeFileSync(join(output, 'parameters.txt'), `${parameters}\n`);
    for (const [program, ...words] of [
      ['mkfs.fat', '-C', '-n', 'ir-vfd-dev', floppy, '1440'],
      ['mcopy', '-i', floppy, join(output, 'parameters.txt'), '::'],
    ] as const) {
      assert.equal(spawnSync(program, words).status, 0, program);
    }
    const done = await deploy(t, {
      firmware,
      started: /Ramdisk: started, kernel \d/,
      arguments: ['-cdrom', `${path}.iso`, '-boot', 'd', '-drive', `file=${floppy},format=raw,if=virtio`],
    });
    if (done === undefined) return;
    assert.deepEqual(done.report, expectedReport);
  });
}

/** Answers one post on the protocol's port; undefined, and the test skipped, where that port is taken. */
async function listenForReport(t: TestContext): Promise<Promise<string> | undefined> {
  let take: (text: string) => void = () => undefined;
  const report = new Promise<string>((resolve) => {
    take = resolve;
  });
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      response.end();
      take(text);
    });
  });
  t.after(() => server.close());
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(deployPort, '127.0.0.1', () => resolve(true));
  });
  if (!isListening) t.skip(`port ${deployPort} is taken on this machine`);
  return isListening ? report : undefined;
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** The line that announces the listening comes just before it: dials again until the machine has heard. */
async function dialUntilHeard(port: number, transcript: () => string): Promise<Socket> {
  for (;;) {
    const socket = await dial(port);
    socket.on('error', () => undefined);
    socket.write('.');
    const isOver = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(transcript().includes('the deployment has ended')), 2000);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve(transcript().includes('the deployment has ended'));
      });
    });
    if (isOver) return socket;
    socket.destroy();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createTcpServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
