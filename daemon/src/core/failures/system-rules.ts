import { find, type Rule } from '#core/failures/rule.ts'

/** Ports that tell which server was meant. */
const SERVERS: Readonly<Record<string, string>> = {
  '1433': 'SQL Server',
  '3306': 'MySQL or MariaDB',
  '5432': 'PostgreSQL',
  '5672': 'RabbitMQ',
  '6379': 'Redis',
  '9200': 'Elasticsearch',
  '11211': 'Memcached',
  '27017': 'MongoDB',
}

/** What the system says, whatever the language. */
export const systemRules: readonly Rule[] = [
  {
    name: 'port-in-use',
    pattern: /EADDRINUSE[^\d]*?(?:[\d.:a-f]*:)(\d+)|[Aa]ddress already in use/,
    explain: (found) => ({
      reason: `The app listens on port ${found[1] ?? ''} twice: it is already in use.`.replace(
        '  ',
        ' ',
      ),
      hint: 'Only one server may listen on PORT; give a second one another port.',
    }),
  },
  {
    name: 'disk-full',
    pattern: /ENOSPC|No space left on device/,
    explain: () => ({
      reason: 'There was no space left on the disk.',
      hint: '`vastrox doctor` shows what takes it; write files that are kept to a volume.',
    }),
  },
  {
    name: 'connection-refused',
    pattern:
      /ECONNREFUSED (\S+?):(\d+)|connection to server at "([^"]+)"[^\n]*port (\d+) failed: Connection refused|[Cc]onnection refused.{0,80}?\b(1433|3306|5432|5672|6379|9200|11211|27017)\b/,
    stages: ['release-command', 'start'],
    explain: (found) => {
      const [host, port = ''] = [found[1] ?? found[3], found[2] ?? found[4] ?? found[5]]
      const server = SERVERS[port]
      const isSelf = host === undefined || /^(127\.|::1|localhost)/.test(host)
      return {
        reason: `Nothing answers at ${host ?? 'the host'} port ${port}${server === undefined ? '' : ` (${server})`}.`,
        hint: isSelf
          ? 'Inside an app 127.0.0.1 is the app itself: read the address from an env variable such as DATABASE_URL and set it.'
          : 'Look whether the server runs and lets this app in.',
      }
    },
  },
  {
    name: 'host-not-found',
    pattern:
      /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (\S+)|could not translate host name "([^"]+)"|Name or service not known.{0,5}(\S*)/,
    stages: ['release-command', 'start'],
    explain: (found) => ({
      reason: `The host name ${found[1] ?? found[2] ?? found[3] ?? ''} is not known.`,
      hint: 'Look at the env variable that holds it (DATABASE_URL and the like).',
    }),
  },
  {
    name: 'registry-unreachable',
    pattern:
      /npm error (?:code|errno) (ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ERR_SOCKET_TIMEOUT)|error sending request for url|Temporary failure in name resolution/,
    stages: ['build'],
    explain: () => ({
      reason: 'The package registry could not be reached from the build.',
      hint: 'Try again; if it stays so, look at DNS, firewall and proxy of the server: `vastrox doctor`.',
    }),
  },
  {
    name: 'windows-line-endings',
    pattern: /(?:bash|sh|python3?|node)\\r['’]?: No such file/,
    explain: () => ({
      reason: 'A script has Windows line endings, so that its first line names no program.',
      hint: 'Save it with LF, and add `*.sh text eol=lf` to .gitattributes.',
    }),
  },
  {
    name: 'wrong-architecture',
    pattern: /[Ee]xec format error/,
    explain: ({ input, index }) => ({
      reason: `${programBefore(input.slice(0, index))} was built for another kind of processor.`,
      hint: 'Build it on this server, or commit no binaries.',
    }),
  },
  {
    name: 'not-executable',
    pattern: /(?:sh: \d+: |exec )(\S+?)(?: failed)?: Permission denied/,
    explain: ([, file]) => ({
      reason: `${file} may not be executed.`,
      hint: `Run \`git update-index --chmod=+x ${file}\` and commit, or start it with \`sh ${file}\`.`,
    }),
  },
  {
    name: 'permission-denied',
    pattern:
      /(?:EACCES: permission denied, \w+ '([^']+)'|PermissionError: \[Errno 13\] Permission denied: '([^']+)'|\(([^()\s]+)\): [Ff]ailed to open stream: Permission denied|open (\/\S+): permission denied)/,
    explain: (found) => ({
      reason: `The app may not write to ${found.slice(1).find(Boolean)}.`,
      hint: 'It runs as an ordinary user: write to its own folder, to /tmp, or to a volume.',
    }),
  },
  {
    name: 'command-not-found',
    pattern:
      /(?:sh|bash)(?:: line)?(?:: \d+)?: ([\w./@-]+): (?:command )?not found|exec ([\w./@-]+) failed: No such file|"([\w./@-]+)": executable file not found/,
    explain: (found, { stage }) => {
      const name = found[1] ?? found[2] ?? found[3]
      return {
        reason: `The program ${name} is not there.`,
        hint:
          stage === 'build'
            ? `Add ${name} to the dependencies that are installed for the build, or mend the name.`
            : 'Look at the command in the Procfile or the settings, and at the dependencies.',
      }
    },
  },
  {
    name: 'env-missing',
    pattern:
      /(?:[Mm]issing|[Uu]ndefined|[Rr]equired?)[^\n]{0,40}\b(?:env(?:ironment)?)[^\n]{0,20}?[:\s"'`]+([A-Z][A-Z0-9_]{2,60})\b|\b([A-Z][A-Z0-9]*_[A-Z0-9_]{1,60})\b["'`]? (?:is|was|must be|has to be|env(?:ironment)? variable is) (?:not set|not defined|undefined|required|missing|set|provided|empty)/,
    explain: (found) => {
      const key = found[1] ?? found[2]
      return {
        reason: `The env variable ${key} is not set.`,
        hint: `Set it: \`vastrox env:set <app> ${key}=…\`.`,
      }
    },
  },
  {
    name: 'out-of-memory-killed',
    pattern:
      /^Killed$|Out of memory: Killed process|Cannot allocate memory|std::bad_alloc|java\.lang\.OutOfMemoryError|MemoryError/,
    explain: (_found, failure) => ({
      reason: `It ran out of memory${find(failure, /OutOfMemoryError: (Java heap space)/) ? ' (Java heap)' : ''}.`,
      hint: 'Give it more memory in the settings, or let it use less.',
    }),
  },
]

/** "sh: 1: ./app: " → "./app". */
const programBefore = (text: string): string =>
  text
    .replace('cannot execute binary file: ', '')
    .split(/\s+/)
    .findLast((word) => word.endsWith(':'))
    ?.slice(0, -1) ?? 'A program'
