import type { BackupContent } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import { execInAddon } from '#agent/backups/exec-in-addon.ts'
import { type Made, type Making, snapshotOfStream } from '#agent/backups/make-snapshot.ts'

type Dump = Extract<BackupContent, { type: 'addon' }>

/**
 * What the add-on's own dump tool prints, as one file. It is kept only where the tool ended well, printed
 * enough, and said at the end what a whole dump says (rule B3).
 */
export async function backUpDump(deps: BackupDeps, dump: Dump, making: Making): Promise<Made> {
  const trailer = trailerOf(dump)
  const tool = await execInAddon(deps, { ...dump, hasInput: false })
  const stop = (): void => void tool.stop()
  making.signal.addEventListener('abort', stop, { once: true })
  try {
    return await snapshotOfStream(
      making,
      dump.fileName,
      tool.stdout,
      async ({ sizeBytes, tail }) => {
        const exitCode = await tool.exitCode()
        if (exitCode !== 0) throw bad(`It ended with ${exitCode}${said(tool.complaints())}.`)
        if (sizeBytes < dump.minBytes)
          throw bad(
            `The dump has ${sizeBytes} bytes, and at least ${dump.minBytes} were expected${said(tool.complaints())}.`,
          )
        if (trailer !== undefined && !trailer.test(tail.toString('latin1')))
          throw bad('The dump breaks off: what stands at the end of a whole one is missing.')
      },
    )
  } finally {
    making.signal.removeEventListener('abort', stop)
    await tool.stop()
  }
}

function trailerOf({ trailer }: Dump): RegExp | undefined {
  if (trailer === null) return undefined
  try {
    return new RegExp(trailer, 'm')
  } catch (error) {
    throw new CodedError(
      'REQUEST_INVALID',
      { reason: 'The trailer is not valid.' },
      { cause: error },
    )
  }
}

const bad = (reason: string): CodedError => new CodedError('BACKUP_DUMP_FAILED', { reason })

const said = (complaints: string): string => {
  const last = complaints.split('\n').at(-1)?.trim().replace(/\.$/, '') ?? ''
  return last === '' ? '' : `: ${last.slice(0, 300)}`
}
