import { CodedError, type ErrorCode } from '@vastrox/shared/errors.ts'
import { type Access, type ResticEnd, saysFull } from '#agent/backups/run-restic.ts'

/** The words of restic 0.14 to 0.18; from 0.17 on some have an exit code of their own. */
// biome-ignore format: it reads as a table
const SAYINGS: readonly (readonly [code: ErrorCode, words: RegExp])[] = [
  ['DESTINATION_KEY_WRONG',   /wrong password or no key found/i],
  ['DESTINATION_LOCKED',      /repository is already locked|unable to create lock in backend: repository/i],
  ['DESTINATION_UNREACHABLE', /host key verification failed|remote host identification has changed|permission denied \(|access ?denied|invalidaccesskeyid|signaturedoesnotmatch|connection (?:refused|reset|closed|timed out)|no route to host|no such host|i\/o timeout|network is unreachable|proxyconnect|tls: |x509: |certificate|broken pipe|unexpected eof|ssh command exited|use of closed network connection|server gave http response|forbidden|unauthorized|temporary failure|dial tcp/i],
  ['DESTINATION_DAMAGED',     /ciphertext verification failed|invalid data returned|does not match|not found in (?:repository|index)|illegal (?:character|header)|unable to load (?:index|tree)|error loading (?:index|snapshot)|tree .* not found|mac (?:verification|mismatch)/i],
]
// biome-ignore format: it reads as a table
const EXIT_CODES: Readonly<Record<number, ErrorCode>> = {
  11: 'DESTINATION_LOCKED',
  12: 'DESTINATION_KEY_WRONG',
}

/** There is no repository at a place that can be reached. */
export const saysMissing = ({ exitCode, stderr }: ResticEnd): boolean =>
  exitCode === 10 ||
  (/is there a repository at the following location|unable to open config file/i.test(stderr) &&
    /no such file|(?:does )?not exist|no such (?:key|bucket)/i.test(stderr))

/** What a failed run of restic comes to, in one line. `otherwise`: where it is none of the destination's. */
export function resticFailure(
  { shownAs }: Pick<Access, 'shownAs'>,
  end: ResticEnd,
  otherwise: ErrorCode = 'BACKUP_FAILED',
): CodedError {
  const line = tellingLine(end.stderr)
  const code = codeOf(end) ?? otherwise
  // What these say is plain: the words of restic add nothing.
  const isPlain = code === 'DESTINATION_KEY_WRONG' || code === 'DESTINATION_FULL'
  const why = line === '' ? `restic ended with ${end.exitCode ?? 'a signal'}` : line
  return new CodedError(code, isPlain ? {} : { reason: `${shownAs}: ${why}` })
}

export function codeOf(end: ResticEnd): ErrorCode | undefined {
  if (saysMissing(end)) return 'DESTINATION_UNREACHABLE'
  const byExit = end.exitCode === null ? undefined : EXIT_CODES[end.exitCode]
  if (byExit !== undefined) return byExit
  if (saysFull(end.stderr)) return 'DESTINATION_FULL'
  const said = SAYINGS.find(([, words]) => words.test(end.stderr))?.[0]
  if (said !== undefined) return said
  return /unable to open config file/i.test(end.stderr) ? 'DESTINATION_UNREACHABLE' : undefined
}

/** What ssh said, or the last `Fatal:` line, or what came last. */
function tellingLine(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('{'))
  const ssh = lines.findLast((line) => line.startsWith(OF_SSH))?.slice(OF_SSH.length)
  const fatal = lines.findLast((line) => line.startsWith('Fatal: '))?.slice('Fatal: '.length)
  const tried = lines.flatMap(
    (line) => /returned error, retrying after [^:]+: (.+)$/.exec(line)?.[1] ?? [],
  )
  return (ssh ?? tried.at(-1) ?? fatal ?? lines.at(-1) ?? '')
    .replaceAll('sftp:vastrox-destination:', '')
    .slice(0, 400)
}

const OF_SSH = 'subprocess ssh: '
