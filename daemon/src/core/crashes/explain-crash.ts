import { explainFailure } from '#core/failures/explain.ts'

interface Ended {
  process: string
  exitCode: number | null
  signal: string | null
  oomKilled: boolean
  memoryBytes: number
  lines: readonly string[]
}

/** Shells and the engine say 128 + the number of the signal. */
const BY_SIGNAL = 128
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
}
const WORDS: Readonly<Record<string, string>> = {
  SIGILL: 'It met an instruction that this processor does not have: built for another one?',
  SIGABRT: 'It gave itself up (SIGABRT): its own runtime found something impossible.',
  SIGBUS:
    'It read memory that is not there (SIGBUS): a file that it maps was cut short, or the disk is full.',
  SIGSEGV:
    'It touched memory that is not its own (SIGSEGV): a fault in native code, often of a module.',
  SIGKILL:
    'It was killed (SIGKILL), and not by Vastrox: by somebody on the server, or by the kernel for want of memory of the whole server.',
  SIGTERM:
    'It was told to end (SIGTERM), and not by Vastrox: by itself, or by somebody on the server.',
  SIGHUP: 'It was ended by SIGHUP: it asked for a new configuration, and did not listen for it?',
  SIGINT: 'It was told to end (SIGINT), and not by Vastrox.',
  SIGPIPE: 'It wrote to a connection that was gone (SIGPIPE) and does not expect that.',
  SIGXFSZ: 'It wrote a file that is larger than it may be.',
  SIGSYS: 'It asked the kernel for something that apps may not (SIGSYS).',
}
/** What is further up was said long before. */
const TELLING_LINES = 60

/** The name of the signal that ended it. */
export const signalOf = (exitCode: number | null): string | null =>
  exitCode === null ? null : (SIGNALS[exitCode - BY_SIGNAL] ?? null)

/** Why it ended, in one line; null where no rule knows. */
export function explainCrash(ended: Ended): string | null {
  const { process, exitCode, signal, oomKilled, memoryBytes, lines } = ended
  if (oomKilled)
    return `It ran out of memory: its limit is ${Math.round(memoryBytes / 2 ** 20)} MB. Give it more (vastrox limits <app> ${process} memory=…), or look at what grows in its memory curve.`
  const found = explainFailure({ stage: 'start', lines: lines.slice(-TELLING_LINES) })
  if (found) return `${found.reason} ${found.hint}`
  if (signal !== null) return WORDS[signal] ?? null
  if (exitCode === 126)
    return 'Its command may not be executed: it is no program, or lacks the mode of one.'
  if (exitCode === 127) return 'Its command was not found in the image.'
  if (exitCode === 0)
    return `It ended by itself with code 0, as if its work were done: ${process} has to go on. Does its command start the server in the background?`
  return null
}
