import type { Deployment } from '@vastrox/shared/deployment.ts'
import { type CommandContext, EXIT_FAILED } from '#commands/command.ts'
import { harmless, jsonOf, plain } from '#commands/output.ts'
import { readToEnd } from '#core/logs/read-to-end.ts'

/** Options of every command that deploys. */
export const DEPLOYING = { detach: { type: 'boolean', short: 'd' } } as const

/**
 * Prints the deployment's log as it grows, and gives an exit code that is not 0 unless it serves at
 * the end. Whoever goes away or detaches changes nothing of the deployment.
 */
export async function followDeployment(
  context: CommandContext,
  deployment: Deployment,
  { detach = false }: { detach?: boolean },
): Promise<number> {
  const { deployments, actor, signal } = context
  const { app, number, id } = deployment
  if (detach) {
    if (context.json) await context.print(`${jsonOf(deployment)}\n`)
    else await context.print(`Deployment ${number} of ${app} is queued.\n`)
    return 0
  }
  for await (const line of readToEnd(deployments, actor, app, number, 0, signal))
    if (!context.json) await context.print(`${harmless(line.text)}\n`)
  const ended = await orAborted(deployments.untilSwitched(id), signal)
  if (ended === undefined) return EXIT_FAILED

  const serves = ended.state === 'watching' || ended.state === 'live'
  if (context.json) await context.print(`${jsonOf(ended)}\n`)
  else if (!serves) await context.printError(` !  Deployment ${number}: ${whyNot(ended)}\n`)
  return serves ? 0 : EXIT_FAILED
}

const whyNot = ({ state, reason, hint }: Deployment): string =>
  `${linesOf(reason ?? state)}${hint === null ? '' : `\n    ${linesOf(hint)}`}`

/** A reason may quote the source or what an app printed (rule C15). */
const linesOf = (text: string): string => text.split('\n').map(plain).join('\n    ')

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<T | undefined>()
  if (signal.aborted) resolve(undefined)
  signal.addEventListener('abort', () => resolve(undefined), { once: true })
  work.then(resolve, reject)
  return promise
}
