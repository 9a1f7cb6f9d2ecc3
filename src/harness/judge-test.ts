import { describeFormat } from '../base/format-table.js';
import type { ElementTest } from './element-test.js';
import { sentinelName } from './test-definition.js';

/** How a test ended. */
export interface Verdict {
  readonly outcome: 'passed' | 'failed';
  /** Why, in a line. */
  readonly because: string;
}

/** What a build left. */
export interface TestEvidence {
  readonly exitStatus: number;
  /** Whether the mark of a wanted failure was in the image when it failed, or at its end. */
  readonly hasSentinel: boolean;
  /** Names of the files in the output directory. */
  readonly outputs: readonly string[];
}

/**
 * Judges a build: one that succeeds must have every output and no mark, one that fails must have left the mark.
 *
 * A test with the file `should-fail` passes only by such a failure.
 */
export function judgeTest(test: ElementTest, evidence: TestEvidence): Verdict {
  const { exitStatus, hasSentinel } = evidence;
  const failed = (because: string): Verdict => ({ outcome: 'failed', because });
  if (exitStatus !== 0)
    return hasSentinel
      ? { outcome: 'passed', because: `failed as it should, with exit status ${exitStatus}` }
      : failed(
          test.shouldFail
            ? `failed with exit status ${exitStatus}, but not where it should: there is no /tmp/${sentinelName}`
            : `the build failed with exit status ${exitStatus}`,
        );
  if (hasSentinel || test.shouldFail) return failed('should have failed, but the build succeeded');
  const missing = outputsOf(test).filter((name) => !evidence.outputs.includes(name));
  if (missing.length > 0) return failed(`the build succeeded without ${missing.join(', ')}`);
  return { outcome: 'passed', because: `made ${outputsOf(test).join(', ') || 'nothing, as asked'}` };
}

/** The files that a successful build of a test makes. */
export function outputsOf(test: ElementTest): readonly string[] {
  const extensions = [
    ...(test.type === 'ramdisk' ? ['initramfs'] : []),
    ...test.formats.map((format) => describeFormat(format).extension),
  ];
  return [...new Set(extensions)].map((extension) => `image.${extension}`);
}
