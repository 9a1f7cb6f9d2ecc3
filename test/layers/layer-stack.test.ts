import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestAfter, type LayerStack, openLayerStack } from '../../src/layers/layer-stack.js';
import { type LayerStore, openLayerStore } from '../../src/layers/layer-store.js';
import { openTestPorts } from '../helpers/ports.js';

/** A stack whose tree is not mounted: only its changes are there. The real one is tried in `open-layers.test.ts`. */
interface Bench {
  readonly stack: LayerStack;
  readonly store: LayerStore;
  /** What the tree was mounted with, last. */
  mounted(): readonly string[];
  setBusy(isBusy: boolean): void;
  write(path: string, text: string): void;
  /** Makes a directory among the changes. */
  copyUp(path: string): void;
  leased(): string;
}

async function open(context: TestContext): Promise<Bench> {
  const root = mkdtempSync(join(tmpdir(), 'dib-stack-'));
  context.after(() => rmSync(root, { recursive: true }));
  const { programs } = openTestPorts();
  const store = await openLayerStore({
    directory: root,
    programs,
    warn: assert.fail,
    newSalt: () => 'salt',
    bootId: 'boot',
  });
  const lease = { path: join(root, 'lease'), directory: join(root, 'leased'), release: async () => undefined };
  mkdirSync(lease.directory);
  let isBusy = false;
  let mounted: readonly string[] = [];
  let upper = '';
  const stack = await openLayerStack({
    store,
    lease,
    programs,
    tree: {
      upper: () => upper,
      hasChanges: async () => readdirSync(upper).length > 0,
      release: async () => !isBusy,
      async mount(layerTrees, partial) {
        mounted = layerTrees;
        upper = `${partial}/upper`;
        mkdirSync(upper);
      },
      mountsBelow: async () => [],
    },
  });
  return {
    stack,
    store,
    mounted: () => mounted,
    setBusy: (value) => {
      isBusy = value;
    },
    write(path, text) {
      mkdirSync(dirname(join(upper, path)), { recursive: true });
      writeFileSync(join(upper, path), text);
    },
    copyUp: (path) => mkdirSync(join(upper, path)),
    leased: () => readFileSync(lease.path, 'utf8'),
  };
}

test('changes become a layer of the store, leased, and the tree goes on above it', async (context) => {
  const { stack, store, mounted, write, leased } = await open(context);
  const empty = stack.digest();
  assert.equal(await stack.seal(), undefined);
  assert.equal(stack.digest(), empty);
  write('etc/file', 'one');
  assert.equal(await stack.isDirty(), true);
  const layer = await stack.seal();
  assert.ok(typeof layer === 'object');
  assert.equal(readFileSync(`${store.treeOf(layer.id)}/etc/file`, 'utf8'), 'one');
  assert.deepEqual(mounted(), [store.treeOf(layer.id)]);
  assert.deepEqual(stack.layers(), [layer]);
  assert.equal(stack.digest(), digestAfter(empty, layer));
  assert.equal(leased(), `layer ${layer.id}\n`);
  assert.equal(await stack.isDirty(), false);
});

test('a directory that was copied up for a while makes no other layer', async (context) => {
  const { stack, write } = await open(context);
  write('tmp/kept', 'below');
  await stack.seal();
  write('file', 'one');
  const plain = await stack.seal();
  const again = await open(context);
  again.write('tmp/kept', 'below');
  await again.stack.seal();
  again.write('file', 'one');
  again.copyUp('tmp');
  const layer = await again.stack.seal();
  assert.ok(typeof layer === 'object' && typeof plain === 'object');
  assert.deepEqual([layer.id, again.stack.digest()], [plain.id, stack.digest()]);
});

test('a tree that is in use stays as it is', async (context) => {
  const { stack, store, setBusy, write } = await open(context);
  write('file', 'one');
  const before = stack.digest();
  setBusy(true);
  assert.equal(await stack.seal(), 'busy');
  const other = await store.makePartial();
  mkdirSync(`${other}/upper`);
  const layer = await store.publish(other, { taken: [] });
  assert.equal(await stack.add([layer]), false);
  assert.deepEqual([stack.depth(), stack.digest()], [0, before]);
  setBusy(false);
  assert.equal(typeof (await stack.seal()), 'object');
});

test('layers of the store are laid on top, and the digest follows them one by one', async (context) => {
  const first = await open(context);
  first.write('a', 'a');
  const one = await first.stack.seal();
  assert.ok(typeof one === 'object');
  const { stack, mounted } = await open(context);
  const empty = stack.digest();
  assert.equal(await stack.add([one]), true);
  assert.equal(stack.digest(), empty);
  stack.advance(undefined);
  stack.advance(one);
  assert.equal(stack.digest(), first.stack.digest());
  assert.equal(mounted().length, 1);
  stack.forgetDigest();
  stack.advance(one);
  assert.equal(stack.digest(), undefined);
});

test("the host's resolver configuration is left out of what a layer comes to", async (context) => {
  if (!existsSync('/etc/resolv.conf')) return context.skip('no /etc/resolv.conf');
  const { stack, write } = await open(context);
  write('etc/resolv.conf', readFileSync('/etc/resolv.conf', 'utf8'));
  const layer = await stack.seal();
  assert.ok(typeof layer === 'object');
  assert.equal(layer.volatilePath, 'etc/resolv.conf');
  write('etc/resolv.conf', 'of the image');
  const own = await stack.seal();
  assert.ok(typeof own === 'object' && own.volatilePath === undefined);
});

test('what is not a layer yet goes with the stack', async (context) => {
  const { stack, write } = await open(context);
  write('file', 'one');
  const changes = stack.changes();
  assert.ok(existsSync(changes));
  await stack.close();
  assert.equal(existsSync(changes), false);
});
