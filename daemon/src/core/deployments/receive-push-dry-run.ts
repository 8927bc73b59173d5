import { CodedError } from '@vastrox/shared/errors.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { BuildPlan, Stack } from '#ports/stack.ts'
import { body, result, step } from './receive-push-text.ts'

interface Deps {
  sourceControl: SourceControl
  stacks: readonly Stack[]
}

/** Detects and plans as a deployment would, and says what came of it. Throws what the plan throws. */
export async function explainPush(
  { sourceControl, stacks }: Deps,
  { appId, sha, say }: { appId: string; sha: string; say: (text: string) => void },
): Promise<void> {
  const reads = [...new Set(stacks.flatMap((stack) => stack.reads))]
  const tree = await sourceControl.readTree(appId, sha, reads)
  for (const stack of stacks) {
    const detection = stack.detect(tree)
    if (!detection) continue
    say(step(`${stack.title} app detected (${detection.because})`))
    const plan = stack.plan(tree)
    for (const line of plan.summary) say(body(line))
    const commands = { release: plan.releaseCommand, ...plan.processes }
    for (const [name, command] of Object.entries(commands))
      if (command !== null && !isTold(plan, `${name}: ${command}`)) say(body(`${name}: ${command}`))
    say(step('Dockerfile'))
    for (const line of plan.dockerfile.trimEnd().split('\n')) say(body(line))
    say(result('Dry run: nothing was deployed, and no branch was moved.'))
    return
  }
  throw new CodedError('STACK_NOT_DETECTED')
}

const isTold = ({ summary }: BuildPlan, line: string): boolean =>
  summary.some((told) => told.startsWith(line))
