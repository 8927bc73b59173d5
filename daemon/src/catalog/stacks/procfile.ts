import { CodedError } from '@vastrox/shared/errors.ts'

export interface Procfile {
  /** Process name → command line, in the order of the file. */
  processes: Record<string, string>
  /** Run once per release, never scaled. */
  release: string | null
}

const NAME = /^[A-Za-z0-9_-]{1,63}$/
const MAX_PROCESSES = 50
const MAX_LINE_LENGTH = 8_192

/**
 * Reads a Procfile as Heroku does: `name: command` lines; blank lines, # and // comments are left
 * out. At most 50 processes, and 8,192 characters a line.
 */
export function parseProcfile(text: string): Procfile {
  const processes: Record<string, string> = {}
  let release: string | null = null

  for (const [at, raw] of text
    .replace(/^\u{feff}/u, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith('//')) continue
    if (/^(<{7}|={7}|>{7}|\|{7})/.test(line)) refuse(at, 'is the mark of a merge conflict')
    if (line.length > MAX_LINE_LENGTH)
      refuse(at, `is longer than ${MAX_LINE_LENGTH} characters: call a script`)
    const colon = line.indexOf(':')
    const written = line.slice(0, Math.max(0, colon)).trimEnd()
    const command = line.slice(colon + 1).trimStart()
    if (!NAME.test(written)) refuse(at, 'is not `name: command`')
    if (command === '') refuse(at, `gives ${written} no command`)
    const name = written.toLowerCase()
    if (!/^[a-z]/.test(name)) refuse(at, `names a process ${written}: a name begins with a letter`)
    if (Object.hasOwn(processes, name) || (name === 'release' && release !== null))
      refuse(at, `names ${written} a second time`)
    if (Object.keys(processes).length >= MAX_PROCESSES)
      refuse(at, `names one process more than ${MAX_PROCESSES}`)
    if (name === 'release') release = command
    else processes[name] = command
  }
  return { processes, release }
}

function refuse(at: number, what: string): never {
  throw new CodedError('START_COMMAND_MISSING', {
    reason: `Line ${at + 1} of the Procfile ${what}.`,
  })
}
