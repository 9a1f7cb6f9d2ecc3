import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTarget, type RunResult, whyNoTarget } from './target-fixture.js';

const packageElements = ['install-bin', 'pkg-map', 'package-installs'];
const sampleMap = JSON.stringify({
  release: { fedora: { '39': { a: 'A39' } }, centos: { '8': { a: 'C8' } } },
  distro: { fedora: { a: 'Afed' } },
  family: { redhat: { a: 'Afam' } },
  default: { a: 'A', e: '', m: 'p q' },
});
/** Command line → standard output, exit status. */
const sampleCalls: readonly (readonly [string, string, number])[] = [
  ['--distro fedora --release 39 a', 'A39\n', 0],
  ['--distro fedora --release 40 a', 'Afed\n', 0],
  ['--distro rhel a', 'Afam\n', 0],
  ['--distro centos --release 8-stream a', 'C8\n', 0],
  ['--distro centos --release 9-stream a', 'Afam\n', 0],
  ['--distro opensuse a', 'A\n', 0],
  ['--distro fedora e a m', 'Afed\np q\n', 0],
  ['--distro fedora zz a', '', 1],
  ['--distro fedora a zz', 'Afed\n', 1],
  ['--distro fedora --missing-ok --prefix - zz a', '-zz\n-Afed\n', 0],
  ['--dis fedora --miss --prefix=- zz a', '-zz\n-Afed\n', 0],
  ['a --distro fedora -- --e', 'Afed\n', 1],
  ['--distro fedora', '', 0],
  ['--unknown a', '', 64],
  ['--distro', '', 64],
];

test('pkg-map answers the same from the staged table and from the JSON file', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: packageElements, elements: { sample: { 'pkg-map': sampleMap } } });
  assert.equal(target.onHost('"$staging/extra-data.d/10-create-pkg-map-dir"').status, 0);
  assert.equal(target.inTarget('/tmp/in_target.d/pre-install.d/01-install-bin').status, 0);
  const script = (source: string): string =>
    sampleCalls.map(([line]) => `pkg-map ${source} ${line} 2>/dev/null && echo "= 0" || echo "= $?"`).join('\n');
  const expected = sampleCalls.map(([, output, status]) => `${output}= ${status}\n`).join('');
  const element = target.inTarget(script('--element sample'));
  assert.equal(element.stdout, expected);
  assert.equal(target.inTarget(script('--pkg-map /usr/share/pkg-map/sample')).stdout, expected);
  assert.equal(target.inTarget(`rm -r /tmp/in_target.d/pkg-map.d; ${script('--element sample')}`).stdout, expected);
});

test('pkg-map reads a map that a hook changed, not the staged one', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: packageElements, elements: { sample: { 'pkg-map': sampleMap } } });
  target.write('usr/share/pkg-map/sample', '{"default": {"a": ["new", "list"]}}');
  const result = target.inTarget('/tmp/in_target.d/bin/pkg-map --element sample a');
  assert.deepEqual([result.stdout, result.status], ['new list\n', 0]);
});

test('pkg-map says what is wrong, by its exit status too', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: packageElements });
  target.write('tmp/broken', '{"default": {"a": }}');
  const run = (line: string): RunResult => target.inTarget(`/tmp/in_target.d/bin/pkg-map ${line}`);
  const outcomes = ['--element none a', '--element none --missing-ok a b', 'a', '--element x --pkg-map y a'].map(run);
  assert.deepEqual(
    outcomes.map((result) => [result.status, result.stdout, result.stderr.replace(/^INFO.*\n/gm, '')]),
    [
      [2, '', 'ERROR:root:there is no map /usr/share/pkg-map/none\n'],
      [0, 'a\nb\n', ''],
      [1, '', 'ERROR:root:--element or --pkg-map must be given\n'],
      [1, '', 'ERROR:root:only one of --element and --pkg-map can be given\n'],
    ],
  );
  const broken = run('--pkg-map /tmp/broken a');
  assert.equal(broken.status, 1);
  assert.match(broken.stderr, /^line 1: unexpected }$/m);
  const undistributed = target.inTarget('/tmp/in_target.d/bin/pkg-map --element none a', { DISTRO_NAME: '' });
  assert.equal(undistributed.status, 1);
});

test('the phases install and remove what the rules say, each in one sorted call', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, {
    builtin: packageElements,
    elements: {
      db: {
        'package-installs.yaml':
          'server:\nzlib: {build-only: true}\ncurl: {phase: post-install.d}\nold: {phase: pre-install.d, uninstall: true}\n',
        'pkg-map': '{"family": {"debian": {"server": "mariadb-server mariadb-client"}}}',
      },
      web: { 'package-installs.yaml': 'apache2:\nserver:\n' },
    },
  });
  assert.equal(target.onHost('"$staging/extra-data.d/10-create-pkg-map-dir"').status, 0);
  assert.equal(target.onHost('"$staging/extra-data.d/99-squash-package-install"').status, 0);
  const hooks = [
    'pre-install.d/01-install-bin',
    'pre-install.d/10-package-installs',
    'pre-install.d/99-package-uninstalls',
    'install.d/01-package-installs',
    'install.d/99-package-uninstalls',
    'post-install.d/00-package-installs',
    'post-install.d/95-package-uninstalls',
  ];
  const result = target.inTarget(`set -e; for hook in ${hooks.join(' ')}; do /tmp/in_target.d/$hook; done`);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.equal(
    target.read('var/log/install-packages'),
    '-e old\napache2 mariadb-client mariadb-server server zlib\n-e zlib\ncurl\n',
  );
  assert.equal(
    result.stdout,
    `Nothing to install
uninstall for db: old → old
Running command: install-packages -e old
install for db: server zlib → mariadb-server mariadb-client zlib
install for web: apache2 server → apache2 server
Running command: install-packages apache2 mariadb-client mariadb-server server zlib
uninstall for db: zlib → zlib
Running command: install-packages -e zlib
install for db: curl → curl
Running command: install-packages curl
Nothing to uninstall
`,
  );
  const parsed = JSON.parse(target.inTarget('cat /tmp/package-installs.json').stdout);
  assert.deepEqual(parsed['install.d'].uninstall, [['zlib', 'db']]);
});

test('package-installs-v2 maps lists that are not the engine’s own', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: packageElements, elements: { sample: { 'pkg-map': sampleMap } } });
  target.onHost('"$staging/extra-data.d/10-create-pkg-map-dir"');
  target.write('tmp/own.json', '{"install.d": {"install": [["m", "sample"], ["z", "other"], ["e", "sample"]]}}');
  const environment = { DISTRO_NAME: 'fedora' };
  const prepare = '/tmp/in_target.d/pre-install.d/01-install-bin;';
  const result = target.inTarget(`${prepare} package-installs-v2 --phase install.d /tmp/own.json`, environment);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.equal(target.read('var/log/install-packages'), 'p q z\n');
  const noop = target.inTarget('package-installs-v2 --phase install.d --noop /tmp/own.json', environment);
  assert.equal(noop.stdout.split('\n').at(-2), 'Running command: install-packages p q z');
  assert.equal(target.read('var/log/install-packages'), 'p q z\n');
  const statuses = [
    '/tmp/own.json',
    '--phase install.d',
    '--phase install.d /nowhere',
    '--phase install.d /bin/sh',
  ].map((line) => target.inTarget(`package-installs-v2 ${line}`, environment).status);
  assert.deepEqual(statuses, [2, 2, 1, 1]);
});

test('a failing package manager fails the phase', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: packageElements, elements: { e: { 'package-installs.yaml': 'a:\n' } } });
  target.onHost('"$staging/extra-data.d/99-squash-package-install"');
  target.inTarget('/tmp/in_target.d/pre-install.d/01-install-bin');
  target.write('usr/local/bin/install-packages', '#!/bin/bash\nexit 100\n', 0o755);
  const result = target.inTarget('/tmp/in_target.d/install.d/01-package-installs');
  assert.deepEqual(
    [result.status, result.stderr],
    [1, 'package-installs-v2: install-packages failed with status 100 in install.d\n'],
  );
});

test('text lists install everything and remove what has a dash', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, {
    builtin: packageElements,
    elements: {
      old: {
        'install.d/package-installs-old': '# comment\n  gcc \n\n-headers\nlast',
        'install.d/package-installs-old~': 'backup\n',
        'pkg-map': '{"default": {"headers": "linux-headers"}}',
      },
    },
  });
  target.onHost('"$staging/extra-data.d/10-create-pkg-map-dir"; "$staging/extra-data.d/99-squash-package-install"');
  target.inTarget('/tmp/in_target.d/pre-install.d/01-install-bin');
  const result = target.inTarget(
    '/tmp/in_target.d/install.d/01-package-installs && /tmp/in_target.d/install.d/99-package-uninstalls',
  );
  assert.equal(result.status, 0, result.stderr);
  assert.equal(target.read('var/log/install-packages'), 'gcc linux-headers last\n-e linux-headers\n');
  assert.equal(target.inTarget('package-installs').status, 1);
});

test('package-installs-squash merges the rules of the elements that it is given', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, {
    builtin: packageElements,
    elements: {
      one: {
        'package-installs.yaml': 'p: {build-only: true}\n"q\\"x": {phase: pre-install.d}\nr: {uninstall: true}\n',
      },
      two: { 'package-installs.yaml': 'p:\n' },
    },
  });
  const squash = (elements: string): unknown => {
    const line = `"$staging/bin/package-installs-squash" --elements "${elements}" --path /a:/b "$work/out.json" && cat "$work/out.json"`;
    const result = target.onHost(line);
    assert.equal(result.status, 0, result.stderr);
    return JSON.parse(result.stdout);
  };
  const staged = JSON.parse(readFileSync(join(target.staging, 'package-installs.d/package-installs.json'), 'utf8'));
  assert.deepEqual(squash('one two absent'), staged);
  assert.deepEqual(squash('one'), {
    'pre-install.d': { install: [['q"x', 'one']], uninstall: [] },
    'install.d': {
      install: [['p', 'one']],
      uninstall: [
        ['p', 'one'],
        ['r', 'one'],
      ],
    },
  });
  assert.deepEqual(squash('absent'), {});
});

test('the cleanup takes the build’s own programs away, or keeps them', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: packageElements, elements: { own: { 'bin/own-tool': '#!/bin/sh\n' } } });
  target.onHost('"$staging/extra-data.d/10-create-pkg-map-dir"');
  target.inTarget('/tmp/in_target.d/pre-install.d/01-install-bin');
  const list =
    'cd /usr/local/bin; ls own-tool pkg-map package-installs dib-json-lines 2>/dev/null; ls -d /usr/share/pkg-map';
  const clean = '"$staging/cleanup.d/96-remove-pkg-map" && "$staging/cleanup.d/96-remove-package-installs"';
  assert.equal(target.onHost(clean, { DIB_KEEP_BUILD_TOOLS: '1' }).status, 0);
  assert.equal(
    target.inTarget(list).stdout,
    'dib-json-lines\nown-tool\npackage-installs\npkg-map\n/usr/share/pkg-map\n',
  );
  assert.equal(target.onHost(clean).status, 0);
  assert.equal(target.inTarget(list).stdout, 'own-tool\n');
});
