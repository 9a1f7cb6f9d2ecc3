import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookHead, lintFiles, messagesOf } from './lint-files.js';

test('what the build ships, a hook makes or the script asks for first is fine', async (context) => {
  assert.deepEqual(
    await lintFiles(context, {
      'a/element-deps': 'b\n',
      'a/data/x': 'x\n',
      'b/data/y': 'y\n',
      'a/extra-data.d/10-a': `${hookHead}cp /x "$TMP_HOOKS_PATH/made"\n`,
      'a/install.d/50-a': `${hookHead}cat "$(dirname "$0")/../data/x" "$(dirname $0)/../data/y" \${0%/*}/../made
maybe=/tmp/in_target.d/maybe
if [ -f "$maybe" ]; then cat "$maybe"; fi
# /tmp/in_target.d/gone
/tmp/in_target.d/dib-run-parts /tmp/in_target.d/my.d
cat /tmp/in_target.d/$1
`,
    }),
    [],
  );
});

test('hooks of install types run in install.d', async (context) => {
  assert.deepEqual(
    await lintFiles(context, {
      'a/data/x': 'x\n',
      'a/install.d/a-source-install/50-a': `${hookHead}cat "$(dirname "$0")/../data/x"\n`,
    }),
    [],
  );
});

test('what leads to nothing, or out, is named', async (context) => {
  assert.deepEqual(
    await messagesOf(context, {
      'a/install.d/50-a': `${hookHead}cat "$(dirname "$0")/../gone" "\${0%/*}/../../out"\ncat /tmp/in_target.d/gone.txt\n`,
    }),
    [
      '$(dirname "$0")/../gone leads to nothing: no element of the build ships gone',
      '${0%/*}/../../out leads out of the staging directory',
      '/tmp/in_target.d/gone.txt leads to nothing: no element of the build ships gone.txt',
    ],
  );
});
