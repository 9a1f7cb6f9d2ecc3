import type { Artifact } from '../model/artifact.js';
import type { ElementSet } from '../model/element.js';
import type { BuildRequest } from '../model/request.js';
import type { BuildSummary } from './collect-summary.js';
import { findSecrets, openRedaction, redactValue } from './redact-secrets.js';

/** What a manifest tells about. */
export interface ManifestDetails {
  readonly version: string;
  readonly request: BuildRequest;
  readonly elementSet: ElementSet;
  readonly artifacts: readonly Artifact[];
  readonly summary: BuildSummary;
}

/**
 * The text of the manifest that lies beside the artifacts: what was asked, from what it was built, what came out.
 *
 * Of the caller's environment only `DIB_*` variables are kept, as the rest says nothing about the image.
 * Secrets are masked everywhere. Timings are left out when `SOURCE_DATE_EPOCH` is set: same input, same bytes.
 */
export function formatManifest({ version, request, elementSet, artifacts, summary }: ManifestDetails): string {
  const redact = openRedaction(findSecrets(request.callerEnvironment));
  const { callerEnvironment, ...asked } = request;
  const manifest = {
    manifestVersion: 1,
    builder: { name: 'diskimage-builder', version },
    request: {
      ...asked,
      environment: Object.fromEntries(
        Object.entries(callerEnvironment)
          .filter(([name]) => name.startsWith('DIB_'))
          .sort(([left], [right]) => (left < right ? -1 : 1)),
      ),
    },
    elements: elementSet.elements.map(({ name, digest, dependencies, requestedBy }) => ({
      name,
      sha256: digest,
      dependencies,
      requestedBy,
    })),
    elementsSha256: elementSet.digest,
    artifacts: artifacts.map(({ format, path, sizeBytes, digests }) => ({ format, path, sizeBytes, digests })),
    ...(request.sourceDateEpochSeconds === undefined ? { timings: timingsOf(summary) } : {}),
  };
  return `${JSON.stringify(redactValue(manifest, redact), undefined, 2)}\n`;
}

function timingsOf(summary: BuildSummary): Readonly<Record<string, unknown>> {
  return {
    steps: summary.steps.map(({ step, durationMs, outcome }) => ({ step, durationMs, outcome })),
    phases: summary.phases.map(({ phase, durationMs, hooks }) => ({
      phase,
      durationMs,
      hooks: hooks.map(({ hook, element, durationMs: hookMs, outcome }) => ({
        hook,
        element,
        durationMs: hookMs,
        outcome,
      })),
    })),
  };
}
