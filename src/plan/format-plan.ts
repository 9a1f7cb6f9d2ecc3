import type { BuildPlan } from '../model/plan.js';
import { describeStep } from './describe-step.js';

/**
 * A plan for people: what is built from what, the disk, every step with its hooks, and what the host must have.
 *
 * @param layoutPicture the disk as text, from `layout/`
 */
export function formatPlan(plan: BuildPlan, layoutPicture?: string): string {
  const { request, elementSet } = plan;
  const width = Math.max(...elementSet.elements.map((element) => element.name.length));
  const lines = [
    `image     ${request.imagePath} (${request.formats.join(', ') || 'no artifact'})`,
    `for       ${request.architecture}`,
    `disk      ${plan.diskMode.mode}: ${plan.diskMode.because}`,
    ...(plan.layoutSpec === undefined ? [] : [`layout    ${plan.layoutSpec.origin}`]),
    '',
    `elements  (${elementSet.elements.length}, digest ${elementSet.digest.slice(0, 12)})`,
    ...elementSet.elements.map((element) => `  ${element.name.padEnd(width)}  for ${element.requestedBy.join(', ')}`),
    ...(layoutPicture === undefined ? [] : ['', 'layout', ...layoutPicture.trimEnd().split('\n').map(indentPicture)]),
    '',
    `steps     (${plan.steps.length})`,
    ...plan.steps.flatMap((step, index) => [
      `  ${String(index + 1).padStart(2)}  ${describeStep(step)}`,
      ...(step.kind === 'run-phase' ? step.hooks.map((hook) => `        ${hook.name}  (${hook.element})`) : []),
    ]),
    '',
    'programs  needed on the host',
    ...plan.hostPrograms.map((needed) => `  ${needed.program} (${needed.package}): ${needed.neededBy}`),
    ...(plan.warnings.length === 0 ? [] : ['', 'warnings']),
    ...plan.warnings.map((warning) => `  ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}

function indentPicture(line: string): string {
  return line === '' ? '' : `  ${line}`;
}

/** A plan as JSON; secrets are the caller's to mask. */
export function formatPlanJson(plan: BuildPlan): string {
  return `${JSON.stringify(plan, undefined, 2)}\n`;
}
