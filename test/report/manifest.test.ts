import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildRequest } from '../../src/model/request.js';
import { openSummaryCollector } from '../../src/report/collect-summary.js';
import { formatManifest } from '../../src/report/manifest.js';
import { sampleEvents } from './sample-events.js';

const request: BuildRequest = {
  mode: 'disk',
  elements: ['base', 'vm'],
  elementDirectories: ['/srv/elements'],
  architecture: 'amd64',
  imageName: 'image',
  imagePath: '/out/image',
  formats: ['qcow2'],
  packages: [],
  compress: true,
  traceLevel: 0,
  checksums: [],
  isQuiet: false,
  hasTimestamps: true,
  logFormat: 'auto',
  cacheDirectory: '/cache',
  lockDirectory: '/locks',
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
  workingDirectory: '/home/me',
  commandLine: 'vm --root-label hunter22',
  callerEnvironment: { PATH: '/bin', DIB_RELEASE: 'bookworm', DIB_DEV_USER_PASSWORD: 'hunter22' },
};

const elementSet = {
  elements: [
    {
      name: 'vm',
      directory: '/srv/elements/vm',
      dependencies: [],
      provides: [],
      requestedBy: ['command line'],
      files: [],
      digest: 'd'.repeat(64),
    },
  ],
  digest: 'e'.repeat(64),
  warnings: [],
};

const artifacts = [{ format: 'qcow2', path: '/out/image.qcow2', sizeBytes: 7, digests: { sha256: 'a'.repeat(64) } }];

function manifestOf(parts: Partial<BuildRequest>): Record<string, never> {
  const collector = openSummaryCollector();
  for (const event of sampleEvents) collector.take(event);
  const text = formatManifest({
    version: '1.2.3',
    request: { ...request, ...parts },
    elementSet,
    artifacts,
    summary: collector.summary(),
  });
  assert.equal(text.includes('hunter22'), false);
  return JSON.parse(text);
}

test('a manifest tells what was asked, from what, what came out and how long it took, without secrets', () => {
  const { request: asked, ...rest } = manifestOf({}) as Record<string, Record<string, unknown>>;
  assert.deepEqual(asked?.environment, { DIB_DEV_USER_PASSWORD: '***', DIB_RELEASE: 'bookworm' });
  assert.equal(asked?.commandLine, 'vm --root-label ***');
  assert.deepEqual(rest, {
    manifestVersion: 1,
    builder: { name: 'diskimage-builder', version: '1.2.3' },
    elements: [{ name: 'vm', sha256: 'd'.repeat(64), dependencies: [], requestedBy: ['command line'] }],
    elementsSha256: 'e'.repeat(64),
    artifacts: [{ format: 'qcow2', path: '/out/image.qcow2', sizeBytes: 7, digests: { sha256: 'a'.repeat(64) } }],
    timings: {
      steps: [
        { step: 'run-phase install', durationMs: 2014, outcome: 'done' },
        { step: 'write-artifacts', durationMs: 5, outcome: 'done' },
      ],
      phases: [
        {
          phase: 'install',
          durationMs: 2012,
          hooks: [
            { hook: '01-a', element: 'base', durationMs: 2000, outcome: 'done' },
            { hook: '02-b', element: 'vm', durationMs: 10, outcome: 'reused' },
          ],
        },
      ],
    },
  });
});

test('a reproducible build has a manifest without timings', () => {
  assert.equal('timings' in manifestOf({ sourceDateEpochSeconds: 1 }), false);
});
