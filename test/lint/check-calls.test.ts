import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookHead, lintFiles, messagesOf } from './lint-files.js';

const tool = { 'b/bin/the-tool': `${hookHead}true\n` };

test('programs of dependencies, functions and programs that are asked for first are fine', async (context) => {
  assert.deepEqual(
    await lintFiles(context, {
      'a/element-deps': 'b\n',
      'a/install.d/50-a': `${hookHead}install-packages x\nthe-tool\ndie() { exit 1; }\ndie\n`,
      'c/install.d/50-c': `${hookHead}if type the-tool; then the-tool; fi\n`,
      'c/root.d/50-c': `${hookHead}"$TMP_HOOKS_PATH/bin/the-tool"\nsudo chroot "$TARGET_ROOT" install-packages x\n`,
      ...tool,
    }),
    // The path is one of a program that no dependency ships.
    ['c/root.d/50-c:3:2 missing-file'],
  );
});

test('what comes from elsewhere, or is not there in that place, is named with its remedy', async (context) => {
  assert.deepEqual(
    await messagesOf(context, {
      'a/install.d/50-a': `${hookHead}the-tool\nthe-tol\nget_image_element_array\ndebootstrap\n`,
      'a/root.d/50-a': `${hookHead}the-tool\n`,
      ...tool,
    }),
    [
      'the program "the-tool" comes from "b", which is not among the dependencies of "a" [add b to element-deps]',
      'no program is called "the-tol" [did you mean "the-tool"?]',
      '"get_image_element_array" is not there inside the image, where hooks of install run',
      '"debootstrap" is not there inside the image, where hooks of install run',
      '"the-tool" is only there inside the image; hooks of root run on the host',
    ],
  );
});

test('die may be sourced', async (context) => {
  assert.deepEqual(
    await lintFiles(context, {
      'a/root.d/50-a': `${hookHead}die x\n`,
      'a/install.d/50-a': `${hookHead}. /x/die\ndie x\n`,
    }),
    [],
  );
});
