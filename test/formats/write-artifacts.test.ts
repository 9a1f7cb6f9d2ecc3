import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BuildError } from '../../src/base/build-error.js';
import { formatTable } from '../../src/base/format-table.js';
import type { OutputOptions } from '../../src/formats/output-options.js';
import { writeArtifacts } from '../../src/formats/write-artifacts.js';
import { noise, openTestPorts, skipReason } from './open-test-ports.js';
import { describeTree, listPaths, makeSampleTree } from './sample-tree.js';

const skip = skipReason({
  needsRoot: true,
  programs: ['tar', 'zstd', 'mksquashfs', 'unsquashfs', 'qemu-img', 'setcap', 'setfattr', 'getfattr'],
});

describe('written artifacts', { skip }, () => {
  let work = '';
  let tree = '';
  let expected: Readonly<Record<string, string>> = {};

  before(async () => {
    work = await mkdtemp(join(tmpdir(), 'formats-test-'));
    tree = join(work, 'tree');
    await mkdir(tree);
    await makeSampleTree(tree);
    expected = await describeTree(tree);
  });
  after(() => rm(work, { recursive: true, force: true }));

  async function write(
    formats: readonly string[],
    change: Partial<OutputOptions> = {},
  ): Promise<{
    readonly directory: string;
    readonly paths: readonly string[];
    readonly ports: ReturnType<typeof openTestPorts>;
  }> {
    const directory = await mkdtemp(join(work, 'out-'));
    const rawDiskPath = join(directory, '..', `${directory.slice(-6)}.disk`);
    await makeDisk(rawDiskPath);
    const ports = openTestPorts();
    const artifacts = await writeArtifacts(
      {
        formats,
        imagePath: join(directory, 'my image'),
        imageName: 'out/my image',
        compress: true,
        checksums: [],
        gzipProgram: 'gzip',
        overwritesOldImage: false,
        architecture: 'amd64',
        treeDirectory: tree,
        rawDiskPath,
        cpuCount: 2,
        ...change,
      },
      ports,
    );
    return { directory, paths: artifacts.map((artifact) => artifact.path.slice(directory.length + 1)), ports };
  }

  /** Extracts with a program and describes what came out. */
  async function readBack(program: string, args: (into: string) => readonly string[]): Promise<unknown> {
    const into = await mkdtemp(join(work, 'read-'));
    await openTestPorts().programs.require({ program, arguments: args(into) });
    return into;
  }

  test('a tar holds the tree, device-free, with empty kernel directories', async () => {
    const { directory } = await write(['tar']);
    const archive = join(directory, 'my image.tar');
    const into = (await readBack('tar', (to) => [
      '-xpf',
      archive,
      '--xattrs',
      '--xattrs-include=*',
      '--numeric-owner',
      '-C',
      to,
    ])) as string;
    assert.deepEqual(await describeTree(into), expected);
    assert.deepEqual(
      (await listPaths(into)).filter((path) => /^(dev|proc|sys|lost)/.test(path)),
      ['dev', 'proc', 'sys'],
    );
    const names = (await openTestPorts().programs.require({ program: 'tar', arguments: ['-tf', archive] })).stdout;
    assert.deepEqual(names.split('\n').slice(0, 4), ['./', './.autorelabel', './bin/', './bin/ping']);
  });

  for (const [format, file, filter] of [
    ['tgz', 'my image.tgz', '--gzip'],
    ['tar.zst', 'my image.tar.zst', '--zstd'],
  ] as const) {
    test(`${format} holds the tree`, async () => {
      const { directory } = await write([format]);
      const into = (await readBack('tar', (to) => [
        filter,
        '-xpf',
        join(directory, file),
        '--xattrs',
        '--xattrs-include=*',
        '--numeric-owner',
        '-C',
        to,
      ])) as string;
      assert.deepEqual(await describeTree(into), expected);
    });
  }

  test('an aci holds the tree below rootfs, and the manifest', async () => {
    const manifestPath = join(work, '-odd manifest.json');
    await writeFile(manifestPath, '{"acKind":"ImageManifest"}');
    const { directory } = await write(['aci'], { aciManifestPath: manifestPath });
    const into = (await readBack('tar', (to) => [
      '-xpf',
      join(directory, 'my image.aci'),
      '--xattrs',
      '--xattrs-include=*',
      '--numeric-owner',
      '-C',
      to,
    ])) as string;
    assert.deepEqual((await readdir(into)).sort(), ['manifest', 'rootfs']);
    assert.equal(await readFile(join(into, 'manifest'), 'utf8'), '{"acKind":"ImageManifest"}');
    assert.deepEqual(await describeTree(join(into, 'rootfs')), expected);
  });

  test('an aci without a manifest is written with a warning', async () => {
    const { ports, paths } = await write(['aci']);
    assert.deepEqual(paths, ['my image.aci']);
    assert.deepEqual(
      ports.events.filter((event) => event.kind === 'message'),
      [{ kind: 'message', level: 'warning', text: 'the aci image has no manifest: name one with ACI_MANIFEST' }],
    );
  });

  test('a squashfs holds the tree, device-free, with empty kernel directories', async () => {
    const { directory } = await write(['squashfs']);
    const into = (await readBack('unsquashfs', (to) => [
      '-no-progress',
      '-force',
      '-dest',
      to,
      join(directory, 'my image.squash'),
    ])) as string;
    assert.deepEqual(await describeTree(into), expected);
    assert.deepEqual(
      (await listPaths(into)).filter((path) => /^(dev|proc|sys|lost)/.test(path)),
      ['dev', 'proc', 'sys'],
    );
  });

  test('an OCI archive is unpacked to the same tree by another program', {
    skip: skipReason({ programs: ['skopeo', 'umoci'] }),
  }, async () => {
    const { directory } = await write(['oci']);
    const { programs } = openTestPorts();
    const archive = join(directory, 'image.oci.tar');
    await programs.require({ program: 'mv', arguments: [join(directory, 'my image.oci.tar'), archive] });
    const layout = join(directory, 'layout');
    await programs.require({
      program: 'skopeo',
      arguments: ['copy', '--insecure-policy', `oci-archive:${archive}`, `oci:${layout}:latest`],
    });
    const bundle = join(directory, 'bundle');
    await programs.require({ program: 'umoci', arguments: ['unpack', '--image', `${layout}:latest`, bundle] });
    assert.deepEqual(await describeTree(join(bundle, 'rootfs')), expected);
    const inspected = await programs.require({
      program: 'skopeo',
      arguments: ['inspect', '--config', `docker-archive:${archive}`],
    });
    assert.deepEqual(JSON.parse(inspected.stdout).architecture, 'amd64');
  });

  for (const [format, qemuName] of [
    ['qcow2', 'qcow2'],
    ['vhd', 'vpc'],
    ['vhdx', 'vhdx'],
    ['vmdk', 'vmdk'],
    ['vdi', 'vdi'],
    ['vpc', 'vpc'],
    ['qed', 'qed'],
    ['qcow', 'qcow'],
    ['parallels', 'parallels'],
    ['raw', 'raw'],
  ] as const) {
    test(`${format} holds the disk`, async () => {
      const { directory } = await write([format]);
      const original = join(work, 'original.disk');
      await makeDisk(original);
      const { programs } = openTestPorts();
      // qemu takes what follows a colon for a protocol, so no name here has one.
      const compared = await programs.require({
        program: 'qemu-img',
        arguments: ['compare', '-f', qemuName, '-F', 'raw', join(directory, `my image.${format}`), original],
      });
      assert.match(compared.stdout, /Images are identical\.\n$/);
    });
  }

  test('raw.zst is unpacked to the disk', async () => {
    const { directory } = await write(['raw.zst']);
    const original = join(work, 'original.disk');
    await makeDisk(original);
    const unpacked = join(directory, 'unpacked');
    const { programs } = openTestPorts();
    await programs.require({
      program: 'zstd',
      arguments: ['-d', '-q', join(directory, 'my image.raw.zst'), '-o', unpacked],
    });
    assert.deepEqual(await readFile(unpacked), await readFile(original));
  });

  test('every pair of formats in every order gives both outputs and nothing else', async () => {
    const names = formatTable.map((format) => format.name);
    const file = (name: string): string => `my image.${formatTable.find((format) => format.name === name)?.extension}`;
    for (const first of names) {
      for (const second of names) {
        if (first === second) continue;
        const { directory, paths } = await write([first, second]);
        const files = [...new Set([file(first), file(second)])];
        assert.deepEqual(paths, files, `${first},${second}`);
        assert.deepEqual((await readdir(directory)).sort(), files.sort(), `${first},${second}`);
        await rm(directory, { recursive: true });
      }
    }
  });

  test('all formats at once', async () => {
    const formats = formatTable.map((format) => format.name).filter((name) => name !== 'docker');
    const { paths } = await write(formats);
    assert.deepEqual(
      paths,
      formats.map((name) => `my image.${formatTable.find((format) => format.name === name)?.extension}`),
    );
  });

  test('qcow2 stays compressed after another disk format', async () => {
    const { directory } = await write(['vmdk', 'qcow2']);
    const { stdout } = await openTestPorts().programs.require({
      program: 'qemu-img',
      arguments: ['check', '--output=json', join(directory, 'my image.qcow2')],
    });
    assert.ok(JSON.parse(stdout)['compressed-clusters'] > 0, stdout);
  });

  test('a fixed date gives the same bytes twice, except in formats to which qemu-img gives random numbers', async () => {
    const formats = formatTable
      .map((format) => format.name)
      .filter((name) => !['vmdk', 'vhdx', 'vdi', 'vpc', 'docker'].includes(name));
    const change = { sourceDateEpochSeconds: 1_600_000_000, checksums: ['sha256'] as const };
    const [first, second] = [await write(formats, change), await write(formats, change)];
    for (const name of first.paths) {
      assert.ok(
        (await readFile(join(first.directory, name))).equals(await readFile(join(second.directory, name))),
        `${name} differs`,
      );
    }
  });

  test('checksum files are what md5sum and sha256sum take, for every format', async () => {
    const formats = ['tar', 'squashfs', 'aci', 'qcow2', 'raw'];
    const { directory, paths } = await write(formats, { checksums: ['md5', 'sha256'], imageName: 'my image' });
    const { programs } = openTestPorts();
    for (const path of paths) {
      for (const kind of ['md5', 'sha256']) {
        await programs.require({
          program: `${kind}sum`,
          arguments: ['--check', '--strict', `${path}.${kind}`],
          workingDirectory: directory,
        });
      }
    }
    assert.equal((await readdir(directory)).length, 15);
  });

  test('events tell of every artifact', async () => {
    const { ports, directory } = await write(['tar', 'raw']);
    assert.deepEqual(
      ports.events.filter((event) => event.kind === 'artifact-written').map((event) => event.path),
      [join(directory, 'my image.tar'), join(directory, 'my image.raw')],
    );
    assert.deepEqual(
      ports.events.filter((event) => event.kind === 'progress').map((event) => event.share),
      [0, 0.5, 1],
    );
  });

  test('a failing conversion leaves old artifacts as they were, and nothing new', async () => {
    const directory = await mkdtemp(join(work, 'failing-'));
    await writeFile(join(directory, 'image.tar'), 'old');
    const rawDiskPath = join(work, 'failing.disk');
    await makeDisk(rawDiskPath);
    const options: OutputOptions = {
      formats: ['tar', 'qcow2', 'raw'],
      imagePath: join(directory, 'image'),
      imageName: 'image',
      compress: true,
      checksums: ['md5'],
      gzipProgram: 'gzip',
      overwritesOldImage: true,
      architecture: 'amd64',
      treeDirectory: tree,
      rawDiskPath,
      cpuCount: 2,
      qemuImgOptions: 'no_such_option=1',
    };
    await assert.rejects(writeArtifacts(options, openTestPorts()), (error) => {
      assert.ok(error instanceof BuildError);
      assert.equal(error.code, 'COMMAND_FAILED');
      assert.match(error.message, /no_such_option/);
      return true;
    });
    assert.deepEqual(await readdir(directory), ['image.tar']);
    assert.equal(await readFile(join(directory, 'image.tar'), 'utf8'), 'old');
    assert.equal((await readFile(rawDiskPath)).length, diskSizeBytes);
  });

  test('a full output directory is named, and old artifacts stay', async () => {
    const directory = await mkdtemp(join(work, 'full-'));
    const { programs } = openTestPorts();
    await programs.require({ program: 'mount', arguments: ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory] });
    try {
      await writeFile(join(directory, 'image.tar'), 'old');
      await assert.rejects(
        writeArtifacts(
          {
            formats: ['tgz', 'tar', 'tar.zst', 'oci'],
            imagePath: join(directory, 'image'),
            imageName: 'image',
            compress: true,
            checksums: [],
            gzipProgram: 'gzip',
            overwritesOldImage: false,
            architecture: 'amd64',
            treeDirectory: tree,
            cpuCount: 2,
          },
          openTestPorts(),
        ),
        {
          code: 'OUTPUT_UNWRITABLE',
          message: `cannot write ${directory}/image.*: ${directory} is on a full file system`,
        },
      );
      assert.deepEqual(await readdir(directory), ['image.tar']);
    } finally {
      await programs.require({ program: 'umount', arguments: [directory] });
    }
  });

  test('without a disk only the formats of the tree are written', async () => {
    const directory = await mkdtemp(join(work, 'no-disk-'));
    const artifacts = await writeArtifacts(
      {
        formats: ['qcow2', 'tar'],
        imagePath: join(directory, 'image'),
        imageName: 'image',
        compress: true,
        checksums: [],
        gzipProgram: 'gzip',
        overwritesOldImage: false,
        architecture: 'amd64',
        treeDirectory: tree,
        cpuCount: 1,
      },
      openTestPorts(),
    );
    assert.deepEqual(
      artifacts.map((artifact) => artifact.format),
      ['tar'],
    );
  });

  test('what is mounted below the tree stays out', async () => {
    const { programs } = openTestPorts();
    const place = join(tree, 'srv', 'a [mount]');
    await mkdir(place);
    await programs.require({ program: 'mount', arguments: ['-t', 'tmpfs', 'tmpfs', place] });
    try {
      await writeFile(join(place, 'file'), '');
      await writeFile(join(place, '.file'), '');
      const { directory } = await write(['tar', 'squashfs']);
      const listed = await programs.require({ program: 'tar', arguments: ['-tf', join(directory, 'my image.tar')] });
      const inTar = listed.stdout.split('\n').filter((line) => line.includes('[mount]'));
      assert.deepEqual(inTar, ['./srv/a [mount]/']);
      const inSquash = await programs.require({
        program: 'unsquashfs',
        arguments: ['-l', '-dest', '', join(directory, 'my image.squash')],
      });
      assert.deepEqual(
        inSquash.stdout.split('\n').filter((line) => line.includes('[mount]')),
        ['/srv/a [mount]'],
      );
    } finally {
      await programs.require({ program: 'umount', arguments: [place] });
      await rm(place, { recursive: true });
    }
  });
});

const diskSizeBytes = 9 * 1024 * 1024 + 512;
const diskNoise = noise(300_000);

/** A sparse disk with data at its start, in its middle and in its last sector; the same each time. */
async function makeDisk(path: string): Promise<void> {
  await writeFile(path, diskNoise.subarray(0, 1000));
  await truncate(path, 4 * 1024 * 1024);
  await writeFile(path, diskNoise, { flag: 'a' });
  await truncate(path, diskSizeBytes - 512);
  await writeFile(path, diskNoise.subarray(0, 512), { flag: 'a' });
}
