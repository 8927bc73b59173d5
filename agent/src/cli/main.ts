import { fstatSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { doctor } from '#agent/cli/commands/doctor.ts'
import { platformLogs } from '#agent/cli/commands/platform-logs.ts'
import { registry } from '#agent/cli/commands/registry.ts'
import { status } from '#agent/cli/commands/status.ts'
import { upgrade } from '#agent/cli/commands/upgrade.ts'
import { runDaemonCommand } from '#agent/cli/console-client.ts'
import { untilHealthy } from '#agent/cli/install/health.ts'
import { DEFAULT_DATA_DIR } from '#agent/cli/install/options.ts'
import { createSteps } from '#agent/cli/install/steps.ts'
import { uninstall } from '#agent/cli/install/uninstall.ts'
import { type Installation, openInstallation } from '#agent/cli/installation.ts'
import { openPlatform } from '#agent/cli/platform/platform.ts'
import { describeFailure, SetupError } from '#agent/cli/setup-error.ts'
import {
  archiveOf,
  EXIT_PIPE,
  openArchive,
  runWithTerminal,
  takesTerminal,
} from '#agent/cli/terminal-client.ts'
import { localHelp } from '#agent/cli/local-help.ts'
import { whereFrom } from '#agent/cli/where-from.ts'
import { takesStdin } from '@vastrox/shared/takes-stdin.ts'

/** A command of this machine's own: it works with the daemon dead. Gives the exit code. */
interface LocalCommand {
  usage: string
  summary: string
  run(installation: Installation, args: string[]): Promise<number>
}

/** Names of this server's commands that are the daemon's as well, by their arguments. */
const OF_DAEMON_TOO: ReadonlySet<string> = new Set(['apply', 'destinations', 'logs', 'restart'])

const LOCAL: Record<string, LocalCommand> = {
  status: { usage: 'status [--json]', summary: 'Every process of the platform', run: status },
  doctor: {
    usage: 'doctor [--json]',
    summary: 'Look for what is wrong, and say what to do',
    run: doctor,
  },
  up: {
    usage: 'up',
    summary: 'Start what does not run',
    async run(installation) {
      const platform = openPlatform(installation)
      await platform.up()
      await untilHealthy(platform, installation)
      return 0
    },
  },
  down: {
    usage: 'down',
    summary: 'Stop every process of Vastrox; containers go on, without their proxy',
    async run(installation) {
      await openPlatform(installation).down()
      return 0
    },
  },
  restart: {
    usage: 'restart [--process agent|daemon|proxy]',
    summary: 'Restart the platform, or one process of it, without a dropped request',
    async run(installation, [flag, process]) {
      if (flag !== undefined && (flag !== '--process' || process === undefined))
        throw new SetupError('Which process?', 'vastrox restart --process daemon')
      const platform = openPlatform(installation)
      await platform.restart(process)
      await untilHealthy(platform, installation)
      return 0
    },
  },
  logs: {
    usage: 'logs --platform [process] [-n 60] [--json]',
    summary: 'The last lines of what the processes of Vastrox said',
    run: (installation, args) => platformLogs(installation, args),
  },
  upgrade: {
    usage: 'upgrade [--check]',
    summary: 'Take the newest version of the clone it was installed from',
    run: upgrade,
  },
  'base-domain': {
    usage: 'base-domain [<name>] [--anyway] [--trust]',
    summary: 'Move dashboard, Git, apps and certificates to another domain',
    run: (installation, args) => moveTo(installation, ['base-domain', ...args]),
  },
  'base-domain:move': {
    usage: 'base-domain:move <name> [--anyway]',
    summary: 'The same',
    run: (installation, args) => moveTo(installation, ['base-domain:move', ...args]),
  },
  'base-domain:undo': {
    usage: 'base-domain:undo',
    summary: 'Take the last move back, within 30 days',
    run: (installation, args) => moveTo(installation, ['base-domain:undo', ...args]),
  },
  destinations: {
    usage: 'destinations allow <directory> …',
    summary: 'Where backups may be kept on this server and in its own network',
    run: async (installation, args) => {
      const { destinations } = await import('#agent/cli/commands/destinations.ts')
      return destinations(installation, args)
    },
  },
  apply: {
    usage: 'apply <file> [--yes | --dry-run] [--prune]',
    summary: 'Show what a file of settings would change, and make it so',
    run: async (installation, args) => {
      const { apply } = await import('#agent/cli/commands/apply.ts')
      return apply(installation, args)
    },
  },
  registry: {
    usage: 'registry [--mirror <host>] …',
    summary: 'Where official images come from, and which registries apps may use',
    run: (installation, args) => registry(installation, args, pipedText),
  },
  uninstall: {
    usage: 'uninstall [--purge]',
    summary: 'Remove Vastrox; with --purge its data as well',
    async run({ dataDir }, args) {
      await uninstall({ dataDir, purge: args.includes('--purge') }, createSteps())
      return 0
    },
  },
}

async function moveTo(installation: Installation, args: readonly string[]): Promise<number> {
  const { baseDomain } = await import('#agent/cli/commands/base-domain.ts')
  return baseDomain(installation, args)
}

async function main(args: string[]): Promise<number> {
  if (process.getuid?.() !== 0)
    throw new SetupError('This command is for root.', `sudo vastrox ${args.join(' ')}`)
  const installation = await openInstallation(process.env['VASTROX_DATA_DIR'] ?? DEFAULT_DATA_DIR)
  const [name = 'help', ...rest] = args
  // `restart <app>`, `logs <app>`, `destinations` and `apply < file` are the daemon's.
  const isOfDaemon =
    (name === 'restart' && rest[0] !== undefined && rest[0] !== '--process') ||
    (name === 'apply' && !rest.some((word) => !word.startsWith('-'))) ||
    (name === 'logs' && !rest.includes('--platform')) ||
    (name === 'destinations' && !['allow', 'disallow', 'roots'].includes(rest[0] ?? ''))
  const local = Object.hasOwn(LOCAL, name) && !isOfDaemon ? LOCAL[name] : undefined
  if (local) return local.run(installation, rest)
  if (name === 'help' || name === '--help') {
    const said = localHelp(LOCAL, rest[0])
    if (said !== undefined) process.stdout.write(said)
    if (said !== undefined && rest[0] !== undefined && !OF_DAEMON_TOO.has(rest[0])) return 0
  }
  const archive = archiveOf(args)
  if (archive !== undefined)
    return runWithTerminal(
      installation.paths.consoleSocket,
      args,
      archive === '-' ? undefined : await openArchive(archive),
    )
  if (takesTerminal(args)) return runWithTerminal(installation.paths.consoleSocket, args)
  // `vastrox logs shop | head`: who read it has gone, which is no error of ours.
  process.stdout.on('error', () => process.exit(EXIT_PIPE))
  return runDaemonCommand(installation.paths.consoleSocket, name === '--help' ? ['help'] : args, {
    stdin: takesStdin(args) && !process.stdin.isTTY ? await pipedText() : undefined,
    origin: whereFrom(process.env, new Date()),
    stdout: (said) => process.stdout.write(said),
    stderr: (said) => process.stderr.write(said),
  })
}

/** What was piped in; nothing where standard input is closed or a file descriptor of a service. */
async function pipedText(): Promise<string | undefined> {
  const stat = fstatSync(0)
  if (!stat.isFIFO() && !stat.isFile()) return undefined
  return text(process.stdin)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(describeFailure(error))
  process.exitCode = 1
}
