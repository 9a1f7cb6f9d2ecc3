import { dirname } from 'node:path';
import { BuildError, hasErrorCode } from '../base/build-error.js';

/** What the system says of an output directory, in words. */
const reasons: readonly (readonly [string, string])[] = [
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'is not a directory'],
  ['EACCES', 'is not writable'],
  ['EPERM', 'is not writable'],
  ['EROFS', 'is on a read-only file system'],
  ['ENOSPC', 'is on a full file system'],
  ['EDQUOT', 'is on a file system whose quota is used up'],
];

/** Gives faults that come from the output directory, as ours or as a program's, their own code; others as they are. */
export function nameOutputFault(error: unknown, imagePath: string): unknown {
  const reason = reasons.find(([code, words]) => hasErrorCode(error, code) || isProgramsWord(error, words));
  if (reason === undefined) return error;
  return new BuildError({
    code: 'OUTPUT_UNWRITABLE',
    message: `cannot write ${imagePath}.*: ${dirname(imagePath)} ${reason[1]}`,
    cause: error,
    ...(reason[0] === 'ENOSPC' || reason[0] === 'EDQUOT'
      ? { hint: 'free some space there, or name another place with -o; images that were there are unharmed' }
      : {}),
  });
}

/** Programs say a full disk in words (strerror(3), or as tar a short last write); other words of theirs may be about their input. */
function isProgramsWord(error: unknown, words: string): boolean {
  if (!(error instanceof BuildError) || error.code !== 'COMMAND_FAILED') return false;
  if (words.endsWith('full file system'))
    return /No space left on device|Wrote only \d+ of \d+ bytes/.test(error.message);
  return words.endsWith('used up') && error.message.includes('Disk quota exceeded');
}
