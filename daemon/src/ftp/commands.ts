import { pathFrom } from '#ftp/ftp-session.ts'
import { factLine, readTime, timeText } from '#ftp/listing.ts'
import { mustBeIn, type Transfers } from '#ftp/transfers.ts'
import type { FtpState } from '#ftp/ftp-session.ts'
import { FileError } from '#lib/file-error.ts'

export interface Given {
  state: FtpState
  transfers: Transfers
  /** Several lines become one reply of several lines. */
  reply: (code: number, ...lines: string[]) => void
}

type Handler = (given: Given, argument: string) => Promise<void> | void

const FEATURES = [
  'AUTH TLS',
  'PBSZ',
  'PROT',
  'EPSV',
  'PASV',
  'UTF8',
  'TVFS',
  'SIZE',
  'MDTM',
  'MFMT',
  'REST STREAM',
  'MLST type*;size*;modify*;UNIX.mode*;',
]

const full = ({ directory }: FtpState, path: string): string => pathFrom(directory, path)
/** `"` is doubled inside of quotes (RFC 959). */
const quoted = (path: string): string => `"${path.replaceAll('"', '""')}"`
/** `-la`, as people's clients send it. */
const withoutOptions = (argument: string): string => argument.replace(/^(-[A-Za-z]+ *)+/, '')

/** What a client that has signed in may say. */
export const COMMANDS: Readonly<Record<string, Handler>> = {
  PWD: ({ state, reply }) => reply(257, `${quoted(state.directory)} is where you are.`),
  CWD: changeDirectory,
  CDUP: (given) => changeDirectory(given, '..'),
  TYPE: ({ reply }, type) =>
    /^[AIL]/i.test(type)
      ? reply(200, 'All files are sent as they are.')
      : reply(504, 'Not that type.'),
  MODE: ({ reply }, mode) =>
    /^S$/i.test(mode) ? reply(200, 'Stream.') : reply(504, 'Stream only.'),
  STRU: ({ reply }, kind) => (/^F$/i.test(kind) ? reply(200, 'Files.') : reply(504, 'Files only.')),
  ALLO: ({ reply }) => reply(202, 'Not needed.'),

  LIST: ({ transfers }, argument) => transfers.list(withoutOptions(argument), 'list'),
  NLST: ({ transfers }, argument) => transfers.list(withoutOptions(argument), 'names'),
  MLSD: ({ transfers }, argument) => transfers.list(argument, 'facts'),
  MLST: async ({ state, reply }, argument) => {
    const path = mustBeIn(state).tree.realPath(full(state, argument))
    const stat = await mustBeIn(state).tree.stat(path)
    reply(250, 'Facts:', ` ${factLine(path, stat)}`, 'End.')
  },
  STAT: ({ state, reply }) =>
    reply(211, 'Vastrox uploads', ` Signed in as ${state.user ?? 'nobody'}`, 'End.'),

  STOR: ({ transfers }, path) => transfers.store(path, 'replace'),
  APPE: ({ transfers }, path) => transfers.store(path, 'append'),
  RETR: ({ transfers }, path) => transfers.retrieve(path),
  REST: ({ state, reply }, text) => {
    const at = Number(text)
    if (!/^\d{1,15}$/.test(text) || !Number.isSafeInteger(at)) return reply(501, 'Give a number.')
    state.restartAt = at
    reply(350, `The next transfer begins at ${at}.`)
  },

  SIZE: async ({ state, reply }, path) => {
    const { kind, sizeBytes } = await mustBeIn(state).tree.stat(full(state, path))
    if (kind !== 'file') throw new FileError('is-a-directory', 'That is not a file.')
    reply(213, String(sizeBytes))
  },
  MDTM: async ({ state, reply }, path) => {
    const { modifiedAtS } = await mustBeIn(state).tree.stat(full(state, path))
    reply(213, timeText(modifiedAtS))
  },
  MFMT: async ({ state, reply }, argument) => {
    const [time = '', ...names] = argument.split(' ')
    const modifiedAtS = readTime(time)
    if (modifiedAtS === undefined || names.length === 0) return reply(501, 'MFMT <time> <path>.')
    const path = names.join(' ')
    await mustBeIn(state).tree.setStat(full(state, path), { modifiedAtS })
    reply(213, `Modify=${timeText(modifiedAtS)}; ${path}`)
  },
  SITE: async ({ state, reply }, argument) => {
    const match = /^CHMOD +([0-7]{3,4}) +(.+)$/i.exec(argument)
    if (!match) return reply(504, 'Only SITE CHMOD is known.')
    const mode = Number.parseInt(match[1] ?? '', 8)
    await mustBeIn(state).tree.setStat(full(state, match[2] ?? ''), { mode })
    reply(200, 'Whether it is executable is kept.')
  },

  DELE: async ({ state, reply }, path) => {
    await mustBeIn(state).tree.removeFile(full(state, path))
    reply(250, 'Removed.')
  },
  MKD: async ({ state, reply }, path) => {
    const { tree } = mustBeIn(state)
    await tree.makeDirectory(full(state, path))
    reply(257, `${quoted(tree.realPath(full(state, path)))} is made.`)
  },
  RMD: async ({ state, reply }, path) => {
    await mustBeIn(state).tree.removeDirectory(full(state, path))
    reply(250, 'Removed.')
  },
  RNFR: async ({ state, reply }, path) => {
    await mustBeIn(state).tree.lstat(full(state, path))
    state.renameFrom = full(state, path)
    reply(350, 'And its new name?')
  },
  RNTO: async ({ state, reply }, path) => {
    const { renameFrom } = state
    state.renameFrom = undefined
    if (renameFrom === undefined) return reply(503, 'RNFR comes first.')
    await mustBeIn(state).tree.rename(renameFrom, full(state, path), { replace: true })
    reply(250, 'Renamed.')
  },
}
for (const [old, name] of [
  ['XPWD', 'PWD'],
  ['XCWD', 'CWD'],
  ['XCUP', 'CDUP'],
  ['XMKD', 'MKD'],
  ['XRMD', 'RMD'],
] as const)
  Object.assign(COMMANDS, { [old]: COMMANDS[name] })

/** What anybody may say, signed in or not. */
export const FOR_ANYBODY: Readonly<Record<string, Handler>> = {
  NOOP: ({ reply }) => reply(200, 'Yes.'),
  SYST: ({ reply }) => reply(215, 'UNIX Type: L8'),
  FEAT: ({ reply }) => reply(211, 'Features:', ...FEATURES.map((name) => ` ${name}`), 'End.'),
  HELP: ({ reply }) => reply(214, 'An app’s files: what you upload is published as a release.'),
  OPTS: ({ reply }, argument) =>
    /^(UTF-?8( ON)?|MLST\b.*)$/i.test(argument)
      ? reply(200, 'Yes.')
      : reply(501, 'Not that option.'),
  CLNT: ({ reply }) => reply(200, 'Noted.'),
  ACCT: ({ reply }) => reply(202, 'Not needed.'),
  PORT: noActive,
  EPRT: noActive,
}

function noActive({ reply }: Given): void {
  reply(502, 'Active mode is off: use PASV or EPSV.')
}

async function changeDirectory({ state, reply }: Given, path: string): Promise<void> {
  const { tree } = mustBeIn(state)
  const to = tree.realPath(full(state, path))
  const { kind } = await tree.stat(to)
  if (kind !== 'directory') throw new FileError('not-a-directory', 'That is not a directory.')
  state.directory = to
  reply(250, `${quoted(to)} it is.`)
}
