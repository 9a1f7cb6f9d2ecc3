import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLineSplitter } from '../../src/process/line-splitter.js';

function linesOf(...chunks: readonly (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = openLineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test('lines are joined over chunks, a last one without line end included', () => {
  assert.deepEqual(linesOf('on', 'e\ntwo\nthr', 'ee'), ['one', 'two', 'three']);
});

test('a character cut between chunks stays whole', () => {
  const bytes = Buffer.from('é\n');
  assert.deepEqual(linesOf(bytes.subarray(0, 1), bytes.subarray(1)), ['é']);
});

test('of a progress line only the last state counts', () => {
  assert.deepEqual(linesOf('10%\r50%\r100%\r\nend\n'), ['100%', 'end']);
});
