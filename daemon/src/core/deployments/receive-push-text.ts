import { harmless } from '@vastrox/shared/terminal-text.ts'
import type { Deployment, DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import type { Commit } from '@vastrox/shared/release.ts'

/** Lines in Heroku's form, as git shows them after `remote: `. */
export const step = (text: string): string => `-----> ${text}\n`
export const body = (text: string): string => `       ${text}\n`
export const warning = (text: string): string => ` !     ${text}\n`
export const result = (text: string): string => `=====> ${text}\n`

/** A line of the deployment's log, which brings its own form. `done` is left to the push's own end. */
export const logLine = ({ kind, text }: DeploymentLogLine): string =>
  kind === 'done' ? '' : `${harmless(text)}\n`

/**
 * The same for people who did not ask for every line: of a build's own steps only the commands that
 * really run, without what is the same in all of them.
 */
export function briefLogLine(line: DeploymentLogLine): string {
  const step = BUILD_STEP.exec(line.text)
  if (!step) return logLine(line)
  const run = /^RUN (.*)$/s.exec(step[1] ?? '')?.[1]
  const isSaid = run !== undefined && !run.endsWith('(cached)')
  return isSaid ? logLine({ ...line, text: `       $ ${commandOf(run)}` }) : ''
}

/** What a RUN line does, without the variables that we put before it. */
function commandOf(run: string): string {
  const words = listOf(run)
  const isShell = words?.[0] === '/bin/sh' && words.length === 3
  const command = words === undefined ? run : isShell ? (words[2] ?? '') : words.join(' ')
  return command
    .replace(/^for key in [\w ]{1,9000}; do .{1,200}?; done; /, '')
    .replace(
      /^export (?:[A-Z_]{1,100}=[^\s;]{0,500} ){0,20}[A-Z_]{1,100}=[^\s;]{0,500}(?:; | && )/,
      '',
    )
    .replace(/^(?:[A-Z_]{1,100}=\S{0,500} )+/, '')
}

function listOf(run: string): string[] | undefined {
  if (!run.startsWith('["')) return undefined
  try {
    const parsed: unknown = JSON.parse(run)
    return Array.isArray(parsed) ? parsed.map(String) : undefined
  } catch {
    return undefined
  }
}

const BUILD_STEP = /^ {7}(?:\[[\w-]+ +\d+\/\d+\] (.+)|exporting to image)$/s

export const commitLine = ({ sha, branch, subject }: Commit): string =>
  step(`Received ${branch} ${sha.slice(0, 7)}${subject === '' ? '' : ` (${subject})`}`)

/** The last lines of a push that was deployed. */
export const deployed = (deployment: Deployment, urls: readonly string[]): string =>
  [
    result(
      `Application deployed${deployment.release === null ? ':' : ` as v${deployment.release}:`}`,
    ),
    ...urls.map(body),
  ].join('')

/** Why a deployment did not get to the switch, for the one line that git prints at the end. */
export function reasonOf({ state, reason }: Deployment): string {
  if (state === 'superseded') return 'a newer push is deployed instead'
  const why = reason === null ? '' : `: ${reason.replace(/\.$/, '')}`
  if (state === 'cancelled') return `deployment cancelled${why}`
  return `deployment failed${why}`
}
