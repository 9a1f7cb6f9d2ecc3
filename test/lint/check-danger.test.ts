import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookHead, lintFiles, messagesOf } from './lint-files.js';

test('what stays below the tree and in temporary places is fine', async (context) => {
  const text = `${hookHead}work=$(mktemp -d)
cp x "$work/y" && rm -rf "$work"
mkdir -p "$TMP_BUILD_DIR/x" /tmp/x "$DIB_IMAGE_CACHE/x"
echo x > "$TARGET_ROOT/etc/x" 2>/dev/null
sudo chroot "$TARGET_ROOT" rm -rf /var/cache/x
sudo cp /etc/hosts "$TARGET_ROOT/etc/hosts"
cat /etc/hosts >&2
`;
  assert.deepEqual(await lintFiles(context, { 'a/root.d/50-a': text }), []);
});

test('inside the image everything is the tree', async (context) => {
  const text = `${hookHead}rm -rf /var/cache/apt /opt/x/*\ncp x /etc/x\napt-get install -y x\nrm -rf "\${X:?}/y"\n`;
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': text }), []);
});

test('a literal path of the host is named, also from a variable', async (context) => {
  const text = `${hookHead}file=/etc/x\necho > "$file"\nmount -t proc proc /mnt\n`;
  assert.deepEqual(await messagesOf(context, { 'a/extra-data.d/50-a': text }), [
    'echo writes to /etc/x of the host [$TMP_MOUNT_PATH…]',
    'mount writes to /mnt of the host [$TMP_MOUNT_PATH…]',
  ]);
});

test('downloads that honour DIB_OFFLINE, or stay on the machine, are fine', async (context) => {
  assert.deepEqual(
    await lintFiles(context, {
      'a/root.d/50-a': `${hookHead}if [ -z "$DIB_OFFLINE" ]; then curl https://example.org/x; fi\n`,
      'a/install.d/50-a': `${hookHead}curl http://169.254.169.254/x\ncurl --version\ngit status\nwget file:///x\n`,
    }),
    [],
  );
});

test('what may become rm of everything is refused', async (context) => {
  const text = `${hookHead}rm -rf /etc\nrm -rf "\${HOME:-}/x" "$HOME"/*\nrm -rf /opt/x "$HOME/x"\n`;
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': text }), [
    'a/install.d/50-a:3:8 remove-root',
    'a/install.d/50-a:4:8 remove-root',
    'a/install.d/50-a:4:22 remove-root',
  ]);
});
