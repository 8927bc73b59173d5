import { Readable } from 'node:stream'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { SessionInput } from '@vastrox/shared/node/session-frames.ts'
import type { TreeDifference } from '@vastrox/shared/upload.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  positional,
  UsageError,
} from '#commands/command.ts'
import { DEPLOYING, followDeployment } from '#commands/follow-deployment.ts'
import { facts, show, table } from '#commands/output.ts'
import { sayDifference } from '#core/sources/publish-uploads.ts'

const MARKS = { added: '+', changed: '~', removed: '-' } as const
const SWITCH = /^(on|off)$/

export const uploadCommands: readonly Command[] = [
  {
    name: 'uploads',
    aliases: ['uploads:show'],
    usage: '<app>',
    summary: 'Show how an app takes uploads, and what of them waits to be published',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const name = positional(args, 0)
      const { actor, uploads } = context
      const state = await uploads.settings.get(actor, name)
      await show(context, state, () =>
        facts([
          ['Published by itself', state.publishOnIdle ? 'after 10 idle seconds' : 'no'],
          ['Waiting since', state.changedAt ?? '-'],
          ['Problem', state.problem ?? '-'],
          ['Open transfers', String(state.openTransfers)],
          ['Cut off', state.incomplete.join(', ') || '-'],
          ['Clients', state.clients.map(sayClient).join(', ') || '-'],
          ['Space', `${mb(state.usedBytes)} of ${mb(state.maxBytes)} MB`],
          ['Files', `${state.usedEntries} of ${state.maxEntries}`],
          ['SFTP', sayAddress('sftp', state.sftp)],
          ['FTPS', sayAddress('ftps', state.ftps)],
          [
            'Plain FTP',
            state.plainFtp ? 'ON: its password and files can be read on the way' : 'no',
          ],
          ['Password made', state.passwordChangedAt ?? 'none: vastrox uploads:password <app>'],
        ]),
      )
    },
  },
  {
    name: 'uploads:diff',
    usage: '<app>',
    summary: 'Show what the uploaded files differ in from the live release',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const { actor, uploads } = context
      const difference = await uploads.publishing.difference(actor, positional(args, 0))
      await show(context, difference, () => sayChanges(difference))
    },
  },
  {
    name: 'uploads:set',
    usage: '<app> [--idle on|off] [--plain-ftp on|off]',
    summary: 'Publish uploads by themselves or not; allow plain FTP to one app (operators)',
    permission: 'app.change',
    options: { idle: { type: 'string' }, 'plain-ftp': { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const [publishOnIdle, plainFtp] = [switchOf(args, 'idle'), switchOf(args, 'plain-ftp')]
      if (publishOnIdle === undefined && plainFtp === undefined)
        throw new UsageError('Give --idle or --plain-ftp.')
      const wish = { publishOnIdle, plainFtp }
      const { actor, uploads } = context
      const state = await uploads.settings.change(actor, positional(args, 0), wish)
      if (plainFtp === true)
        await context.printError(
          ' !  Plain FTP sends the password and every file readable to anybody on the way.\n',
        )
      await show(context, state, () => 'Changed.\n')
    },
  },
  {
    name: 'uploads:password',
    usage: '<app> [--remove]',
    summary: 'Make the password for uploads by SFTP and FTPS anew; it is shown this once',
    permission: 'app.change',
    options: { remove: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const app = positional(args, 0)
      const { actor, uploads } = context
      if (args.options['remove'] === true) {
        await uploads.settings.removePassword(actor, app)
        await show(context, { removed: true }, () => 'Removed.\n')
        return
      }
      const made = await uploads.settings.createPassword(actor, app)
      await show(context, made, () =>
        facts([
          ['User', made.user],
          ['Password', made.password],
        ]),
      )
    },
  },
  {
    name: 'uploads:discard',
    usage: '<app>',
    summary: 'Put the uploaded files back to those of the live release',
    permission: 'app.deploy',
    takes: [1, 1],
    async run(context, args) {
      const app = positional(args, 0)
      await context.uploads.publishing.discard(context.actor, app)
      await show(
        context,
        { discarded: app },
        () => `The files of ${app} are those that are live.\n`,
      )
    },
  },
  {
    name: 'uploads:list',
    aliases: ['uploads:ls'],
    usage: '<app> [<directory>]',
    summary: 'List the files of an app: those of the live release with what was uploaded',
    permission: 'app.read',
    takes: [1, 2],
    async run(context, args) {
      const path = args.positionals[1] ?? '/'
      const listed = await context.uploads.files.list(context.actor, positional(args, 0), path)
      await show(context, listed, () =>
        table(
          ['Name', 'Size', 'Changed'],
          listed.files.map(({ name, kind, sizeBytes, modifiedAt }) => [
            kind === 'directory' ? `${name}/` : kind === 'symlink' ? `${name}@` : name,
            kind === 'file' ? String(sizeBytes) : '',
            modifiedAt,
          ]),
        ),
      )
    },
  },
  {
    name: 'publish',
    aliases: ['uploads:publish'],
    usage: '<app> [--incomplete] [-d]',
    summary: 'Make a release of the uploaded files and deploy it',
    permission: 'app.deploy',
    options: { ...DEPLOYING, incomplete: { type: 'boolean' } },
    takes: [1, 1],
    async run(context, args) {
      const { actor, uploads } = context
      const app = positional(args, 0)
      if (!context.json) {
        const difference = await uploads.publishing.difference(actor, app)
        await context.print(sayChanges(difference))
      }
      const wish = { incomplete: args.options['incomplete'] === true }
      const deployment = await uploads.publishing.publish(actor, app, wish)
      return followDeployment(context, deployment, { detach: args.options['detach'] === true })
    },
  },
]

/** What was piped into `deploy --archive`. */
export function pipedArchive({ terminal }: CommandContext): Readable {
  if (terminal?.hasInput !== true || terminal.size !== null)
    throw new UsageError('Pipe the archive into it: vastrox deploy <app> --archive - < site.zip')
  terminal.started()
  return Readable.from(bytesOf(terminal.input))
}

async function* bytesOf(input: AsyncIterable<SessionInput>): AsyncGenerator<Buffer> {
  for await (const each of input) {
    if (each.type === 'input') yield Buffer.from(each.bytes)
    if (each.type === 'end') return
    if (each.type === 'signal')
      throw new CodedError('ARCHIVE_REFUSED', { reason: 'it was cut off' })
  }
  throw new CodedError('ARCHIVE_REFUSED', { reason: 'it was cut off' })
}

function switchOf(args: Arguments, name: string): boolean | undefined {
  const value = args.options[name]
  if (typeof value !== 'string') return undefined
  if (!SWITCH.test(value)) throw new UsageError(`--${name} is on or off.`)
  return value === 'on'
}

function sayChanges(difference: TreeDifference): string {
  const { changes, added, changed, removed } = difference
  const lines = changes.map(({ kind, path, beforeBytes, afterBytes }) => {
    const size = afterBytes ?? beforeBytes ?? 0
    return `${MARKS[kind]} ${path.replaceAll(/\p{C}/gu, '?')} (${size} B)`
  })
  const more = added + changed + removed - changes.length
  const rest = more > 0 ? [`  and ${more} more`] : []
  return `${[...lines, ...rest, sayDifference(difference)].join('\n')}\n`
}

const sayClient = ({
  protocol,
  name,
  address,
}: {
  protocol: string
  name: string
  address: string
}) => `${name} by ${protocol.toUpperCase()} from ${address}`

const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 0)

const sayAddress = (
  scheme: string,
  at: { host: string; port: number; user: string } | null,
): string => (at === null ? 'off' : `${scheme}://${at.user}@${at.host}:${at.port}`)
