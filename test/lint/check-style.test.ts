import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookHead, lintFiles, messagesOf } from './lint-files.js';

test('a hook that follows the conventions has no fault', async (context) => {
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': `${hookHead}true\n` }), []);
});

test('set -eu -o pipefail and set -euo pipefail both count as pipefail', async (context) => {
  const text = '#!/bin/bash\nset -euo pipefail\n: "${DIB_DEBUG_TRACE:-0}"\n';
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': text }), []);
});

test('an option on a later line does not count for an earlier set', async (context) => {
  const text = '#!/bin/bash\nset -u\nset -o pipefail\n: "${DIB_DEBUG_TRACE:-0}"\n';
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': text }), ['a/install.d/50-a:1:1 sete']);
});

test('each line that is indented oddly is named, here-documents too', async (context) => {
  const text = `${hookHead}cat <<X\n  a\n   b\n    c\nX\n`;
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': text }), [
    'a/install.d/50-a:4:3 indent',
    'a/install.d/50-a:5:4 indent',
  ]);
});

test('Python is not indented by our rule', async (context) => {
  const text = '#!/usr/bin/env python3\nif True:\n  print(1)\n';
  assert.deepEqual(await lintFiles(context, { 'a/other/x': text }), []);
});

test('which in prose, in a comment or in another word is no command', async (context) => {
  const text = `${hookHead}# which one\necho "that which is"\nif type -p x; then true; fi\n`;
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': text, 'a/README.rst': 'which one\n' }), []);
});

test('an unsorted element-deps does not keep other files from being checked', async (context) => {
  assert.deepEqual(
    await lintFiles(context, { 'a/element-deps': 'c\nb\n', 'a/install.d/50-a': '#!/bin/bash\n', 'b/x': '', 'c/x': '' }),
    [
      'a/element-deps:1:1 deps-order',
      'a/install.d/50-a:1:1 dibdebugtrace',
      'a/install.d/50-a:1:1 sete',
      'a/install.d/50-a:1:1 setpipefail',
      'a/install.d/50-a:1:1 setu',
    ],
  );
});

test('checks of the second pass are disabled by the file itself', async (context) => {
  const text = `${hookHead}# dib-lint: disable=tabindent newline\nif true; then\n\ttrue\nfi`;
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-a': text }), []);
});

test('messages say what was found and what to do', async (context) => {
  assert.deepEqual(
    await messagesOf(context, { 'a/install.d/50-a': hookHead.replace('#!/bin/bash', '#!/usr/bin/env bash') }),
    ['the first line is "#!/usr/bin/env bash" [write #!/bin/bash]'],
  );
});
