import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { type BootSession, bootImage, whyNoBoot } from '../helpers/boot.js';
import { buildSystemImage, whyNoSystemBuild } from '../helpers/system-build.js';

/** The port that the deployment protocol fixes, on the server and on the machine. */
const deployPort = 10_000;

/** The tests of every day build one release; another is tried by naming it. */
const release = process.env.DIB_TEST_RELEASE ?? 'bookworm';

const output = mkdtempSync(join(tmpdir(), 'dib-ramdisk-'));
const reports = new Map<string, Readonly<Record<string, string>>>();
const whyNot = whyNotHere();
const server = whyNot === false ? await listenForReports() : undefined;
const skip = whyNot || (server === undefined ? `port ${deployPort} is taken on this machine` : false);

after(() => {
  server?.close();
  rmSync(output, { recursive: true, force: true });
});

function whyNotHere(): string | false {
  for (const program of ['xorriso', 'mcopy', 'mkfs.fat']) {
    if (spawnSync('which', [program]).status !== 0) return `${program} is not installed`;
  }
  const { stderr } = spawnSync('qemu-io', ['-c', 'quit', 'iscsi://127.0.0.1:1/iqn.2026-01.test:0/1'], {
    encoding: 'utf8',
  });
  if (/unknown protocol/i.test(stderr)) return 'qemu-io reads no iSCSI: qemu-block-extra is not installed';
  return whyNoSystemBuild() || whyNoBoot();
}

/** Builds once for each ramdisk element; with that of busybox an ISO image beside kernel and ramdisk. */
const built = new Map<string, string>();
function build(element: 'ramdisk' | 'dracut-ramdisk'): string {
  const path =
    built.get(element) ??
    buildSystemImage({
      program: 'ramdisk-image-create',
      directory: output,
      name: element,
      words: [
        ...['--ramdisk-element', element, 'debian-minimal', 'deploy-baremetal'],
        ...(element === 'ramdisk' ? ['iso'] : []),
      ],
      environment: { DIB_RELEASE: release, DIB_DEPLOY_ISO_KERNEL_CMDLINE_ARGS: 'console=ttyS0 panic=-1' },
      layers: true,
    });
  built.set(element, path);
  return path;
}

function parametersOf(id: string): string {
  return `boot_server=10.0.2.2 disk=sda,vda deployment_id=${id} deployment_key=k+1 iscsi_target_iqn=iqn.2026-01.test:${id}`;
}

/**
 * Boots a ramdisk with an empty disk and plays the server: takes the report, writes to the disk by iSCSI and reads it
 * back, and ends the deployment.
 */
async function deploy(options: {
  readonly id: string;
  readonly firmware: 'bios' | 'uefi';
  readonly arguments: readonly string[];
  readonly started: RegExp;
}): Promise<void> {
  const { id } = options;
  const disk = join(output, `disk-${id}.raw`);
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
      '-smp',
      '1',
      '-netdev',
      `user,id=n,hostfwd=tcp:127.0.0.1:${exportPort}-:3260,hostfwd=tcp:127.0.0.1:${endPort}-:${deployPort}`,
      '-device',
      'virtio-net-pci,netdev=n,mac=52:54:00:12:34:56',
      ...options.arguments,
    ],
  });
  try {
    await session.waitFor(options.started, 300_000);
    const exporting = await session.waitFor(/(Ramdisk: exported|ERROR:) [^\r\n]*[\r\n]/, 300_000);
    assert.equal(exporting.trim(), `Ramdisk: exported /dev/vda as iqn.2026-01.test:${id}`, session.transcript());
    await session.waitFor(/Ramdisk: waiting for a connection to port 10000/, 60_000);
    const exported = `iscsi://127.0.0.1:${exportPort}/iqn.2026-01.test:${id}/1`;
    const copy = await runProgram('qemu-io', [
      '-f',
      'raw',
      '-c',
      'write -P 90 8M 64k',
      '-c',
      'read -P 90 8M 64k',
      exported,
    ]);
    assert.deepEqual(
      { status: copy.status, bytes: copy.said.match(/^(wrote|read) \d+\/\d+/gm) },
      {
        status: 0,
        bytes: ['wrote 65536/65536', 'read 65536/65536'],
      },
    );
    await endDeployment(endPort, session);
    await session.waitFor(/Ramdisk: the deployment has ended/, 60_000);
    await session.waitFor(/Ramdisk: done, rebooting/, 120_000);
    assert.deepEqual(reports.get(id), { i: id, k: 'k+1', a: '10.0.2.15', n: `iqn.2026-01.test:${id}`, e: '' });
    assert.doesNotMatch(session.transcript(), /ERROR: /);
  } finally {
    await session.close();
  }
}

test('ramdisk-image-create makes a kernel, a ramdisk and an ISO image, by busybox and by dracut', { skip }, () => {
  build('ramdisk');
  build('dracut-ramdisk');
});

// One processor each: two machines at a time keep two processors busy.
suite('ramdisks in QEMU', { concurrency: 2, skip }, () => {
  test('the ramdisk of busybox boots, exports the disk, reports and ends', async () => {
    const path = build('ramdisk');
    await deploy({
      id: '1',
      firmware: 'bios',
      started: /Ramdisk: started, kernel \d/,
      arguments: [
        '-kernel',
        `${path}.kernel`,
        '-initrd',
        `${path}.initramfs`,
        '-append',
        `console=ttyS0 panic=-1 BOOTIF=01-52-54-00-12-34-56 ${parametersOf('1')}`,
      ],
    });
  });

  test('the ramdisk of dracut boots, exports the disk, reports and ends', async () => {
    const path = build('dracut-ramdisk');
    await deploy({
      id: '2',
      firmware: 'bios',
      started: /Ramdisk: started by dracut, kernel \d/,
      arguments: [
        '-kernel',
        `${path}.kernel`,
        '-initrd',
        `${path}.initramfs`,
        '-append',
        `console=ttyS0 panic=-1 ip=dhcp BOOTIF=01-52-54-00-12-34-56 ${parametersOf('2')}`,
      ],
    });
  });

  for (const [id, firmware] of [
    ['3', 'bios'],
    ['4', 'uefi'],
  ] as const) {
    test(`the ISO image boots from ${firmware} and takes its parameters from the virtual floppy`, {
      skip: whyNoBoot(firmware),
    }, async () => {
      const path = build('ramdisk');
      await deploy({
        id,
        firmware,
        started: /Ramdisk: started, kernel \d/,
        arguments: ['-cdrom', `${path}.iso`, '-boot', 'd', '-drive', `file=${makeFloppy(id)},format=raw,if=virtio`],
      });
    });
  }
});

/** A floppy's image with the parameters of a deployment. */
function makeFloppy(id: string): string {
  const floppy = join(output, `floppy-${id}.img`);
  const parameters = join(output, `parameters-${id}.txt`);
  writeFileSync(parameters, `${parametersOf(id)}\n`);
  for (const [program, ...words] of [
    ['mkfs.fat', '-C', '-n', 'ir-vfd-dev', floppy, '1440'],
    ['mcopy', '-i', floppy, parameters, '::parameters.txt'],
  ] as const) {
    assert.equal(spawnSync(program, words).status, 0, program);
  }
  return floppy;
}

/** Keeps what machines post to the protocol's port, by deployment; undefined where the port is taken. */
function listenForReports(): Promise<Server | undefined> {
  const listening = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const report = Object.fromEntries(new URLSearchParams(text));
      reports.set(report.i ?? '', report);
      response.end();
    });
  });
  return new Promise((resolve) => {
    listening.once('error', () => resolve(undefined)).listen(deployPort, '127.0.0.1', () => resolve(listening));
  });
}

/** Runs a program while other machines are listened to. */
function runProgram(
  program: string,
  words: readonly string[],
): Promise<{ readonly status: number | null; readonly said: string }> {
  return new Promise((resolve) => {
    execFile(program, words, { encoding: 'utf8', timeout: 120_000 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), said: stdout + stderr });
    });
  });
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** The line that announces the listening comes just before it: dials again until the machine has heard. */
async function endDeployment(port: number, session: BootSession): Promise<void> {
  const isOver = () => session.transcript().includes('the deployment has ended');
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; ) {
    const socket = await dial(port);
    socket.on('error', () => undefined);
    socket.write('.');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 2000);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.end();
    });
    socket.destroy();
    if (isOver()) return;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listening = createTcpServer();
    listening.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = listening.address();
      listening.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
