import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildRequest } from '../../src/model/request.js';
import { buildOptionRows } from '../../src/request/build-option-table.js';
import { parseLongOptions } from '../../src/request/getopt-long.js';
import { shapesOfOptions } from '../../src/request/option-shapes.js';
import { readBuildRequest } from '../../src/request/read-build-request.js';
import { openSettings } from '../../src/request/settings.js';

function read(line: string, environment: Readonly<Record<string, string>> = {}): BuildRequest {
  const words = line.split(' ').filter((word) => word !== '');
  const { uses, operands } = parseLongOptions({
    shapes: shapesOfOptions(buildOptionRows),
    arguments: words,
    isPosixOrder: false,
  });
  const settings = openSettings(uses, environment);
  const start = {
    programName: 'disk-image-create',
    arguments: words,
    environment,
    workingDirectory: '/here',
    homeDirectory: '/home/me',
    hostArchitecture: 'amd64',
    builtinElementsDirectory: '/package/elements',
  };
  const request = readBuildRequest({ start, environment, settings, operands });
  assert.deepEqual(
    settings.faults.map(({ message }) => message),
    [],
  );
  return request;
}

test('an element alone gives every default', () => {
  assert.deepEqual(read('debian-minimal', { PATH: '/bin' }), {
    mode: 'disk',
    elements: ['base', 'debian-minimal'],
    elementDirectories: ['/package/elements'],
    architecture: 'amd64',
    imageName: 'image',
    imagePath: '/here/image',
    formats: ['qcow2'],
    packages: [],
    compress: true,
    traceLevel: 0,
    checksums: [],
    isQuiet: false,
    hasTimestamps: true,
    logFormat: 'auto',
    cacheDirectory: '/home/me/.cache/image-create',
    lockDirectory: '/home/me/.cache/dib/lockfiles',
    temporaryDirectory: '/tmp',
    isTmpfsRefused: false,
    minimumTmpfsGib: 2,
    isOffline: false,
    size: {},
    rootFileSystem: { type: 'ext4', mkfsOptions: '' },
    installType: 'source',
    gzipProgram: 'gzip',
    overwritesOldImage: false,
    usageReport: 'none',
    breakPoints: { names: [], isOutsideTarget: false },
    hookNamePattern: '^[0-9A-Za-z_-]+$',
    cacheMode: 'on',
    workingDirectory: '/here',
    commandLine: 'debian-minimal',
    callerEnvironment: { PATH: '/bin' },
  });
});

test('every flag is read, and joins the environment of hooks where hooks know its variable', () => {
  const line =
    '-a arm64 -o out/x.raw -t raw -xx -u -n -p vim,git -p curl --checksum --logfile ~/log --image-size 2.5 ' +
    '--image-extra-size 100 --image-cache ~/c --max-online-resize 1000 --mkfs-journal-size 32 --mkfs-options -I=256 ' +
    '--min-tmpfs 4 --no-tmpfs --offline --qemu-img-options compat=0.10 --root-label root --ramdisk-element r ' +
    '--install-type package --docker-target a/b:c --cache=fresh --log-format json --jobs 3 vm';
  assert.deepEqual(read(line), {
    mode: 'disk',
    elements: ['vm', 'block-device-efi'],
    elementDirectories: ['/package/elements'],
    architecture: 'arm64',
    imageName: 'out/x',
    imagePath: '/here/out/x',
    formats: ['raw'],
    packages: ['vim', 'git', 'curl'],
    compress: false,
    traceLevel: 2,
    checksums: ['md5', 'sha256'],
    logPath: '/home/me/log',
    isQuiet: true,
    hasTimestamps: true,
    logFormat: 'json',
    cacheDirectory: '/home/me/c',
    lockDirectory: '/home/me/.cache/dib/lockfiles',
    temporaryDirectory: '/tmp',
    isTmpfsRefused: true,
    minimumTmpfsGib: 4,
    isOffline: true,
    size: { imageSizeGib: 2.5, extraSizeMib: 100 },
    rootFileSystem: {
      type: 'ext4',
      label: 'root',
      mkfsOptions: '-I=256',
      journalSizeMib: 32,
      maximumOnlineResizeBlocks: 1000,
    },
    installType: 'package',
    qemuImgOptions: 'compat=0.10',
    dockerTarget: 'a/b:c',
    gzipProgram: 'gzip',
    overwritesOldImage: false,
    usageReport: 'none',
    breakPoints: { names: [], isOutsideTarget: false },
    hookNamePattern: '^[0-9A-Za-z_-]+$',
    cacheMode: 'fresh',
    maximumJobs: 3,
    workingDirectory: '/here',
    commandLine: line,
    callerEnvironment: {
      COMPRESS_IMAGE: '',
      SKIP_BASE: '1',
      DIB_CHECKSUM: '1',
      DIB_NO_TMPFS: '1',
      DIB_OFFLINE: '1',
      DIB_IMAGE_SIZE: '2.5',
      DIB_IMAGE_EXTRA_SIZE: '100',
      MAX_ONLINE_RESIZE: '1000',
      DIB_JOURNAL_SIZE: '32',
      DIB_MIN_TMPFS: '4',
      DOCKER_TARGET: 'a/b:c',
      LOGFILE: '/home/me/log',
    },
  });
});

test('every variable is read', () => {
  const environment = {
    ELEMENTS_PATH: '/srv/elements',
    IMAGE_ELEMENT: ' ubuntu  vm ',
    ARCH: 's390x',
    IMAGE_NAME: 'named',
    FS_TYPE: 'xfs',
    ROOT_LABEL: 'rootfs',
    SKIP_BASE: '1',
    DIB_DEBUG_TRACE: '1',
    DIB_QUIET: '1',
    DIB_NO_TIMESTAMP: '1',
    DIB_LOG_FORMAT: 'plain',
    DIB_CHECKSUM: 'sha256',
    DIB_IMAGE_SIZE: '3',
    DIB_IMAGE_EXTRA_SIZE: '20',
    DIB_JOURNAL_SIZE: '8',
    MKFS_OPTS: '-O ^metadata_csum',
    MAX_ONLINE_RESIZE: '5',
    DIB_BLOCK_DEVICE_CONFIG: 'file:///l.yaml',
    DIB_BLOCK_SIZE: '4096',
    DIB_DISK_MODE: 'loop',
    DIB_DEFAULT_INSTALLTYPE: 'package',
    QEMU_IMG_OPTIONS: 'cluster_size=2M',
    DIB_GZIP_BIN: 'pigz',
    ACI_MANIFEST: 'manifest.json',
    OVERWRITE_OLD_IMAGE: 'yes',
    DIB_SHOW_IMAGE_USAGE: '1',
    DIB_SHOW_IMAGE_USAGE_FULL: '1',
    DIB_IMAGE_CACHE: '/cache',
    DIB_CACHE_MODE: 'trust',
    DIB_LOCKFILES: '/locks',
    DIB_OFFLINE: 'x',
    DIB_NO_TMPFS: '2',
    DIB_MIN_TMPFS: '9',
    DIB_JOBS: '4',
    TMPDIR: '/var/tmp',
    TMP_DIR: '/ignored',
    RUN_PARTS_REGEX: '^[0-9]+$',
    break: 'after-root',
    break_cmd: 'true',
    SOURCE_DATE_EPOCH: '1700000000',
  };
  assert.deepEqual(read('extra', environment), {
    mode: 'disk',
    elements: ['ubuntu', 'vm', 'extra', 'block-device-mbr'],
    elementDirectories: ['/srv/elements', '/package/elements'],
    architecture: 's390x',
    imageName: 'named',
    imagePath: '/here/named',
    formats: ['qcow2'],
    packages: [],
    compress: true,
    traceLevel: 1,
    checksums: ['sha256'],
    isQuiet: true,
    hasTimestamps: false,
    logFormat: 'plain',
    cacheDirectory: '/cache',
    lockDirectory: '/locks',
    temporaryDirectory: '/var/tmp',
    isTmpfsRefused: true,
    minimumTmpfsGib: 9,
    isOffline: true,
    size: { imageSizeGib: 3, extraSizeMib: 20 },
    rootFileSystem: {
      type: 'xfs',
      label: 'rootfs',
      mkfsOptions: '-O ^metadata_csum',
      journalSizeMib: 8,
      maximumOnlineResizeBlocks: 5,
    },
    blockDeviceConfig: { kind: 'file', value: '/l.yaml' },
    sectorSizeBytes: 4096,
    diskMode: 'loop',
    installType: 'package',
    qemuImgOptions: 'cluster_size=2M',
    aciManifestPath: '/here/manifest.json',
    gzipProgram: 'pigz',
    overwritesOldImage: true,
    usageReport: 'full',
    breakPoints: { names: ['after-root'], command: 'true', isOutsideTarget: false },
    hookNamePattern: '^[0-9]+$',
    cacheMode: 'trust',
    maximumJobs: 4,
    sourceDateEpochSeconds: 1700000000,
    workingDirectory: '/here',
    commandLine: 'extra',
    callerEnvironment: environment,
  });
});

test('variables of flags that only flags may set are not read', () => {
  const request = read('a', { LOGFILE: '/log', COMPRESS_IMAGE: '', DOCKER_TARGET: 'x', INSTALL_PACKAGES: 'vim' });
  assert.equal(request.logPath, undefined);
  assert.equal(request.compress, true);
  assert.equal(request.dockerTarget, undefined);
  assert.deepEqual(request.packages, []);
});

test('a log file makes the build quiet unless DIB_QUIET is 0', () => {
  assert.equal(read('--logfile x a').isQuiet, true);
  assert.equal(read('--logfile x a', { DIB_QUIET: '0' }).isQuiet, false);
  assert.equal(read('a', { DIB_QUIET: '' }).isQuiet, false);
});

test('the trace flags add to the variable', () => {
  assert.equal(read('-x a -x', { DIB_DEBUG_TRACE: '1' }).traceLevel, 3);
});

test('the last list of formats counts, and a suffix is kept with several', () => {
  const request = read('-t tar -t qcow2,raw,qcow2 -o x.qcow2 a');
  assert.deepEqual(request.formats, ['qcow2', 'raw']);
  assert.equal(request.imageName, 'x.qcow2');
});

test('a hardened Gentoo profile keeps the build off tmpfs', () => {
  assert.equal(read('a', { GENTOO_PROFILE: 'amd64/hardened' }).isTmpfsRefused, true);
});

test('packages are split at commas and blanks', () => {
  const { uses } = { uses: [{ name: 'packages', value: 'vim git,,curl ' }] };
  const settings = openSettings(uses, {});
  const request = readBuildRequest({
    start: {
      programName: 'disk-image-create',
      arguments: [],
      environment: {},
      workingDirectory: '/here',
      homeDirectory: '/home/me',
      hostArchitecture: 'amd64',
      builtinElementsDirectory: '/package/elements',
    },
    environment: {},
    settings,
    operands: ['a'],
  });
  assert.deepEqual(request.packages, ['vim', 'git', 'curl']);
});

test('docker needs a name', () => {
  assert.throws(() => read('-t docker a'), /format docker needs the name of the container image/);
});
