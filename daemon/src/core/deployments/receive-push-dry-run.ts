import { planSource } from '#core/builds/plan-source.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { BuildPlan, Stack } from '#ports/stack.ts'
import type { AppRecord } from '#store/app-store.ts'
import { body, result, step } from './receive-push-text.ts'

interface Deps {
  sourceControl: SourceControl
  stacks: readonly Stack[]
  plainEnv: (appId: string) => Record<string, string>
}

/** Detects and plans as a deployment would, and says what came of it. Throws what the plan throws. */
export async function explainPush(
  { sourceControl, stacks, plainEnv }: Deps,
  { app, sha, say }: { app: AppRecord; sha: string; say: (text: string) => void },
): Promise<void> {
  const { stack, detection, plan } = await planSource({
    readTree: (reads) => sourceControl.readTree(app.id, sha, reads),
    stacks,
    settings: app.settings.build,
    envKeys: Object.keys(plainEnv(app.id)),
  })
  say(step(`${stack.title} app detected (${detection.because})`))
  for (const line of [...plan.summary, ...(plan.alternatives ?? [])]) say(body(line))
  const commands = { release: plan.releaseCommand, ...plan.processes }
  for (const [name, command] of Object.entries(commands))
    if (command !== null && !isTold(plan, `${name}: ${command}`)) say(body(`${name}: ${command}`))
  say(step('Dockerfile'))
  for (const line of plan.dockerfile.trimEnd().split('\n')) say(body(line))
  say(result('Dry run: nothing was deployed, and no branch was moved.'))
}

const isTold = ({ summary }: BuildPlan, line: string): boolean =>
  summary.some((told) => told.startsWith(line))
