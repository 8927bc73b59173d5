import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
/** From the server itself, or wherever root's own words lead; never by a user's. */
const OURS = 'inside'
/** By an address that a user gave, after the guard has looked it up and judged it. */
const GUARDED = 'guarded'
/** By an address that the operator of the platform gave, as its owner. */
const OPERATORS = 'operator'

/** Every file that opens connections or looks names up, and where to (rule C11). A new one is argued here. */
const CONNECTS: Readonly<Record<string, string>> = {
  'agent/src/backups/locations/judged-address.ts': GUARDED,
  'agent/src/backups/locations/s3-passage.ts': GUARDED,
  'agent/src/cli/agent-client.ts': OURS,
  'agent/src/cli/console-client.ts': OURS,
  'agent/src/cli/doctor/subject.ts': OURS,
  'agent/src/cli/install/domain-check.ts': OPERATORS,
  'agent/src/cli/install/example.ts': OURS,
  'agent/src/cli/install/health.ts': OURS,
  'agent/src/cli/terminal-client.ts': OURS,
  'agent/src/engine/engine.ts': OURS,
  'agent/src/exposure/probe-program.ts': OURS,
  'agent/src/firewall/gather-facts.ts': OURS,
  'agent/src/images/registry/allowed-host.ts': GUARDED,
  'agent/src/images/registry/pinned-request.ts': GUARDED,
  'agent/src/node/http.ts': OURS,
  'agent/src/supervisor/control-client.ts': OURS,
  'agent/src/supervisor/engine-keeper.ts': OURS,
  'daemon/src/adapters/acme/acme-http.ts': OPERATORS,
  'daemon/src/adapters/agent/agent-http.ts': OURS,
  'daemon/src/adapters/drains/syslog-end.ts': GUARDED,
  'daemon/src/adapters/dns-update/dns-update.ts': GUARDED,
  'daemon/src/adapters/git/external-helper.ts': OURS,
  'daemon/src/adapters/git/proc-receive-hook.ts': OURS,
  'daemon/src/adapters/mail/smtp-mailer.ts': GUARDED,
  'daemon/src/adapters/sftp/remote-files.ts': GUARDED,
  'daemon/src/adapters/system/dns.ts': GUARDED,
  'daemon/src/adapters/system/guarded-addresses.ts': GUARDED,
  'daemon/src/adapters/system/guarded-download.ts': GUARDED,
  'daemon/src/adapters/system/guarded-http.ts': GUARDED,
  'daemon/src/adapters/system/guarded-socket.ts': GUARDED,
  'daemon/src/adapters/system/guarded-ssh.ts': GUARDED,
  'daemon/src/adapters/system/http-probe.ts': OURS,
  'daemon/src/adapters/system/port-knock.ts': GUARDED,
  'daemon/src/adapters/system/reach-probe.ts': GUARDED,
  'daemon/src/adapters/system/served-certificates.ts': OURS,
  // Apps of ours alone are asked at the proxy of this machine.
  'daemon/src/adapters/system/uptime-http.ts': GUARDED,
  'daemon/src/adapters/system/uptime-probe.ts': GUARDED,
  // TLS upon a connection that a client has opened.
  'daemon/src/ftp/data-channel.ts': OURS,
  // It runs at whoever uses it; nothing of the server imports it.
  'shared/src/client/client.ts': OURS,
  'shared/src/client/follow.ts': OURS,
  'shared/src/node/heartbeat.ts': OURS,
}

const MODULES = 'https?|http2|net|tls|dgram|dns|dns/promises'
const OPENERS = new Set(
  'request get connect createConnection Socket TLSSocket Agent ClientRequest createSocket lookup Resolver'.split(
    ' ',
  ),
)
/** What can only be there to connect. */
const CLIENTS =
  /(?:from|import\()\s*'(?:undici|ssh2-sftp-client|ws|node-fetch|axios|got|nodemailer)(?:\/[^']*)?'|new\s+\w+\.Client\(|new (?:WebSocket|EventSource)\(|globalThis\.fetch|(?<![.\w])fetch\(\s*(?:['"`]http|url\b)/

function sourcesBeneath(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => `${folder}/${path}`)
}

function isConnecting(text: string): boolean {
  const imported = [
    ...text.matchAll(
      new RegExp(
        `import\\s*\\{([^}]*)\\}\\s*from\\s*'(?:node:(?:${MODULES})|#agent/node/http.ts)'`,
        'g',
      ),
    ),
    ...text.matchAll(
      new RegExp(
        `const\\s*\\{([^}]*)\\}\\s*=\\s*(?:await import|process\\.getBuiltinModule)\\('node:(?:${MODULES})'`,
        'g',
      ),
    ),
  ].flatMap(([, names = '']) => names.split(','))
  const values = imported
    .map((name) => name.trim())
    .filter((name) => !name.startsWith('type '))
    .map((name) => name.split(/\s+as\s+|:/)[0]?.trim() ?? '')
  const isUsed = (name: string): boolean =>
    OPENERS.has(name) && (name !== 'Socket' || /new Socket\(/.test(text))
  const isWhole = new RegExp(
    `import\\s+(?:\\*\\s+as\\s+)?\\w+\\s+from\\s+'node:(?:${MODULES})'`,
  ).test(text)
  return values.some(isUsed) || isWhole || CLIENTS.test(text)
}

it('every file that opens a connection is known, with whose word it goes by (rule C11)', () => {
  // The proxy reaches instances by the addresses that the agent has given out, and nothing else.
  const files = ['daemon/src', 'agent/src', 'shared/src']
    .flatMap(sourcesBeneath)
    .filter((path) => !path.startsWith('daemon/src/proxy/'))
  const connecting = files.filter((path) => isConnecting(readFileSync(join(ROOT, path), 'utf8')))

  expect(connecting.toSorted((one, other) => one.localeCompare(other))).toEqual(
    Object.keys(CONNECTS).toSorted((one, other) => one.localeCompare(other)),
  )
})

it('whatever goes by the word of a user asks the guard first', () => {
  const careless = Object.entries(CONNECTS).flatMap(([path, how]) => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    const asks = /GuardedAddresses|isPublicAddress|publicAddresses|prepareSsh|guard\b/.test(text)
    return how === GUARDED && !asks ? [path] : []
  })

  expect(careless).toEqual([])
})

it('git is told the address of a remote in one place, and its SSH goes by the guard', () => {
  const naming = ['daemon/src', 'agent/src']
    .flatMap(sourcesBeneath)
    .filter((path) =>
      /curloptResolve|connectSsh\(\s*addresses/.test(readFileSync(join(ROOT, path), 'utf8')),
    )

  expect(naming).toEqual([
    'daemon/src/adapters/git/external-call.ts',
    'daemon/src/adapters/git/lfs-access.ts',
    'daemon/src/adapters/system/guarded-ssh.ts',
  ])
})
