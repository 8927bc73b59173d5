import { CodedError } from '@vastrox/shared/errors.ts'

export interface Procfile {
  /** Process name → command line, in the order of the file. */
  processes: Record<string, string>
  /** Run once per release, never scaled. */
  release: string | null
}

const LINE = /^([A-Za-z0-9_-]{1,63})\s*:\s*(.*)$/

/** Reads a Procfile as Heroku does: `name: command` lines; blank lines, # and // comments are left out. */
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
    const [, written = '', command = ''] = LINE.exec(line) ?? refuse(at, 'is not `name: command`')
    if (command === '') refuse(at, `gives ${written} no command`)
    const name = written.toLowerCase()
    if (!/^[a-z]/.test(name)) refuse(at, `names a process ${written}: a name begins with a letter`)
    if (name in processes || (name === 'release' && release !== null))
      refuse(at, `names ${written} a second time`)
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
