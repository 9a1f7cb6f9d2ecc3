import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSecrets, openRedaction, redactValue } from '../../src/report/redact-secrets.js';

test('values of variables with secret names are secrets, longest first', () => {
  assert.deepEqual(
    findSecrets({
      DIB_DEV_USER_PASSWORD: 'hunter22',
      REG_ACTIVATION_KEY: 'act-4711-long',
      GITHUB_TOKEN: 'ghp_abcdef',
      DIB_RELEASE: 'bookworm',
      MONKEY: 'bananas',
    }),
    ['act-4711-long', 'ghp_abcdef', 'hunter22'],
  );
});

test('short values, plain words and paths of keys are no secrets', () => {
  assert.deepEqual(
    findSecrets({
      DIB_PASSWORD: 'abc',
      DIB_USE_TOKEN: 'True',
      DIB_DEV_USER_AUTHORIZED_KEYS: '/home/me/.ssh/id_ed25519.pub',
      DIB_API_KEY: '',
    }),
    [],
  );
});

test('passwords inside URLs are secrets whatever the variable is called', () => {
  assert.deepEqual(findSecrets({ http_proxy: 'http://me:s3cr3t@proxy.example:3128/', no_proxy: 'localhost:80' }), [
    's3cr3t',
  ]);
});

test('each line of a key is a secret of its own', () => {
  assert.deepEqual(findSecrets({ SSH_PRIVATE_KEY: 'BEGIN\nMIIEpAIBAAKCAQEA\nEND' }), ['MIIEpAIBAAKCAQEA', 'BEGIN']);
});

test('a redaction takes the longest match and treats secrets as plain text', () => {
  const redact = openRedaction(['a.c', 'a.c+d']);
  assert.equal(redact('a.c+d abc a.c'), '*** abc ***');
  assert.equal(openRedaction([])('a.c'), 'a.c');
  assert.equal(openRedaction([''])('a.c'), 'a.c');
});

test('every text inside a value is redacted and keys stay', () => {
  const redact = openRedaction(['pass']);
  assert.deepEqual(redactValue({ pass: ['pass', 1, null, { deep: 'my pass' }] }, redact), {
    pass: ['***', 1, null, { deep: 'my ***' }],
  });
});
