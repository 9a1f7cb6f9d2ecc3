import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookHead, lintFiles, messagesOf } from './lint-files.js';

test('sudo is fine where the line names the tree, or what is written is made from it', async (context) => {
  const text = `${hookHead}sudo rm -f "$TARGET_ROOT/x"
directory=$TARGET_ROOT/etc
for name in a b; do
    file=$directory/$name
    sudo touch "$file"
done
clean() { local path=$1; sudo rm -f "$path"; }
clean "$directory/c"
sudo ls /etc
echo x | sudo tee "$directory/d" >/dev/null
`;
  assert.deepEqual(await lintFiles(context, { 'a/cleanup.d/50-a': text }), []);
});

test('a path from elsewhere, and a program that could do anything, are not', async (context) => {
  const text = `${hookHead}sudo rm -f "$HOME/x"\nsudo systemctl stop x\nsudo \\\n    modprobe loop\n`;
  assert.deepEqual(await lintFiles(context, { 'a/root.d/50-a': text }), [
    'a/root.d/50-a:3:1 safe_sudo',
    'a/root.d/50-a:4:1 safe_sudo',
    'a/root.d/50-a:5:1 safe_sudo',
  ]);
});

test('a comment allows it, other directories do not ask', async (context) => {
  assert.deepEqual(
    await lintFiles(context, {
      'a/root.d/50-a': `${hookHead}sudo modprobe loop # dib-lint: safe_sudo\n`,
      'a/install.d/50-a': `${hookHead}sudo modprobe loop\n`,
    }),
    [],
  );
});

test('the message says how to allow it', async (context) => {
  assert.deepEqual(await messagesOf(context, { 'a/finalise.d/50-a': `${hookHead}sudo modprobe loop\n` }), [
    'sudo with no path of the tree on the line [if it cannot harm the host, add the comment "# dib-lint: safe_sudo"]',
  ]);
});
