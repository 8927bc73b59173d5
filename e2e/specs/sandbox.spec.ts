import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { connectInstallation } from '#support/installation.ts'

const vastrox = connectInstallation()

const NOTHING = '0000000000000000'
/** Modules, raw memory, reboots, clocks: linux/capability.h. */
const NEVER = [16n, 17n, 22n, 25n]
const KNOWN_ENV =
  /^(?:PATH|LANG|HOME|TZ|NODE_ENV|MALLOC_ARENA_MAX|MALLOC_TRIM_THRESHOLD_|VASTROX_[A-Z_]+|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|(?:HTTP|HTTPS|NO)_PROXY|(?:http|https|no)_proxy|npm_config_registry)=/
/** What systemd adds to its own. */
const OF_SYSTEMD =
  /^(?:USER|LOGNAME|SHELL|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|LISTEN_[A-Z]+|MEMORY_PRESSURE_[A-Z]+|CREDENTIALS_DIRECTORY)=/

/** What the kernel says of a process. */
function describe(pid: number) {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').trimEnd().split('\n')
  const status = new Map(
    lines.map((line) => [line.split(':', 1)[0], line.replace(/^[^:]*:\s*/, '')]),
  )
  const field = (name: string): string => status.get(name) ?? ''
  const numbers = (name: string): string[] => field(name).split(/\s+/).filter(Boolean)
  const bounding = BigInt(`0x${field('CapBnd')}`)
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
  const filter = readFileSync(`/proc/${pid}/coredump_filter`, 'utf8').trim()
  const environ = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
  return {
    account: numbers('Uid')[1] ?? '',
    isShutIn: field('NoNewPrivs') === '1',
    leavesNoCore: /^Max core file size +0 /m.test(limits) || /^0+$/.test(filter),
    rights: ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'].map(field),
    never: NEVER.filter((bit) => ((bounding >> bit) & 1n) === 1n),
    umask: field('Umask'),
    groups: numbers('Groups').filter((group) => group !== '0').length,
    seccomp: field('Seccomp'),
    unknownEnv: environ.filter((line) => !KNOWN_ENV.test(line) && !OF_SYSTEMD.test(line)),
    env: environ.join('\n'),
  }
}

it('no process of ours can gain privileges, and each has what it needs and no more', async () => {
  const { processes, supervisor } = await vastrox.status()
  const seen = new Map(processes.map(({ name, pid }) => [name, describe(pid ?? 0)]))
  // It starts the engine, and gives away what the others are not to have.
  const starter = seen.get('supervisor')
  seen.delete('supervisor')
  const ours = [...seen].filter(([name]) => name !== 'agent')

  expect(ours.length).toBeGreaterThanOrEqual(2)
  expect(starter ?? { account: '0' }).toMatchObject({ account: '0' })
  expect(seen.get('agent')).toMatchObject({ account: '0', groups: 0, never: [] })
  for (const [name, process] of seen) {
    expect(process, name).toMatchObject({ isShutIn: true, leavesNoCore: true, unknownEnv: [] })
    expect(process.env, name).not.toContain(vastrox.apiToken)
  }
  for (const [name, process] of ours) {
    expect(process.account, name).not.toBe('0')
    expect(process, name).toMatchObject({
      rights: [NOTHING, NOTHING, NOTHING, NOTHING],
      umask: name === 'daemon' ? '0077' : '0027',
      // Without systemd nobody filters system calls.
      seccomp: supervisor === 'systemd' ? '2' : '0',
    })
    // The daemon shares proxy.sock with the workers, and these share nothing.
    expect(process.groups, name).toBeLessThanOrEqual(name === 'daemon' ? 2 : 1)
  }
  // Root, the daemon's and the workers': nobody runs as somebody else's.
  expect(new Set([...seen.values()].map(({ account }) => account)).size).toBe(3)
})
