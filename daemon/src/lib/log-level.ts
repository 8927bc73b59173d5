import type { LogLevel } from '@vastrox/shared/log.ts'

/** A level is said at the head of a line, behind times and names. */
const HEAD_LENGTH = 160

const WORDS: Readonly<Record<string, LogLevel>> = {
  trace: 'debug',
  verbose: 'debug',
  silly: 'debug',
  debug: 'debug',
  info: 'info',
  information: 'info',
  notice: 'info',
  log: 'info',
  warn: 'warning',
  warning: 'warning',
  err: 'error',
  error: 'error',
  severe: 'error',
  crit: 'error',
  critical: 'error',
  fatal: 'error',
  alert: 'error',
  emerg: 'error',
  emergency: 'error',
  panic: 'error',
}

/** Capitals anywhere in the head; small letters only where nothing but a level is meant by them. */
const CAPITALS =
  /\b(TRACE|VERBOSE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|SEVERE|CRIT|CRITICAL|FATAL|ALERT|EMERG|EMERGENCY|PANIC)\b/
const MARKED =
  /\[(trace|debug|info|notice|warn|warning|error|err|crit|critical|fatal|alert|emerg|panic)\]|\b(?:level|severity|lvl)=["']?([a-z]+)|^(trace|debug|info|notice|warn|warning|error|fatal|critical|panic)\s*:/i

const KEYS = ['level', 'severity', 'lvl']

/** What the line itself says; null where it says nothing. */
export function levelOf(text: string): LogLevel | null {
  const json = jsonOf(text)
  if (json) {
    for (const key of KEYS) {
      const level = ofValue(json[key])
      if (level) return level
    }
    return null
  }
  const head = text.slice(0, HEAD_LENGTH)
  const marked = MARKED.exec(head)
  const word = marked?.[1] ?? marked?.[2] ?? marked?.[3] ?? CAPITALS.exec(head)?.[1]
  return word === undefined ? null : (WORDS[word.toLowerCase()] ?? null)
}

/** The object that a line is; undefined for one that is something else. */
export function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^\s*\{/.test(text.slice(0, 20)) || !/\}\s*$/.test(text.slice(-20))) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Words, pino's and Python's tens, and syslog's digits. */
function ofValue(value: unknown): LogLevel | undefined {
  if (typeof value === 'string' && !/^\d+$/.test(value)) return WORDS[value.toLowerCase()]
  const number = typeof value === 'number' ? value : Number(value ?? Number.NaN)
  if (!Number.isFinite(number)) return undefined
  if (number < 8) return ofSyslog(number)
  if (number < 30) return 'debug'
  if (number < 40) return 'info'
  return number < 50 ? 'warning' : 'error'
}

function ofSyslog(number: number): LogLevel {
  if (number <= 3) return 'error'
  if (number === 4) return 'warning'
  return number < 7 ? 'info' : 'debug'
}

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warning', 'error']

/** A line that says no level counts as information. */
export const isAtLeast = (level: LogLevel | null, least: LogLevel): boolean =>
  ORDER.indexOf(level ?? 'info') >= ORDER.indexOf(least)

/** A value deep inside, by its path with dots; a key that has the dots itself goes first. */
export function fieldOf(json: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(json, path)) return json[path]
  let value: unknown = json
  for (const key of path.split('.')) {
    if (Array.isArray(value)) value = value[Number(key)]
    else if (isRecord(value) && Object.hasOwn(value, key)) value = value[key]
    else return undefined
  }
  return value
}
