import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from '../../src/base/build-error.js';
import { parseBuildRequest } from '../../src/request/parse-build-request.js';

const start = {
  programName: 'disk-image-create',
  arguments: [] as readonly string[],
  environment: {} as Readonly<Record<string, string>>,
  workingDirectory: '/here',
  homeDirectory: '/home/me',
  hostArchitecture: 'amd64',
  builtinElementsDirectory: '/package/elements',
};

function request(line: string, environment: Readonly<Record<string, string>> = {}) {
  const parsed = parseBuildRequest({ ...start, arguments: line.split(' '), environment });
  assert.equal(parsed.kind, 'build');
  return parsed.kind === 'build' ? parsed.request : undefined;
}

test('help and version act wherever they stand, without any element', () => {
  assert.deepEqual(parseBuildRequest({ ...start, arguments: ['-t', 'bogus', '-h', '--version'] }), { kind: 'help' });
  assert.deepEqual(parseBuildRequest({ ...start, arguments: ['vm', '--vers', '-h'] }), { kind: 'version' });
});

test('a wrong option keeps even help from acting, as getopt has it', () => {
  assert.throws(() => parseBuildRequest({ ...start, arguments: ['-h', '--bogus', 'vm'] }), {
    code: 'USAGE',
    message: "unrecognized option '--bogus'",
  });
});

test('all faults of flags and variables are reported together', () => {
  try {
    parseBuildRequest({
      ...start,
      arguments: ['--bogus', '--image-size', '5G', '-t', 'qcow3', '../x'],
      environment: { DIB_DEBUG_TRACE: 'yes', ELEMENTS_PATH: '/a::/b' },
    });
    assert.fail('nothing was thrown');
  } catch (error) {
    assert.deepEqual(
      faultsOf(error).map(({ code, message }) => `${code} ${message}`),
      [
        "USAGE unrecognized option '--bogus'",
        'FORMAT_UNKNOWN output format "qcow3" is not known',
        'ELEMENT_DIRECTORY_INVALID "../x" is not the name of an element',
        'ELEMENT_DIRECTORY_INVALID ELEMENTS_PATH is "/a::/b"; it has an empty entry',
        'VARIABLE_INVALID DIB_DEBUG_TRACE is "yes"; expected a trace level, a whole number of at least 0',
        'USAGE --image-size is "5G"; expected a number of GiB above 0',
      ],
    );
  }
});

test('no elements is a fault', () => {
  assert.throws(() => parseBuildRequest(start), { code: 'USAGE', message: 'no elements were given' });
});

test('-c forgets the environment but home, path and the place of the package', () => {
  const environment = {
    HOME: '/home/me',
    PATH: '/opt/bin',
    _LIB: '/package/lib',
    DIB_PYTHON_EXEC: '/usr/bin/python3',
    DIB_IMAGE_SIZE: '7',
    SECRET: 'x',
  };
  for (const [line, variables] of [
    ['-c -n --offline debian', environment],
    ['-n --offline debian', { ...environment, CLEAR_ENV: '1' }],
  ] as const) {
    const cleared = request(line, variables);
    assert.deepEqual(cleared?.callerEnvironment, {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/home/me',
      _LIB: '/package/lib',
      DIB_PYTHON_EXEC: '/usr/bin/python3',
      SKIP_BASE: '1',
      DIB_OFFLINE: '1',
    });
    assert.equal(cleared?.size.imageSizeGib, undefined);
    assert.equal(cleared?.isOffline, true);
  }
});

test('-c does nothing without a home', () => {
  assert.equal(request('-c debian', { DIB_IMAGE_SIZE: '7' })?.size.imageSizeGib, 7);
});

test('POSIXLY_CORRECT makes everything after the first element an element', () => {
  assert.deepEqual(request('-n a --offline', { POSIXLY_CORRECT: '' })?.elements, ['a', '--offline']);
});

test('ramdisk mode is chosen by the name of the program alone', () => {
  const parsed = parseBuildRequest({
    ...start,
    programName: 'ramdisk-image-create',
    arguments: ['deploy', '--ramdisk-element', 'dracut-ramdisk'],
  });
  assert.equal(parsed.kind, 'build');
  if (parsed.kind !== 'build') return;
  assert.equal(parsed.request.mode, 'ramdisk');
  assert.deepEqual(parsed.request.elements, ['dracut-ramdisk', 'base', 'deploy']);
  assert.deepEqual(parsed.request.formats, []);
  assert.equal(parsed.request.callerEnvironment.RAMDISK_ELEMENT, 'dracut-ramdisk');
});

test('options of the calling command are handed back', () => {
  const parsed = parseBuildRequest({
    ...start,
    arguments: ['--show', 'layout', 'vm', '--json'],
    furtherOptions: [
      { name: 'json', long: 'json', help: '' },
      { name: 'show', long: 'show', value: 'PART', help: '' },
    ],
  });
  assert.deepEqual(parsed.kind === 'build' ? parsed.furtherUses : undefined, [
    { name: 'show', value: 'layout' },
    { name: 'json' },
  ]);
});
