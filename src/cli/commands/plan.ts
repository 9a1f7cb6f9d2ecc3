import { BuildError } from '../../base/build-error.js';
import { hintNearName } from '../../base/near-name.js';
import { layerStoreOf } from '../../build/layer-store-of.js';
import type { BuildPlan } from '../../model/plan.js';
import type { Invocation } from '../command-row.js';
import { parseBuildInvocation } from '../parse-build-invocation.js';
import { planOptionRows, planParts } from '../program-table.js';
import { readVersion } from '../read-version.js';
import { showHelp } from '../show-help.js';

type PlanPart = (typeof planParts)[number];

/** `dib plan`: what a build would do, as text or JSON, whole or one part. Secrets are masked. */
export async function runPlanCommand(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const parsed = await parseBuildInvocation(invocation, planOptionRows);
  if (parsed.kind === 'help') return showHelp(invocation);
  if (parsed.kind === 'version') {
    world.writeOut(`${readVersion()}\n`);
    return 0;
  }
  const part = checkPart(parsed.furtherUses.findLast((use) => use.name === 'show')?.value);
  const isJson = parsed.furtherUses.some((use) => use.name === 'json');
  const [{ makeBuildPlan }, { findSecrets, openRedaction, redactValue }, { formatPlan }, { formatLayoutSpec }] =
    await Promise.all([
      import('../../build/make-build-plan.js'),
      import('../../report/redact-secrets.js'),
      import('../../plan/format-plan.js'),
      import('../../layout/format-layout-spec.js'),
    ]);
  const redact = openRedaction(findSecrets(parsed.request.callerEnvironment));
  if (part === 'request') {
    world.writeOut(await formatPart(redactValue(parsed.request, redact), isJson));
    return 0;
  }
  const planned = await makeBuildPlan(parsed.request, await world.openPorts());
  const plan = redactValue(planned.plan, redact);
  const { predictBuild, formatPrediction } = await import('../predict-build.js');
  const prediction = await predictBuild({
    plan: planned.plan,
    storeDirectory: layerStoreOf(parsed.request.cacheDirectory, world.userId),
    nowMs: (await world.openPorts()).clock.nowMs(),
  });
  if (part === 'cache') {
    if (isJson || prediction === undefined) world.writeOut(await formatPart(prediction ?? null, isJson));
    else world.writeOut(formatPrediction(prediction).trimStart());
    return 0;
  }
  if (part !== undefined) world.writeOut(await formatPart(chosenPart(plan, part), isJson));
  else if (isJson) world.writeOut(`${JSON.stringify(plan, undefined, 2)}\n`);
  else {
    const { diskMode, layoutSpec } = plan;
    // Without a disk the layout only gives labels and fstab.
    const isPictured = layoutSpec !== undefined && diskMode.mode !== 'none';
    world.writeOut(formatPlan(plan, isPictured ? formatLayoutSpec(layoutSpec) : undefined));
    if (prediction !== undefined) world.writeOut(formatPrediction(prediction));
  }
  return 0;
}

function checkPart(name: string | undefined): PlanPart | undefined {
  const part = planParts.find((candidate) => candidate === name);
  if (name === undefined || part !== undefined) return part;
  throw new BuildError({
    code: 'USAGE',
    message: `--show knows no "${name}"`,
    hint: hintNearName(name, planParts) ?? `there are ${planParts.join(', ')}`,
  });
}

function chosenPart(plan: BuildPlan, part: Exclude<PlanPart, 'request' | 'cache'>): unknown {
  if (part === 'layout') return { diskMode: plan.diskMode, layout: plan.layoutSpec ?? null };
  if (part === 'environment')
    return Object.entries(plan.environment.values)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => ({ name, value, setBy: plan.environment.setBy[name] ?? null }));
  return plan.elementSet.elements.map(({ name, directory, requestedBy, dependencies, provides, digest }) => ({
    name,
    directory,
    requestedBy,
    dependencies,
    provides,
    digest,
  }));
}

async function formatPart(value: unknown, isJson: boolean): Promise<string> {
  if (isJson) return `${JSON.stringify(value, undefined, 2)}\n`;
  const { stringify } = await import('yaml');
  return stringify(value, { lineWidth: 0 });
}
