import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookHead, lintFiles, messagesOf } from './lint-files.js';

test('good habits are no faults', async (context) => {
  const text = `${hookHead}a | tee b
if ! c | grep -q d; then true; fi
set +e
e
set -e
local_name() { local x; x=$(f); echo "$x"; }
local_name
[ "$#" -gt 0 ] && [ -f "$0" ] || true
x=1
[ $x = 1 ]$(:)
y="$(g 2>&1 >/dev/null)"
cd /srv
h >/dev/null 2>&1
if [[ -n $x && $y == *a ]]; then exit 0; fi
`.replace('[ $x = 1 ]$(:)\n', '');
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': text }), []);
});

test('environment.d may fail, source and set for its own use', async (context) => {
  const text = 'a=1\nexport B=$a\nif [ -z "${C:-}" ]; then\n    echo no\n    exit 1\nfi\nIFS=x\n';
  assert.deepEqual(await lintFiles(context, { 'a/environment.d/10-a': text }), []);
});

test('each fault is told with its remedy', async (context) => {
  const text = `${hookHead}if [ $HOME = x ]; then true; fi\nX = 1\nf() { local y=$(g); echo "$y"; }\nset +e\n[ -f x ] && f\n`;
  assert.deepEqual(await messagesOf(context, { 'a/install.d/50-a': text }), [
    '$HOME is not quoted: empty or with blanks it breaks the test ["$HOME"]',
    '"X" runs as a command [write X=…]',
    'local y=$(…) succeeds even when the command fails [local first, then assign]',
    'from here on failures are ignored, to the end of the script [set -e again, or use || for the one command]',
    'the script ends with a condition: when it does not hold, the hook fails [use if … then … fi]',
  ]);
});
