import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tidyTree } from '../../src/steps/tidy-tree.js';
import { openTestStepContext } from '../helpers/step-context.js';

test('tidying empties tmp, dev and logs, keeps what is not its business, and takes the boot records', async () => {
  const { context, root, targetCalls } = openTestStepContext();
  const tree = context.workspace.treeDirectory;
  const write = (path: string, text: string): void => {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), text);
  };
  write('tmp/with blank/file', 'x');
  write('tmp/.hidden', 'x');
  write('dev/null', '');
  write('var/log/syslog', 'lines');
  write('var/log/apt/history.log', 'lines');
  write('root/install.log', 'x');
  write('root/deep/er.log', 'x');
  write('root/notes', 'x');
  write('outside.log', 'kept');
  symlinkSync('../../outside.log', join(tree, 'var/log/link'));
  write('etc/resolv.conf', 'build');
  write('boot/grub/.dib-grub-install', 'i386-pc\t/dev/dib-image0\t/boot/grub/i386-pc\n');
  write('boot/grub2/.dib-grub-install', 'x86_64-efi\t\t/boot/grub2/x86_64-efi\n');
  await tidyTree(context);
  assert.deepEqual(readdirSync(join(tree, 'tmp')), []);
  assert.deepEqual(readdirSync(join(tree, 'dev')), []);
  assert.equal(statSync(join(tree, 'var/log/syslog')).size, 0);
  assert.equal(statSync(join(tree, 'var/log/apt/history.log')).size, 0);
  assert.deepEqual(readdirSync(join(tree, 'root')).sort(), ['deep', 'notes']);
  assert.deepEqual(readdirSync(join(tree, 'root/deep')), []);
  assert.equal(readFileSync(join(tree, 'outside.log'), 'utf8'), 'kept');
  assert.equal(existsSync(join(tree, 'etc/resolv.conf')), false);
  assert.equal(existsSync(join(tree, 'boot/grub/.dib-grub-install')), false);
  assert.deepEqual(context.state.bootRecords, [
    'i386-pc\t/dev/dib-image0\t/boot/grub/i386-pc',
    'x86_64-efi\t\t/boot/grub2/x86_64-efi',
  ]);
  assert.ok(targetCalls.includes('unmountAll'));
  rmSync(root, { recursive: true });
});

test('a tree without log, home, tmp and dev is no fault', async () => {
  const { context, root } = openTestStepContext();
  mkdirSync(join(context.workspace.treeDirectory, 'etc'));
  await tidyTree(context);
  rmSync(root, { recursive: true });
});
