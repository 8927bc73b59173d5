import type { UploadSession } from '#core/sources/upload-sessions.ts'

type Tree = UploadSession['tree']
export type Stat = Awaited<ReturnType<Tree['lstat']>>

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const HALF_A_YEAR_S = 182 * 86_400
const TYPES = { file: '-', directory: 'd', symlink: 'l' } as const

/** A line as `ls -l` prints it, which is what clients of LIST read. */
export function listLine(name: string, stat: Stat, now: Date): string {
  const at = new Date(stat.modifiedAtS * 1_000)
  const day = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)}`
  const age = now.getTime() / 1_000 - stat.modifiedAtS
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
  const when = age < HALF_A_YEAR_S && age > -86_400 ? time : ` ${at.getUTCFullYear()}`
  const size = String(stat.sizeBytes).padStart(12)
  return `${TYPES[stat.kind]}${bits(stat.mode)} 1 app app ${size} ${day} ${when} ${name}`
}

/** A line of MLSD and MLST (RFC 3659). */
export function factLine(name: string, stat: Stat, type: string = typeOf(stat)): string {
  const mode = stat.mode.toString(8).padStart(4, '0')
  const size = stat.kind === 'file' ? `size=${stat.sizeBytes};` : ''
  return `type=${type};${size}modify=${timeText(stat.modifiedAtS)};UNIX.mode=${mode}; ${name}`
}

/** YYYYMMDDHHMMSS in UTC. */
export function timeText(seconds: number): string {
  const [date = '', time = ''] = new Date(seconds * 1_000).toISOString().split('T')
  return date.replaceAll('-', '') + time.slice(0, 8).replaceAll(':', '')
}

export function readTime(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?$/.exec(text)
  if (!match) return undefined
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number)
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  return Number.isFinite(at) && at >= 0 ? at / 1_000 : undefined
}

const typeOf = ({ kind }: Stat): string => {
  if (kind === 'directory') return 'dir'
  return kind === 'symlink' ? 'OS.unix=symlink' : 'file'
}

const two = (value: number): string => String(value).padStart(2, '0')

const bits = (mode: number): string =>
  [6, 3, 0]
    .map((shift) => {
      const three = (mode >> shift) & 7
      return `${three & 4 ? 'r' : '-'}${three & 2 ? 'w' : '-'}${three & 1 ? 'x' : '-'}`
    })
    .join('')
