import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinElementsDirectory, libDirectory } from '../../src/base/assets.js';
import { parseBuildInvocation } from '../../src/cli/parse-build-invocation.js';
import { programTable } from '../../src/cli/program-table.js';
import { openRecordingWorld } from './recording-world.js';

test('the request knows the shell files of this package, a Python and the directories', async (context) => {
  const [row] = programTable;
  assert.ok(row !== undefined);
  const world = openRecordingWorld(context, { _LIB: '/elsewhere', DIB_PYTHON_EXEC: '/opt/python' });
  const parsed = await parseBuildInvocation({
    programName: 'disk-image-create',
    row,
    arguments: ['-a', 'arm64', 'vm'],
    world,
  });
  assert.ok(parsed.kind === 'build');
  const { callerEnvironment, elementDirectories, workingDirectory, imagePath } = parsed.request;
  assert.equal(callerEnvironment._LIB, libDirectory);
  assert.equal(callerEnvironment.DIB_PYTHON_EXEC, '/opt/python');
  assert.deepEqual(elementDirectories, [builtinElementsDirectory]);
  assert.equal(workingDirectory, world.workingDirectory);
  assert.equal(imagePath, `${world.workingDirectory}/image`);
});
