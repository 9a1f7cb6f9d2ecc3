import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSources, parseIndexTargets } from '../../bench/archives.js';
import { countReused } from '../../bench/cache-probe.js';
import { findFailure } from '../../bench/measure-builds.js';

test('a failure is told by its first and last complaint and what was tried, without times and tracebacks', () => {
  const log = [
    'Unpacking liberror-perl (0.17029)',
    '2026-01-01 10:00:00.000 | Calling [kpartx -av /dev/loop0]',
    '2026-01-01 10:00:01.000 | ERROR create failed',
    'Traceback (most recent call last):',
    '  File "x.py", line 1, in <module>',
    '    raise error',
    'Failure: sudo failed',
    'cleaning up',
    '',
  ].join('\n');
  assert.equal(findFailure(log), 'Calling [kpartx -av /dev/loop0] | ERROR create failed | Failure: sudo failed');
});

test('a log without complaints is told by its last line', () => {
  assert.equal(findFailure('started\nstopped\n'), 'stopped');
  assert.equal(findFailure(''), 'it said nothing');
});

test('one complaint is told once', () => {
  assert.equal(findFailure('mount: /dev/loop0p1 does not exist\n'), 'mount: /dev/loop0p1 does not exist');
});

test('index targets name archives by their label', () => {
  assert.deepEqual(parseIndexTargets('Debian\thttp://archive.example/debian/\nother\n'), [
    { label: 'Debian', url: 'http://archive.example/debian' },
  ]);
});

test('sources are the release, its updates and its security updates', () => {
  const archives = { mirrorUrl: 'http://a.example/d', securityMirrorUrl: 'http://a.example/s', acceptsExpired: false };
  assert.deepEqual(formatSources(archives, 'trixie'), [
    ['default', 'deb http://a.example/d trixie main'],
    ['updates', 'deb http://a.example/d trixie-updates main'],
    ['security', 'deb http://a.example/s trixie-security main'],
  ]);
  assert.deepEqual(formatSources({ ...archives, acceptsExpired: true }, 'sid')[0], [
    'default',
    'deb [check-valid-until=no] http://a.example/d sid main',
  ]);
});

test('what was taken from the cache is counted in the event stream', () => {
  const lines = [
    '{"kind":"hook-finished","outcome":"reused"}',
    '{"kind":"hook-finished","outcome":"done"}',
    '{"kind":"step-finished","outcome":"reused"}',
    '{"kind":"message","text":"reused"}',
    'plain',
  ];
  assert.equal(countReused(lines.join('\n')), 2);
});
