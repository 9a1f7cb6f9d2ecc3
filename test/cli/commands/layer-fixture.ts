import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { saveBuildDecisions } from '../../../src/layers/build-decisions.js';
import type { Layer, UnitRecord } from '../../../src/layers/layer-record.js';
import { writeSealed } from '../../../src/layers/layer-store.js';

/** Why trees of layers cannot be entered here, or false. */
export function whyNoLayers(): string | false {
  if (process.getuid?.() !== 0) return 'run by root';
  const missing = ['unshare', 'setpriv', 'chroot', 'getfattr', 'setfattr', 'ldd'].filter(
    (name) => spawnSync('which', [name]).status !== 0,
  );
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : false;
}

/** A cache with one build: a shell from a host hook, two hooks that follow each other, and what a third left as it failed. */
export async function makeLayerFixture(context: TestContext): Promise<{
  readonly cache: string;
  readonly store: string;
  /** Directory of a layer's files. */
  readonly tree: (id: string) => string;
}> {
  const cache = mkdtempSync(join(tmpdir(), 'dib-layers-'));
  context.after(() => rmSync(cache, { recursive: true }));
  const store = `${cache}/layers/root/v1`;
  const tree = (id: string): string => `${store}/layers/${id}/tree`;
  mkdirSync(`${store}/builds`, { recursive: true });
  const layers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    base: { 'etc/name': 'base\n', 'opt/one/file': 'base\n' },
    left: { 'etc/name': 'left\n' },
    right: {
      'var/lib/dpkg/status':
        'Package: greeter\nStatus: install ok installed\nVersion: 1.2-3\nInstalled-Size: 2048\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n',
      'var/lib/dpkg/info/greeter.list': '/.\n/bin/greet\n/etc/name\n',
      'usr/bin/greet': '#!/bin/sh\n',
    },
  };
  for (const [index, [id, files]] of Object.entries(layers).entries()) {
    writeFiles(tree(id), files);
    await writeSealed(`${store}/layers/${id}/layer.json`, layerOf(id, (index + 1) * 1_048_576));
  }
  copyShell(tree('base'));
  writeFiles(`${store}/failed/half/upper`, { 'etc/half': 'half\n' });
  mkdirSync(`${store}/records/state/install`, { recursive: true });
  await writeSealed(`${store}/records/state/install/record.json`, record);
  await saveBuildDecisions(store, {
    imagePath: '/w/image',
    startedMs: 0,
    outcome: 'failed',
    decisions: [
      {
        phase: 'root',
        hooks: ['10-base'],
        outcome: 'run',
        because: ['host hooks run each time'],
        durationMs: 1,
        depth: 0,
      },
      { phase: 'install', hooks: ['20-left'], outcome: 'run', because: [], durationMs: 1, layer: 'left', depth: 2 },
      { phase: 'install', hooks: ['30-right'], outcome: 'run', because: [], durationMs: 1, layer: 'right', depth: 3 },
      { phase: 'install', hooks: ['40-fails'], outcome: 'failed', because: [], durationMs: 1, depth: 3 },
    ],
    stack: ['base', 'left', 'right'],
    failed: { phase: 'install', hook: '40-fails', directory: 'failed/half' },
  });
  return { cache, store, tree };
}

const record: UnitRecord = {
  id: 'record',
  parent: 'state',
  phase: 'install',
  place: 'chroot',
  hooks: [{ name: '20-left', element: 'lefty', digest: 'd1' }],
  inputs: {
    files: { 'install.d/20-left': 'd1' },
    listings: {},
    names: { others: 'd2' },
    variables: { ARCH: 'd3' },
    mounts: {},
    archives: {},
    host: {},
  },
  layer: { id: 'left', contentDigest: 'content of left' },
  durationMs: 1500,
  createdMs: 0,
  maximumAgeMs: 7_200_000,
};

function layerOf(id: string, sizeBytes: number): Layer {
  return {
    id,
    contentDigest: `content of ${id}`,
    tableDigest: `table of ${id}`,
    sizeBytes,
    entryCount: 3,
    hasRootAttributes: false,
    bootId: 'boot',
  };
}

function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(`${directory}/${path}`), { recursive: true });
    writeFileSync(`${directory}/${path}`, text);
  }
}

/** The host's sh with its libraries. */
function copyShell(directory: string): void {
  const libraries = spawnSync('ldd', ['/bin/sh'], { encoding: 'utf8' }).stdout.match(/\/\S+/g) ?? [];
  for (const path of ['/bin/sh', ...libraries.filter((library) => existsSync(library))]) {
    mkdirSync(dirname(directory + path), { recursive: true });
    copyFileSync(path, directory + path);
  }
}
