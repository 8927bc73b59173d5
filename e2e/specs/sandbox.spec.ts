import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { connectInstallation } from '#support/installation.ts'

const vastrox = connectInstallation()

/** Fields of /proc/PID/status by name. */
function statusOf(pid: number): Record<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').trimEnd().split('\n')
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1).trim()]
    }),
  )
}

const NOTHING = '0000000000000000'
/** Modules, raw memory, reboots, clocks: linux/capability.h. */
const NEVER = [16n, 17n, 22n, 25n]
const KNOWN_ENV =
  /^(?:PATH|LANG|HOME|TZ|NODE_ENV|MALLOC_ARENA_MAX|MALLOC_TRIM_THRESHOLD_|VASTROX_[A-Z_]+|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|(?:HTTP|HTTPS|NO)_PROXY|(?:http|https|no)_proxy|npm_config_registry)=/
/** What systemd adds to its own. */
const OF_SYSTEMD =
  /^(?:USER|LOGNAME|SHELL|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|LISTEN_[A-Z]+|MEMORY_PRESSURE_[A-Z]+|CREDENTIALS_DIRECTORY)=/

it('no process of ours can gain privileges, and each has what it needs and no more', async () => {
  const { processes, supervisor } = await vastrox.status()
  const masterKey = readFileSync(vastrox.paths.masterKey, 'utf8').trim()
  const accounts = new Set<string>()

  for (const { name, pid } of processes) {
    if (pid === null) throw new Error(`${name} does not run`)
    const status = statusOf(pid)
    const isAgent = name === 'agent'
    const [, effective = '0'] = status['Uid']?.split(/\s+/) ?? []
    accounts.add(effective)

    expect(status['NoNewPrivs'], name).toBe('1')
    // Of a process whose core nobody may keep: no kind of memory is in it.
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
    const filter = readFileSync(`/proc/${pid}/coredump_filter`, 'utf8').trim()
    expect(/^Max core file size +0 /m.test(limits) || /^0+$/.test(filter), name).toBe(true)
    expect(effective === '0', name).toBe(isAgent)
    if (isAgent) {
      // Groups of whoever typed install.sh are not its own.
      expect(status['Groups'] ?? '', name).toMatch(/^0?$/)
      const bounding = BigInt(`0x${status['CapBnd']}`)
      expect(NEVER.filter((bit) => ((bounding >> bit) & 1n) === 1n)).toEqual([])
    } else {
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
        expect(status[set], `${name} ${set}`).toBe(NOTHING)
      expect(status['Umask'], name).toBe(name === 'daemon' ? '0077' : '0027')
      // The daemon shares proxy.sock with the workers, and these share nothing.
      expect(status['Groups']?.split(/\s+/).length, name).toBeLessThanOrEqual(
        name === 'daemon' ? 2 : 1,
      )
      // Without systemd nobody filters system calls.
      expect(status['Seccomp'], name).toBe(supervisor === 'systemd' ? '2' : '0')
    }

    const env = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
    expect(
      env.filter((line) => !KNOWN_ENV.test(line) && !OF_SYSTEMD.test(line)),
      name,
    ).toEqual([])
    expect(env.join('\n'), name).not.toContain(masterKey)
    expect(env.join('\n'), name).not.toContain(vastrox.apiToken)
  }
  // Root, the daemon's and the workers': nobody runs as somebody else's.
  expect(accounts.size).toBe(3)
})
