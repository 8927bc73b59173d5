import { parseArgs } from 'node:util'
import { type Actor, mayReach } from '@vastrox/shared/actor.ts'
import { CodedError, hintOf, sayError } from '@vastrox/shared/errors.ts'
import { harmlessLines } from '@vastrox/shared/terminal-text.ts'
import {
  type Command,
  type CommandContext,
  EXIT_FAILED,
  EXIT_USAGE,
  UsageError,
} from '#commands/command.ts'
import { findCommand, suggestionFor } from '#commands/find-command.ts'
import { helpOf, overview } from '#commands/help.ts'
import { READING_COMMANDS } from '#commands/reading-commands.ts'

type Context = Omit<CommandContext, 'json'>

/**
 * From the words behind `vastrox` to an exit code. What goes wrong is said, never thrown; and nothing
 * that is printed steers the terminal that it is printed on, whoever wrote it (rule C15).
 */
export async function runCommand(
  commands: readonly Command[],
  given: Context,
  typed: readonly string[],
  onBug: (error: unknown) => void,
): Promise<number> {
  const args = withTeamBehind(typed)
  const context = {
    ...given,
    print: (text: string) => given.print(harmlessLines(text)),
    printError: (text: string) => given.printError(harmlessLines(text)),
  }
  // What is behind `--` is for the command that is run.
  const end = args.includes('--') ? args.indexOf('--') : args.length
  const words = args.filter((arg, at) => at > end || (arg !== '--help' && arg !== '-h'))
  if (words.length === 0 || words[0] === 'help') return help(commands, context, words.slice(1))

  const found = findCommand(commands, words)
  if (!found) {
    const [first = ''] = words
    await context.printError(
      GIT.has(first)
        ? ` !  Git pushes to and reads from the user git: git@<this server>:<app>.git\n`
        : ` !  There is no command ${first}. ${hintFor(commands, words)}\n`,
    )
    return EXIT_USAGE
  }
  if (words.length < args.length) return help(commands, context, [found.command.name])
  return run(found.command, found.rest, context, onBug)
}

/** What Git runs at the other end of SSH, where the address names another user than `git`. */
const GIT = new Set(['git-receive-pack', 'git-upload-pack', 'git-upload-archive'])

function hintFor(commands: readonly Command[], words: readonly string[]): string {
  const near = suggestionFor(commands, words)
  return near === undefined ? 'vastrox help lists them all.' : `Did you mean ${near}?`
}

async function run(
  command: Command,
  rest: readonly string[],
  context: Context,
  onBug: (error: unknown) => void,
): Promise<number> {
  try {
    // Who may not, learns nothing about what would have been understood.
    mustReach(command, context.actor, undefined)
    const { positionals, values } = parseWords(command, rest)
    const { json, team, ...options } = values
    const appName = isOfApp(command) ? positionals[0] : undefined
    const actor = actorFor(context, team, appName)
    mustReach(
      command,
      actor,
      appName === undefined ? undefined : context.access.appIdOf(actor, appName),
    )
    const asked = { ...context, actor, json: json === true }
    const code = (await command.run(asked, { positionals, options })) ?? 0
    if (code === 0) tell(command, asked, 'ok')
    return code
  } catch (error) {
    if (context.signal.aborted) return EXIT_FAILED
    if (error instanceof UsageError) {
      await context.printError(` !  ${error.message}\n${helpOf(command)}`)
      return EXIT_USAGE
    }
    if (!(error instanceof CodedError)) {
      tell(command, context, 'failed')
      onBug(error)
    }
    if (error instanceof CodedError && error.code === 'PERMISSION_DENIED')
      context.access.noteDenied(context.actor, deniedOf(error, command), command.name)
    const hint = error instanceof CodedError ? hintOf(error.code) : undefined
    await context.printError(` !  ${sayError(error)}${hint === undefined ? '' : `\n    ${hint}`}\n`)
    return EXIT_FAILED
  }
}

/** An act of which its service has told nothing is written down here: none can be forgotten. */
function tell(command: Command, { actor, audit }: Context, result: 'ok' | 'failed'): void {
  if (READING_COMMANDS.has(command.name)) return
  if (result === 'ok' && audit.hasTold(actor)) return
  audit.append({ actor, action: 'command.run', target: command.name, result })
}

/** `--team agency apps` is `apps --team agency`. */
function withTeamBehind(args: readonly string[]): readonly string[] {
  const [option, team, ...words] = args
  if (option !== '--team' || team === undefined) return args
  const end = words.includes('--') ? words.indexOf('--') : words.length
  return [...words.slice(0, end), option, team, ...words.slice(end)]
}

/** As routes are of an app when it is in their path. */
const isOfApp = ({ usage }: Command): boolean => /^[<[]app[>\]]/.test(usage)

function mustReach(command: Command, actor: Actor, appId: string | undefined): void {
  const { permission, filtered } = command
  const scope = isOfApp(command) ? 'app' : 'team'
  if (!mayReach(actor, { permission, scope, ...(filtered && { filtered }) }, appId))
    throw new CodedError('PERMISSION_DENIED', { permission })
}

/** Root works in the team of the app that is named, or in the one that is asked for. */
function actorFor(
  { actor, access, inTeam }: Context,
  team: string | boolean | undefined,
  appName: string | undefined,
): Actor {
  if (team === undefined) {
    const ofApp = appName === undefined || !inTeam ? undefined : access.teamOfApp(appName)
    return (ofApp !== undefined && inTeam?.(ofApp)) || actor
  }
  if (!inTeam) throw new UsageError('Only root on the server chooses a team.')
  const named = typeof team === 'string' ? access.teamNamed(team) : undefined
  const there = named === undefined ? undefined : inTeam(named)
  if (!there) throw new CodedError('TEAM_NOT_FOUND', { team: String(team) })
  return there
}

const deniedOf = ({ details }: CodedError, { permission }: Command): string =>
  typeof details['permission'] === 'string' ? details['permission'] : permission

/** What was typed behind the name of a command; says what cannot be understood (UsageError). */
export function parseWords(command: Command, rest: readonly string[]) {
  const parsed = readOptions(command, rest)
  const [least, most] = command.takes
  if (parsed.positionals.length < least) throw new UsageError('There is something missing.')
  if (parsed.positionals.length > most)
    throw new UsageError(`It does not take ${parsed.positionals[most] ?? 'that'}.`)
  return parsed
}

function readOptions(command: Command, rest: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({
      args: [...rest],
      options: { team: { type: 'string' }, ...command.options, json: { type: 'boolean' } },
      allowPositionals: true,
      strict: true,
    })
    const options: Record<string, string | boolean | undefined> = {}
    for (const [name, value] of Object.entries(values))
      if (!Array.isArray(value)) options[name] = value
    return { positionals, values: options }
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split('. ') : []
    throw new UsageError(`${sentence ?? 'That cannot be read'}.`, { cause: error })
  }
}

async function help(
  commands: readonly Command[],
  context: Context,
  words: readonly string[],
): Promise<number> {
  const found = findCommand(commands, words)
  await context.print(found ? helpOf(found.command) : overview(commands))
  return 0
}
