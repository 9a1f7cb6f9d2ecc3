import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookHead, lintFiles, messagesOf } from './lint-files.js';

test('variables that something sets, or that have a fallback, are fine', async (context) => {
  const text = `${hookHead}echo "$ARCH $HOME $# $1 $DISTRO_NAME $DIB_B" "\${X:-}" "\${Y:?}"
if [ -n "\${Z:-}" ]; then echo "$Z"; fi
set_name() { name=x; }
set_name
echo "$name \${#name} \${name%x}"
`;
  const files = { 'a/element-deps': 'b\n', 'a/install.d/50-a': text, 'b/environment.d/10-b': 'export DIB_B=1\n' };
  assert.deepEqual(await lintFiles(context, files), []);
});

test('what sources unknown files may use unknown variables', async (context) => {
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': `${hookHead}. /etc/os-release\necho "$ID"\n` }), []);
});

test('each variable is named once, with what sets it or what is near', async (context) => {
  const text = `${hookHead}name=x\necho "$nmae $nmae" "$DIB_B" "$TMP_MOUNT_PATH"\n`;
  const files = { 'a/install.d/50-a': text, 'b/environment.d/10-b': 'export DIB_B=1\n' };
  assert.deepEqual(await messagesOf(context, files), [
    'nothing sets nmae, so set -u ends the script here [did you mean "name"?]',
    'DIB_B is set by "b", which is not among the dependencies of "a" [add it to element-deps, or give a default: ${DIB_B:-}]',
    'TMP_MOUNT_PATH leads to a path of the host, which a hook of install does not see [inside the image the tree is /]',
  ]);
});

test('variables of the engine are there in their phases only', async (context) => {
  const files = {
    'a/root.d/50-a': `${hookHead}echo "$TARGET_ROOT"\n`,
    'a/post-root.d/50-a': `${hookHead}echo "$TARGET_ROOT"\n`,
    'a/finalise.d/50-a': `${hookHead}echo "$IMAGE_BLOCK_DEVICE"\n`,
    'a/environment.d/10-a': 'export A=$IMAGE_BLOCK_DEVICE\n',
  };
  assert.deepEqual(await lintFiles(context, files), [
    'a/environment.d/10-a:1:10 variable-unset',
    'a/post-root.d/50-a:3:7 variable-unset',
  ]);
});

test('scripts that do not set -u are not asked', async (context) => {
  assert.deepEqual(await lintFiles(context, { 'a/static/bin/x': '#!/bin/sh\necho "$NOTHING"\n' }), []);
});

test('what an operating system sets is its promise', async (context) => {
  const files = {
    'a/install.d/50-a': `${hookHead}echo "$EFI_BOOT_DIR"\n`,
    'b/element-provides': 'operating-system\n',
    'b/environment.d/10-b': 'export EFI_BOOT_DIR=x\n',
  };
  assert.deepEqual(await lintFiles(context, files), []);
});
