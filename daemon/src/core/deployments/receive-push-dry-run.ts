import { planSource } from '#core/builds/plan-source.ts'
import { tellDeclared, tellPlan } from '#core/builds/tell-plan.ts'
import type { DeclaredEnv, DeclaredEnvService } from '#core/env/declared-env.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { BuildPlan, Stack } from '#ports/stack.ts'
import type { AppRecord } from '#store/app-store.ts'
import { body, result, step } from './receive-push-text.ts'

interface Deps {
  sourceControl: SourceControl
  stacks: readonly Stack[]
  declaredEnv: Pick<DeclaredEnvService, 'look' | 'buildKeys'>
}

/** Detects and plans as a deployment would, and says what came of it. Throws what the plan throws. */
export async function explainPush(
  { sourceControl, stacks, declaredEnv }: Deps,
  { app, sha, say }: { app: AppRecord; sha: string; say: (text: string) => void },
): Promise<void> {
  let wanted: DeclaredEnv | undefined
  const planned = await planSource({
    readTree: (reads) => sourceControl.readTree(app.id, sha, reads),
    stacks,
    settings: app.settings.build,
    buildKeys: () => declaredEnv.buildKeys(app.id),
    declare: ({ env }) => {
      wanted = declaredEnv.look(app, env)
      return wanted.keys
    },
  })
  const { stack, detection, plan } = planned
  say(step(`${stack.title} app detected (${detection.because})`))
  for (const line of [...tellPlan(planned), ...(wanted ? tellDeclared(wanted) : [])])
    say(body(line))
  const commands = { release: plan.releaseCommand, ...plan.processes }
  for (const [name, command] of Object.entries(commands))
    if (command !== null && !isTold(plan, `${name}: ${command}`)) say(body(`${name}: ${command}`))
  say(step('Dockerfile'))
  for (const line of plan.dockerfile.trimEnd().split('\n')) say(body(line))
  say(result('Dry run: nothing was deployed, and no branch was moved.'))
}

const isTold = ({ summary }: BuildPlan, line: string): boolean =>
  summary.some((told) => told.startsWith(line))
