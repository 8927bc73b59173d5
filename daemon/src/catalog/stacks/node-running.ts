import { CodedError } from '@vastrox/shared/errors.ts'
import type { Wishes } from '#ports/stack.ts'
import { chooseBuild } from './node-build.ts'
import { resolveCommand } from './node-command.ts'
import type { Framework, Outcome, Slim } from './node-framework.ts'
import type { Project } from './node-project.ts'
import { viteSite } from './node-sites.ts'
import { chooseStart, nothingToStart, siteOfBundler } from './node-start.ts'
import { plainText } from './plain-text.ts'
import { chooseProcesses, type Processes } from './processes.ts'
import { SERVE_SITE, type Site } from './static-site.ts'

/** What builds the app, and what comes of it. */
export interface Work {
  own: ReturnType<typeof chooseBuild>
  outcome: Outcome | undefined
}

export function chooseWork(
  project: Project,
  wishes: Wishes,
  framework: Framework | undefined,
): Work {
  const own = chooseBuild(project, wishes, framework)
  const outcome = framework?.outcome?.(project, own?.text ?? '')
  if (wishes.outputDirectory !== null)
    return {
      own,
      outcome: {
        kind: 'site',
        folders: [wishes.outputDirectory],
        fallback: outcome?.kind === 'site' ? outcome.fallback : null,
      },
    }
  // A tool that is there for something else builds nothing.
  const isForNothing =
    outcome === undefined && own?.script === null && own.text === framework?.build
  return { own: isForNothing && wishes.buildCommand === null ? undefined : own, outcome }
}

interface Running {
  outcome: Outcome | undefined
  run: Processes
  left: string[]
}

/** What is started, and where nothing is, the site that the build may leave. */
export function chooseRunning(
  project: Project,
  wishes: Wishes,
  { own, outcome: made }: Work,
  major: string,
): Running {
  const scripts = project.manifest?.scripts ?? {}
  const resolve = (command: string): string => resolveCommand(command, scripts)
  const isSaid = wishes.outputDirectory !== null
  const start = isSaid
    ? { web: undefined, left: [] }
    : chooseStart(project, { outcome: made, hasBuild: own !== undefined, major })
  const outcome = made ?? (own && !start.web ? siteByTools(project, own.text) : undefined)
  const web = start.web
    ? { ...start.web, command: resolve(start.web.command) }
    : outcome?.kind === 'site'
      ? { command: SERVE_SITE, where: 'nginx' }
      : undefined
  const run = chooseProcesses(project.tree, wishes, { web, resolve })
  const missing = missingProgram(project, run)
  if (missing !== undefined)
    throw new CodedError('START_COMMAND_MISSING', {
      reason: `${plainText(missing.name)} is started by ${missing.program}, which Vastrox does not have: add the package ${missing.program} to dependencies, or use node.`,
    })
  if (Object.keys(run.processes).length > 0) return { outcome, run, left: start.left }
  if (outcome?.kind === 'refused')
    throw new CodedError('START_COMMAND_MISSING', { reason: plainText(outcome.reason) })
  throw nothingToStart(project)
}

/** Other runtimes, unless they are packages of the app. */
function missingProgram(
  { packages }: Project,
  { processes }: Processes,
): { name: string; program: string } | undefined {
  for (const [name, command] of Object.entries(processes)) {
    const program = /^(?:exec )?(bun|deno)\s/.exec(command)?.[1]
    if (program !== undefined && !Object.hasOwn(packages, program)) return { name, program }
  }
  return undefined
}

const siteByTools = (project: Project, build: string): Outcome | undefined =>
  (viteSite.uses(project) ? viteSite.outcome?.(project, build) : undefined) ??
  siteOfBundler(project)

/** Only what nginx alone serves: another process would have no Node.js. */
export function siteOf(
  { directory }: Project,
  outcome: Outcome | undefined,
  { processes, releaseCommand }: Processes,
  isBuilt: boolean,
): Site | null {
  if (outcome?.kind !== 'site' || processes['web'] !== SERVE_SITE) return null
  const other =
    Object.keys(processes).find((name) => name !== 'web') ??
    (releaseCommand === null ? undefined : 'release')
  if (other !== undefined)
    throw new CodedError('START_COMMAND_MISSING', {
      reason: `The site is served by nginx alone, without Node.js for ${plainText(other)}: give web a command that serves it, such as a server of its own.`,
    })
  const { folders, fallback } = outcome
  return {
    folders: [...new Set(folders)].map((folder) =>
      directory === '' ? folder : `${directory}/${folder}`,
    ),
    fallback,
    isBuilt,
  }
}

/** Where the web process is all there is, and the framework's own. */
export function slimOf(
  outcome: Outcome | undefined,
  { processes, releaseCommand }: Processes,
): Slim | null {
  if (outcome?.kind !== 'server' || releaseCommand !== null) return null
  const isAlone = Object.keys(processes).length === 1 && processes['web'] === outcome.command
  return isAlone ? (outcome.slim ?? null) : null
}

/** What is to be done behind the build for the command that the framework starts. */
export const afterBuildOf = (
  outcome: Outcome | undefined,
  { processes }: Processes,
): string | null =>
  outcome?.kind === 'server' && processes['web'] === outcome.command
    ? (outcome.afterBuild ?? null)
    : null

/** The same with another command of `web`. */
export const startedBy = (run: Processes, command: string): Processes => ({
  ...run,
  processes: { ...run.processes, web: command },
  because: run.because.map((line) => line.replace(/^web: [^]*? \(/, () => `web: ${command} (`)),
})
