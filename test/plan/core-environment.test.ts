import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildRequest } from '../../src/model/request.js';
import { coreEnvironment, targetEnvironment } from '../../src/plan/core-environment.js';

const request = {
  callerEnvironment: {
    HOME: '/home/me',
    PATH: '/opt/bin:/usr/bin',
    DIB_THING: 'a "quoted" $value',
    DIB_PASSWORD: 'hunter22',
    TMPDIR: '/scratch',
  },
  commandLine: '-o x vm',
  architecture: 'amd64',
  imageName: 'x',
  rootFileSystem: { type: 'ext4', mkfsOptions: '' },
  elementDirectories: ['/mine', '/built-in'],
  traceLevel: 1,
  cacheDirectory: '/cache',
  lockDirectory: '/locks',
  isOffline: false,
  checksums: [],
  isTmpfsRefused: false,
  minimumTmpfsGib: 2,
} as unknown as BuildRequest;

const environment = coreEnvironment({
  request,
  elementSet: { elements: [], digest: '', warnings: [] },
  pythonPath: '/usr/bin/python3',
  elementVariables: { IMAGE_ELEMENT: 'base vm', 'BASH_FUNC_die%%': '() { :; }' },
  layoutVariables: { DIB_ROOT_LABEL: 'cloudimg-rootfs' },
  pathBefore: ['/engine/sandbox'],
  pathAfter: ['/engine/bin'],
  redact: (text) => text.replaceAll('hunter22', '***'),
});

test('host hooks see the caller and the engine, with the same paths in every build', () => {
  const { TMP_BUILD_DIR, TMP_MOUNT_PATH, TMP_HOOKS_PATH, TMPDIR, HOME, LC_ALL, ARCH, DIB_OFFLINE, DIB_DEBUG_TRACE } =
    environment;
  assert.deepEqual(
    { TMP_BUILD_DIR, TMP_MOUNT_PATH, TMP_HOOKS_PATH, TMPDIR, HOME, LC_ALL, ARCH, DIB_OFFLINE, DIB_DEBUG_TRACE },
    {
      TMP_BUILD_DIR: '/dib/build',
      TMP_MOUNT_PATH: '/dib/build/mnt',
      TMP_HOOKS_PATH: '/dib/build/hooks',
      TMPDIR: '/dib/tmp',
      HOME: '/home/me',
      LC_ALL: 'C',
      ARCH: 'amd64',
      DIB_OFFLINE: '',
      DIB_DEBUG_TRACE: '1',
    },
  );
  assert.equal(environment.ELEMENTS_PATH, '/mine:/built-in');
  assert.equal(
    environment.PATH,
    '/engine/sandbox:/opt/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin:/engine/bin',
  );
});

test('DIB_ENV declares the DIB variables, secrets masked', () => {
  assert.equal(
    environment.DIB_ENV,
    'declare -x DIB_ARGS="-o x vm"\ndeclare -x DIB_PASSWORD="***"\ndeclare -x DIB_THING="a \\"quoted\\" \\$value"',
  );
});

test("inside the chroot the PATH is clean, the home is root's, and nothing leads to the host", () => {
  const inside = targetEnvironment({
    ...environment,
    LD_PRELOAD: 'x',
    SUDO_USER: 'me',
    PYTHONPATH: 'x',
    http_proxy: 'http://proxy',
  });
  assert.equal(inside.PATH, '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  assert.equal(inside.HOME, '/root');
  assert.equal(inside.USER, 'root');
  assert.equal(inside.http_proxy, 'http://proxy');
  for (const name of ['TMPDIR', 'LD_PRELOAD', 'SUDO_USER', 'PYTHONPATH', 'BASH_FUNC_die%%'])
    assert.equal(name in inside, false, name);
});
