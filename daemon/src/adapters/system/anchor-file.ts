import { type FileHandle, open, readFile } from 'node:fs/promises'
import { AuditAnchor } from '@vastrox/shared/audit-event.ts'
import { say } from '#lib/say.ts'
import type { AnchorLog } from '#ports/anchor-log.ts'

const NEWLINE = 10

/** A file of lines beside the database, 0600, and the daemon's own log: the journal keeps a copy. */
export function createAnchorFile(path: string): AnchorLog {
  return {
    async add(anchor) {
      const file = await open(path, 'a+', 0o600)
      try {
        const before = (await endsLine(file)) ? '' : '\n'
        await file.appendFile(`${before}${JSON.stringify(anchor)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      say('audit.anchor', { anchor })
    },

    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      return text.split('\n').filter(Boolean).map(parsed)
    },
  }
}

/** A line that was cut short, by a full disk say, must not take the next one with it. */
async function endsLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return true
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === NEWLINE
}

function parsed(line: string): AuditAnchor | undefined {
  try {
    return AuditAnchor.parse(JSON.parse(line))
  } catch {
    // Cut short by a crash, or written by somebody else: whoever verifies says so.
    return undefined
  }
}
